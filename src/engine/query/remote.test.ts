import assert from "node:assert/strict";
import { test } from "node:test";
import { plainName } from "./remote.ts";

test("whatever a key of S3 holds, it is a name that a disk takes, and no pattern", () => {
  for (const [key, name] of [
    ["part-0001.snappy.parquet", "part-0001.snappy.parquet"],
    ["größe 1.csv", "größe 1.csv"],
    ["a[1]*?.csv", "a_1___.csv"],
    ["a\0b.csv", "a_b.csv"],
    ["a\nb.csv", "a\nb.csv"],
  ] as const)
    assert.equal(plainName(key), name);
  const long = [`${"ü".repeat(500)}.snappy.parquet`, `${"ü".repeat(501)}.snappy.parquet`].map(
    plainName,
  );
  assert.notEqual(long[0], long[1]);
  for (const one of long) assert.match(one, /^[0-9a-f]{16}\.snappy\.parquet$/);
  assert.match(plainName("x".repeat(1024)), /^[0-9a-f]{16}$/);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeFolder } from "../../test/support/cli.ts";
import { describeDataset } from "./dataset/describe.ts";
import { readValues } from "./dataset/values.ts";
import { suggestPath } from "./missing.ts";
import { copy as copyBetween } from "./move/copy.ts";
import { openStores } from "./open.ts";
import { localPath, parseUri, type Roots, rootsOf } from "./places.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-storage-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const roots = rootsOf(join(folder, ".mayfly"), { mounted: join(folder, "sample") });

test("s3a and s3n are other names of s3; hdfs has one folder whatever its host", () => {
  assert.equal(localPath("s3a://b/x/y", roots, "/"), join(roots.s3, "b/x/y"));
  assert.equal(localPath("s3n://b/", roots, "/"), join(roots.s3, "b"));
  assert.equal(localPath("hdfs://host:8020/user/a", roots, "/"), join(roots.hdfs, "user/a"));
  assert.equal(localPath("hdfs:///user/a", roots, "/"), join(roots.hdfs, "user/a"));
  assert.equal(localPath("s3://mounted/k", roots, "/"), join(folder, "sample/k"));
  assert.equal(localPath("file:///a/b", roots, "/c"), "/a/b");
  assert.equal(localPath("a/b", roots, "/c"), "/c/a/b");
  assert.deepEqual(parseUri("s3://b/a//b c"), { scheme: "s3", bucket: "b", key: "a//b c" });
});

test("names that leave their folder are refused", () => {
  for (const uri of [
    "s3://b/../../x",
    "s3://../x",
    "hdfs:///../x",
    "s3://b/a/../../../x",
    "s3://./../x",
    "s3:///x",
  ]) {
    assert.throws(() => localPath(uri, roots, "/"), /leaves its folder|names no bucket/, uri);
  }
});

/** As a copy step of a job does it. */
async function copy(from: string, to: string, places: Roots, cwd: string, signal?: AbortSignal) {
  const stores = openStores({ roots: places, cwd, liveS3: false });
  const request = { from: [from], to, recursive: true, filter: { rules: [] }, replaceParts: true };
  const { files, bytes, failed } = await copyBetween(request, stores, { signal });
  assert.deepEqual(failed, []);
  return { files, bytes };
}

test("what is copied is whole, and the copy of a copy is the same", async () => {
  mkdirSync(join(roots.hdfs, "data/sub"), { recursive: true });
  mkdirSync(join(roots.s3, "b"), { recursive: true });
  writeFileSync(join(roots.hdfs, "data/one"), "1");
  writeFileSync(join(roots.hdfs, "data/sub/two"), "22");
  assert.deepEqual(await copy("hdfs:///data", "s3://b/copy", roots, folder), {
    files: 2,
    bytes: 3,
  });
  assert.deepEqual(readdirSync(join(roots.s3, "b/copy"), { recursive: true }).sort(), [
    "one",
    "sub",
    "sub/two",
  ]);
  assert.deepEqual(await copy("s3://b/copy/one", "hdfs:///into/", roots, folder), {
    files: 1,
    bytes: 1,
  });
  assert.equal(readFileSync(join(roots.hdfs, "into/one"), "utf8"), "1");
  writeFileSync(join(roots.s3, "b/copy/part-old"), "of an earlier copy");
  writeFileSync(join(roots.s3, "b/copy/mine"), "not Spark's");
  await copy("hdfs:///data", "s3://b/copy", roots, folder);
  assert.deepEqual(readdirSync(join(roots.s3, "b/copy")).sort(), ["mine", "one", "sub"]);
  symlinkSync("/etc", join(roots.s3, "b/out"));
  await assert.rejects(
    copy("s3://b/out/hostname", "hdfs:///x", roots, folder),
    /leaves its folder/,
  );
  await assert.rejects(copy("hdfs:///data", "s3://b/out/x", roots, folder), /leaves its folder/);
  await assert.rejects(
    copy("hdfs:///dat", "s3://b/x", roots, folder),
    /"hdfs:\/\/\/dat": it does not exist/,
  );
  await assert.rejects(copy("hdfs:///data", "s3://c/x", roots, folder), /no bucket "c"/);
  await assert.rejects(
    copy("hdfs:///data", "hdfs:///data/in", roots, folder),
    /lies in, the other/,
  );
});

test("who interrupts the copy of a large file does not wait for its end, and no half is left", async () => {
  const large = join(roots.hdfs, "large/data.bin");
  mkdirSync(join(roots.hdfs, "large"), { recursive: true });
  mkdirSync(join(roots.s3, "big"), { recursive: true });
  writeFileSync(large, "");
  truncateSync(large, 8 * 2 ** 30);
  const abort = new AbortController();
  const copying = copy("hdfs:///large", "s3://big/large", roots, folder, abort.signal);
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(copying, /interrupted/);
  assert.deepEqual(readdirSync(join(roots.s3, "big/large")), []);
  rmSync(large);
});

test("the nearest name is told where a path is missing", () => {
  assert.match(suggestPath("s3://bb/x", roots, "/") ?? "", /nearest: s3:\/\/b/);
  assert.match(suggestPath("s3://mountet/x", roots, "/") ?? "", /s3:\/\/mounted/);
  assert.match(
    suggestPath("hdfs:///data/sub/too", roots, "/") ?? "",
    /"too" does not exist; nearest: hdfs:\/\/\/data\/sub\/two/,
  );
  assert.equal(suggestPath("hdfs:///data/one", roots, "/"), undefined);
  assert.match(suggestPath("s3://somewhere-else/x", roots, "/") ?? "", /mkdir -p .*somewhere-else/);
});

test("text outputs are counted, whatever their ends and packing", async () => {
  const out = join(folder, "out");
  mkdirSync(out);
  writeFileSync(join(out, "_SUCCESS"), "");
  writeFileSync(join(out, ".part.crc"), "x");
  writeFileSync(join(out, "part-0.json"), '{"a":1,"b":"x"}\n{"a":2}');
  writeFileSync(join(out, "part-1.json.gz"), gzipSync('{"a":3}\n'));
  assert.deepEqual(await describeDataset(out), {
    files: 2,
    bytes: 23 + gzipSync('{"a":3}\n').length,
    format: "json",
    rows: 3,
    schema: [
      { name: "a", type: "number" },
      { name: "b", type: "string" },
    ],
  });
  const csv = join(folder, "csv");
  mkdirSync(csv);
  writeFileSync(join(csv, "a.csv"), "id,name\n1,x\n2,y\n");
  writeFileSync(join(csv, "b.csv"), "id,name\n3,z\n");
  const described = await describeDataset(csv);
  assert.deepEqual(
    [described.rows, described.schema?.map((column) => column.name)],
    [3, ["id", "name"]],
  );
  writeFileSync(join(csv, "b.csv"), "3,z\n");
  assert.deepEqual(
    [(await describeDataset(csv)).rows, (await describeDataset(csv)).schema],
    [4, undefined],
  );
  assert.deepEqual(await describeDataset(join(folder, "nowhere")), {
    files: 0,
    bytes: 0,
    format: "nothing",
  });
  writeFileSync(join(folder, "broken.parquet"), "PAR1 no");
  assert.deepEqual(await describeDataset(join(folder, "broken.parquet")), {
    files: 1,
    bytes: 7,
    format: "parquet",
  });
});

test("what cannot be read is described by what is known", async () => {
  const folder = makeFolder({ "a.txt.gz": gzipSync("one\n").subarray(0, 15), "b.csv": "1\n" });
  execFileSync("mkfifo", [join(folder.path, "c.csv")]);
  mkdirSync(join(folder.path, "d"));
  assert.deepEqual(await describeDataset(join(folder.path, "a.txt.gz")), {
    files: 1,
    bytes: 15,
    format: "text",
  });
  const { files, bytes } = await describeDataset(folder.path);
  assert.deepEqual([files, bytes], [2, 17], "a pipe is not data");
  folder.remove();
});

test("values of small results are read as text, in the formats that Spark writes as text", async () => {
  const folder = makeFolder({
    "csv/part-0.csv": 'id,text\n1,"a, ""b"" \\"c\\"\nd"\n2,\n',
    "csv/part-1.csv": "id,text\n3,é\n",
    "json/day=1/part-0.json": '{"a":1,"b":{"c":[1,2]}}\n{"b":null}\n',
    "text/part-0.txt": "one\ntwo\n",
    "gz/part-0.csv.gz": gzipSync("1,2\n3,4\n"),
    "exact/part-0.json":
      '{"a":9007199254740993,"b":"2","c":2}\n{"a":1,"b":"null","c":"x","toString":null}\n',
    "scalars/part-0.json": "1\n2\n",
    "broken/part-0.csv": 'a,b\n1,"2\n3,4\n',
    "wide/part-0.csv": "a,b\n1,2\n1,2,3\n",
    "cells/part-0.json": Array.from({ length: 2000 }, (_, i) => `{"k${i}":1}\n`).join(""),
    "bad/part-0.json": '{"a":1}\n{"a":',
    "big/part-0.csv": "1,2\n".repeat(10_001),
  });
  const values = async (name: string) => {
    const path = join(folder.path, name);
    return readValues(path, await describeDataset(path));
  };
  assert.deepEqual(await values("csv"), {
    columns: ["id", "text"],
    rows: [
      ["1", 'a, "b" "c"\nd'],
      ["2", ""],
      ["3", "é"],
    ],
  });
  assert.deepEqual(await values("json"), {
    columns: ["a", "b", "day"],
    rows: [
      ["1", "{c: [1, 2]}", "1"],
      ["null", "null", "1"],
    ],
  });
  assert.deepEqual(await values("text"), { rows: [["one"], ["two"]] });
  assert.deepEqual(await values("gz"), {
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  });
  assert.deepEqual((await values("exact"))?.rows, [
    ["9007199254740993", '"2"', "2", "null"],
    ["1", '"null"', "x", "null"],
  ]);
  for (const unreadable of ["scalars", "broken", "wide", "cells"])
    assert.equal(await values(unreadable), undefined, unreadable);
  assert.equal(await values("bad"), undefined);
  assert.equal(await values("big"), undefined);
  folder.remove();
});

test("a key of S3 may begin with a slash; a folder's path does not", () => {
  assert.deepEqual(parseUri("s3://b//a"), { scheme: "s3", bucket: "b", key: "a", objectKey: "/a" });
  assert.deepEqual(parseUri("hdfs:////a"), { scheme: "hdfs", bucket: "", key: "a" });
});

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Report } from "../../src/engine/data/report/report.ts";
import { makeFolder, mayfly } from "../support/cli.ts";
import { orcFile, parquetFile } from "../support/formats.ts";
import { type S3Server, startRclone } from "../support/servers/rclone.ts";

/** The same check and the same sample over S3 itself: ranges of objects, and nothing else. */
const folder = makeFolder();
const bucket = join(folder.path, "data/bucket");
let server: S3Server;
before(async () => {
  mkdirSync(join(bucket, "in/day=1"), { recursive: true });
  const put = (name: string, content: string | Buffer) =>
    writeFileSync(join(bucket, "in/day=1", name), content);
  const filler = Buffer.alloc(5_000_000);
  put("1.parquet", Buffer.concat([filler, parquetFile([["a", "int"]])]));
  put("2.parquet", Buffer.concat([filler, parquetFile([["a", "string"]])]));
  put("3.orc", Buffer.concat([filler, orcFile([["a", "int"]])]));
  put("4.csv.gz", gzipSync("a,b\n1,2\n3,4\n"));
  put("5.csv", "");
  server = await startRclone(join(folder.path, "data"));
});
after(async () => {
  await server.stop();
  folder.remove();
});

test("a check reads ranges, and names what differs", async () => {
  const said = await mayfly(["data", "check", "s3://bucket/in", "--json"], folder.path, server.env);
  const report = JSON.parse(said.out) as Report;
  assert.equal(said.code, 1, said.err);
  assert.deepEqual(
    report.groups.map((group) => [group.format, group.partitions, group.files]),
    [
      ["parquet", ["day"], 1],
      ["parquet", ["day"], 1],
      ["orc", ["day"], 1],
      ["csv", ["day"], 1],
    ],
  );
  assert.ok(report.read.bytes < 100_000, `${report.read.bytes}`);
  const gone = await mayfly(["data", "check", "s3://bucket/inn"], folder.path, server.env);
  assert.equal(gone.code, 2);
});

test("a sample comes home from S3, and goes nowhere else", async () => {
  const args = ["data", "sample", "s3://bucket/in", "home", "--rows", "1"];
  const said = await mayfly(args, folder.path, server.env);
  assert.equal(said.code, 0, said.err);
  assert.ok(readFileSync(join(folder.path, "home/day=1/4.csv.gz")).length > 20);
  const away = await mayfly(
    ["data", "sample", "s3://bucket/in", "s3://bucket/out", "--rows", "1"],
    folder.path,
    server.env,
  );
  assert.deepEqual([away.code, /not on this machine/.test(away.err)], [2, true]);
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeTable, query } from "../support/rehearsal/athena.ts";
import { clientWorld } from "../support/rehearsal/clients.ts";

/** One S3 for all: what Spark writes on a cluster, aws-cli with default settings lists and fetches, and Athena queries. */
const world = clientWorld();
const { aws, asked } = world;
const rows = 300_000;

/** One file that is larger than aws-cli fetches in one piece, and a table. */
const WRITE_PY = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
numbers = spark.range(${rows}).selectExpr("id", "id % 7 AS day", "sha2(string(id), 256) AS mark")
numbers.coalesce(1).write.csv(sys.argv[1] + "/csv")
numbers.select("id", "day").repartition(4).write.parquet(sys.argv[1] + "/parquet")
`;

test("a bucket is made, written by Spark, fetched by aws-cli, asked by Athena, emptied and deleted", async () => {
  world.files({ "write.py": WRITE_PY });
  await aws("s3", "mb", "s3://one");
  await aws("s3", "cp", "write.py", "s3://one/write.py");
  const id = await world.create(
    ...["--instance-count", "1", "--auto-terminate", "--log-uri", "s3://one/logs/", "--steps"],
    "Type=Spark,Name=write,ActionOnFailure=CONTINUE,Args=[s3://one/write.py,s3://one/out]",
  );
  await world.until(id, "TERMINATED");

  const listed = await asked<{ Contents: { Key: string; Size: number; ETag: string }[] }>(
    ...["s3api", "list-objects-v2", "--bucket", "one", "--prefix", "out/"],
  );
  const keys = listed.Contents.map(({ Key }) => Key);
  assert.equal(keys.filter((key) => /^out\/parquet\/part-.*\.parquet$/.test(key)).length, 4);
  const csv = listed.Contents.find(({ Key }) => /^out\/csv\/part-/.test(Key));
  assert.ok(csv && csv.Size > 2 * 8 * 1024 ** 2, "several pieces of 8 MB");

  await aws("s3", "cp", `s3://one/${csv.Key}`, "fetched.csv");
  const text = readFileSync(join(world.path, "fetched.csv"), "utf8");
  const mark = (n: number) => createHash("sha256").update(`${n}`).digest("hex");
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, rows);
  lines.forEach((line, n) => {
    if (line !== `${n},${n % 7},${mark(n)}`) assert.fail(`line ${n}: ${line}`);
  });
  // A range by itself, and the same file up again in parts, under another name.
  await aws(
    ...["s3api", "get-object", "--bucket", "one", "--key", csv.Key, "--range", "bytes=9-99"],
    "range",
  );
  assert.equal(readFileSync(join(world.path, "range"), "latin1"), text.slice(9, 100));
  await aws("s3", "cp", "fetched.csv", "s3://one/again.csv");
  const again = await asked<{ ContentLength: number; ETag: string }>(
    ...["s3api", "head-object", "--bucket", "one", "--key", "again.csv"],
  );
  const parts = Math.ceil(csv.Size / (8 * 1024 ** 2));
  assert.deepEqual([again.ContentLength, again.ETag.split("-")[1]], [csv.Size, `${parts}"`]);

  await makeTable(world, {
    format: "parquet",
    name: "numbers",
    at: "s3://one/out/parquet/",
    columns: { id: "bigint", day: "bigint" },
  });
  const sql = "SELECT day, count(*) AS n, sum(id) AS s FROM numbers GROUP BY day ORDER BY day";
  const { status, rows: answer } = await query(world, sql, "s3://one/athena/");
  assert.equal(status.State, "SUCCEEDED", JSON.stringify(status));
  assert.deepEqual(answer, [
    ["day", "n", "s"],
    ...Array.from({ length: 7 }, (_, day) => {
      const ids = Array.from({ length: Math.ceil((rows - day) / 7) }, (_, i) => day + 7 * i);
      return [day, ids.length, ids.reduce((a, b) => a + b, 0)].map(String);
    }),
  ]);

  await aws("s3", "rm", "--recursive", "--only-show-errors", "s3://one");
  assert.equal(await aws("s3", "ls", "s3://one"), "");
  await aws("s3", "rb", "s3://one");
  assert.doesNotMatch(await aws("s3", "ls"), / one$/m);
});

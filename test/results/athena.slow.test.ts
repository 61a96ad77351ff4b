import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/** What a job has written on a cluster is asked in Athena and here, by name; nothing of it stays but the data. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;

const FILES = {
  "write.py": `import sys
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
to = sys.argv[1]
rows = s.range(1000).selectExpr("id", "id % 3 AS day", "id / 4 AS part", "struct(id AS a, array(id) AS b) AS more", "date'2024-01-01' AS since")
rows.coalesce(1).write.mode("overwrite").partitionBy("day").parquet(to + "/numbers")
s.range(10).selectExpr("id AS Id", "concat('word ', id) AS word").coalesce(1).write.mode("overwrite").option("header", True).csv(to + "/words")
s.range(5).selectExpr("id", "named_struct('x', id) AS s").coalesce(1).write.mode("overwrite").json(to + "/lines")
`,
  "mayfly.yaml": `jobs:
  write:
    conf: { spark.sql.shuffle.partitions: "1", spark.driver.extraJavaOptions: "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" }
    steps: [{ script: write.py, args: [s3://demo/out] }]
    outputs: { numbers: s3://demo/out/numbers, words: s3://demo/out/words, lines: s3://demo/out/lines }
targets:
  small: { kind: emr, instance_count: 1 }
`,
};

before(async () => {
  env = { ...world.env, ...(await world.start("--speed", "100")) };
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(world.path, name), text);
});
after(() => world.remove());

async function mayfly(...args: string[]): Promise<string> {
  const ran = await world.mayfly(args, env);
  assert.equal(ran.code, 0, `mayfly ${args.join(" ")}: ${ran.out}${ran.err}`);
  return ran.out;
}
const json = async (...args: string[]) => JSON.parse(await mayfly(...args, "--json"));
const objects = async () =>
  (await mayfly("fs", "find", "s3://demo/", "--live-s3")).trim().split("\n").sort();

test("outputs of a run on a cluster are tables in Athena, by their real schemas", async (t) => {
  await mayfly("fs", "mb", "s3://demo", "--live-s3");
  await mayfly("run", "write", "--on", "small");
  const before = await objects();

  await t.test("here, from S3 itself", async () => {
    const { rows } = await json(
      "sql",
      "select day, count(*), max(id) from numbers group by day order by day",
    );
    assert.deepEqual(rows, [
      [0, 334, 999],
      [1, 333, 997],
      [2, 333, 998],
    ]);
    const words = await json(
      "sql",
      "from 's3://demo/out/words/*.csv' where id = $n",
      "--value",
      "n=3",
    );
    assert.deepEqual(words.rows, [[3, "word 3"]]);
  });

  await t.test("tables are made, are as they are, and follow the data", async () => {
    const made = await json("athena", "tables", "--database", "demo");
    assert.deepEqual(
      made.map(({ name, did, columns, partitions }: Record<string, unknown>) => [
        name,
        did,
        columns,
        partitions,
      ]),
      [
        ["demo.numbers", "created", 5, 3],
        ["demo.words", "created", 2, undefined],
        ["demo.lines", "created", 2, undefined],
      ],
    );
    const again = await json("athena", "tables", "--database", "demo");
    assert.deepEqual(
      again.map(({ did }: { did: string }) => did),
      ["unchanged", "unchanged", "unchanged"],
    );
    const [file = ""] = before.filter((name) => name.includes("/day=1/"));
    await mayfly("fs", "cp", file, file.replace("/day=1/", "/day=7/"), "--live-s3");
    const after = await json("athena", "tables", "numbers", "--database", "demo");
    assert.deepEqual([after[0].did, after[0].partitions], ["updated", 4]);
    await mayfly("fs", "rm", file.replace("/day=1/", "/day=7/"), "--live-s3");
    const less = await json("athena", "tables", "numbers", "--database", "demo");
    assert.deepEqual([less[0].did, less[0].partitions], ["updated", 3]);
  });

  await t.test("Athena is asked, tells what it has read, and leaves nothing", async () => {
    const sql = "select day, count(*) n, max(id) m from numbers group by day order by day";
    const answer = await json("sql", sql, "--on", "athena", "--database", "demo");
    assert.deepEqual(answer.rows, [
      [0, 334, 999],
      [1, 333, 997],
      [2, 333, 998],
    ]);
    assert.match(answer.note, /scanned, under \$0\.0001 \(estimate, prices of 2022-12-13\)/);
    const shown = await world.mayfly(
      ["sql", "select word from words where id = 3", "--on", "athena", "--database", "demo"],
      env,
    );
    assert.deepEqual([shown.code, shown.out], [0, "word\n──────\nword 3\n"], shown.err);
    const value = await json(
      "sql",
      "select word from words where id = $n",
      "--value",
      "n=4",
      "--on",
      "athena",
      "--database",
      "demo",
    );
    assert.deepEqual(value.rows, [["word 4"]]);
    assert.deepEqual(await objects(), before);
    for (const hostile of [
      "drop table numbers",
      "create table x as select 1 a",
      "explain analyze insert into words values (1, 'x')",
    ]) {
      const { code, err } = await world.mayfly(
        ["sql", hostile, "--on", "athena", "--database", "demo"],
        env,
      );
      assert.deepEqual([code, /only what reads is allowed/.test(err)], [2, true], err);
    }
    const wrong = await world.mayfly(
      ["sql", "select nothing from numbers", "--on", "athena", "--database", "demo"],
      env,
    );
    assert.equal(wrong.code, 2, wrong.err);
    assert.match(wrong.err, /Athena cannot run this query/);
    assert.deepEqual(await objects(), before);
  });

  await t.test("what a killed command has left is found in its journal", async () => {
    const journal = join(world.path, ".mayfly/athena/journal.jsonl");
    const token = randomUUID();
    const location = `s3://demo/mayfly/athena/${token}/`;
    const intent = { do: "athena-query", id: `query-${token}`, location };
    writeFileSync(journal, `${JSON.stringify({ n: 999, at: 1, intent })}\n`, { flag: "a" });
    await mayfly("fs", "cp", "mayfly.yaml", `${location}x.csv`, "--live-s3");
    assert.deepEqual(await json("athena", "clean"), [location]);
    assert.deepEqual(await json("athena", "clean"), []);
    assert.deepEqual(await objects(), before);
  });

  await t.test("tables go, what others have made stays", async () => {
    const { database } = await import("../support/query/catalog.ts");
    const theirs = await database(env, "demo");
    await theirs.createTable("theirs");
    const left = await json(
      "athena",
      "tables",
      "theirs=s3://demo/out/words",
      "--database",
      "demo",
    ).catch((error: Error) => error.message);
    assert.match(JSON.stringify(left), /is not ours/);
    const refused = await world.mayfly(["athena", "drop", "theirs", "--database", "demo"], env);
    assert.equal(refused.code, 2, refused.err);
    const dropped = await json("athena", "drop", "--database", "demo");
    assert.deepEqual(dropped, { tables: ["demo.lines", "demo.numbers", "demo.words"], others: 1 });
    assert.deepEqual(await theirs.tables(), ["theirs"]);
    assert.deepEqual(await objects(), before);
  });
});

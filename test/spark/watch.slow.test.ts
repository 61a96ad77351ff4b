import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { listSpares } from "../../src/engine/warm.ts";
import type { Event } from "../../src/index.ts";
import { watch } from "../../src/index.ts";
import { attemptsOf, readJournal } from "../../src/journal/journal.ts";
import { makeFolder } from "../support/cli.ts";
import { ownSpares } from "../support/spark/spare.ts";

/** A job that reads, writes, and reads again what it has written. */
const job = (factor: number) => `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
people = spark.read.csv("people.csv", header=True, inferSchema=True)
ages = people.selectExpr("name", "age * ${factor} as age")
ages.write.mode("overwrite").parquet("hdfs:///ages")
both = people.crossJoin(people.withColumnRenamed("age", "other").drop("name"))
both.write.mode("overwrite").json("hdfs:///both")
spark.sql("""select cast('12345678901234567890.0${factor}' as decimal(38,2)) d, timestamp_micros(1700000000000000 + ${factor}) t,
  unhex('0${factor}FF') b, if(${factor} = 1, null, 'null') s, array(date '1969-12-31', null) a, named_struct('x', ${factor}) st,
  map('k', 9007199254740992 + ${factor}) m""").write.mode("overwrite").parquet("hdfs:///exact")
print(people.count(), people.join(people, "name").count(), spark.read.json("hdfs:///both").count())
`;
const people = Array.from({ length: 500 }, (_, i) => `p${i},${i}\n`).join("");
const folder = makeFolder({ "job.py": job(1), "people.csv": `name,age\n${people}` });
ownSpares();
after(() => folder.remove());

async function spareIsReady(): Promise<void> {
  for (let i = 0; listSpares(process.env)[0]?.state !== "ready"; i++) {
    assert.ok(i < 3000, "there is a spare after five minutes");
    await sleep(100);
  }
}

test("watching: a sample of what is read, each further run on a spare, and the difference", async () => {
  const handle = await watch({ job: "job.py", cwd: folder.path, sample: 20 });
  const events: Event[] = [];
  let rounds = 0;
  for await (const event of handle.events) {
    events.push(event);
    if (event.code === "watch.refused") assert.fail(event.message);
    if (event.code !== "watch.waiting") continue;
    if (++rounds === 2) handle.cancel();
    else {
      await spareIsReady();
      writeFileSync(join(folder.path, "job.py"), job(2));
    }
  }
  const said = events.flatMap((event) => (event.code === "step.output" ? [event.text] : []));
  assert.equal(said.join(""), "20 20 400\n20 20 400\n", "what it wrote itself is read whole");
  const compared = events.find((event) => event.code === "watch.compared");
  const [ages, both, exact] = compared?.outputs ?? [];
  const row = (n: number) =>
    `12345678901234567890.0${n}, 2023-11-14 22:13:20.00000${n}, 0x0${n}ff, ${n === 1 ? "null" : '"null"'}, [1969-12-31, null], {x: ${n}}, {k: 900719925474099${n + 2}}`;
  assert.deepEqual(
    exact?.values?.examples.map(({ text }) => text),
    [row(1), row(2)],
  );
  assert.deepEqual([ages?.name, ages?.rows], ["ages", { before: 20, after: 20 }]);
  assert.deepEqual([ages?.values?.removed, ages?.values?.added], [19, 19], "0 stays 0");
  assert.deepEqual([both?.name, both?.state], ["both", "same"]);
  const described = events.find(
    (event) => event.code === "output" && event.output.name === "exact",
  );
  assert.deepEqual(
    described?.code === "output" && described.output.schema?.map(({ type }) => type),
    [
      "decimal(38,2)",
      "timestamp",
      "binary",
      "string",
      "array<date>",
      "struct<x: int>",
      "map<string, bigint>",
    ],
  );
  assert.equal(compared?.printed?.added, 0);
  const runs = events.filter((event) => event.code === "run.started");
  const claims = runs.map((event) =>
    attemptsOf(readJournal(event.folder)).find(({ intent }) => intent.do === "claim-spare"),
  );
  assert.equal(claims[0]?.seen ?? null, null);
  assert.match(String(claims[1]?.seen), /^spare-/, "the second run took the spare");
  assert.deepEqual(listSpares(process.env), [], "off a terminal nothing stays");
});

test("a sample that is a part of the rows is the same each time a table is read", async () => {
  const handle = await watch({ job: "job.py", cwd: folder.path, sample: 0.1 });
  let said = "";
  for await (const event of handle.events) {
    if (event.code === "step.output") said += event.text;
    if (event.code === "watch.waiting") handle.cancel();
  }
  const [rows = 0, joined, squared] = said.trim().split(" ").map(Number);
  assert.ok(rows > 20 && rows < 90, said);
  assert.deepEqual([joined, squared], [rows, rows * rows]);
});

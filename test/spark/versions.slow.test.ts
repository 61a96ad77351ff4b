import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../../src/index.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";

/** The oldest and a newest line of Spark beside the default, in one cache. */
const PROGRAM = `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(3).write.mode("overwrite").parquet("s3a://out/three")
print(spark.version, spark.read.parquet("s3://out/three").count(), spark.sparkContext.textFile("hdfs:///in.txt").first())
`;
const folder = makeFolder({
  "a.py": PROGRAM,
  ".mayfly/s3/out/.keep": "",
  ".mayfly/hdfs/in.txt": "hello\n",
});
process.env.XDG_STATE_HOME = join(folder.path, "state");
delete process.env.SPARK_HOME;
test.after(() => folder.remove());

test("a release that is too old runs on the oldest Spark that can, and it is said", async () => {
  const done = await finish(await run({ job: "a.py", cwd: folder.path, release: "emr-5.28.0" }));
  assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
  assert.equal(done.text("stdout"), "3.4.4 3 hello\n");
  const notes = done.events.filter((event) => event.code === "note").map((event) => event.text);
  assert.ok(
    notes.some((text) => /emr-5\.28\.0 has Spark 2\.4\.4.*Spark 3\.4\.4/.test(text)),
    notes.join("\n"),
  );
  assert.equal(done.outcome.record.spark, "3.4.4");
});

test("Spark 4 by its number", async () => {
  const done = await finish(await run({ job: "a.py", cwd: folder.path, spark: "4.0" }));
  assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
  assert.match(done.text("stdout"), /^4\.0\.\d+ 3 hello\n$/);
});

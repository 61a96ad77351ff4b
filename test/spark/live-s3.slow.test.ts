import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openProjectQuery } from "../../src/engine/query/open.ts";
import { run } from "../../src/index.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";
import { startMoto } from "../support/servers/moto.ts";

/** S3 itself, through S3A of each of Hadoop's lines: the first SDK with Spark 3, the second with Spark 4. */
const PROGRAM = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
out = sys.argv[1]
df = spark.range(20).selectExpr("id", "id % 3 as k")
df.write.mode("overwrite").partitionBy("k").parquet(out + "/parts")
df.limit(5).write.mode("append").csv(out + "/csv")
df.limit(5).write.mode("append").csv(out + "/csv")
print(spark.read.parquet(out.replace("s3:", "s3a:") + "/parts").where("k = 1").count(),
      spark.read.csv(out + "/csv/*.csv").count(), spark.sparkContext.textFile(out + "/csv").count())
`;
const folder = makeFolder({ "a.py": PROGRAM });
process.env.XDG_STATE_HOME = join(folder.path, "state");
const s3 = await startMoto();
test.after(async () => {
  await s3.stop();
  folder.remove();
});

for (const spark of ["3.5.6", "4.0"]) {
  test(`Spark ${spark} writes to and reads from an S3 server, and no bucket of the laptop is made`, async () => {
    const bucket = `live-${spark.replaceAll(".", "-")}`;
    await fetch(`${s3.url}/${bucket}`, { method: "PUT" });
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: s3.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
    };
    const job = `job-${bucket}`;
    const yaml = `jobs: { ${job}: { steps: [{ script: a.py }], outputs: { parts: "s3://${bucket}/out/parts", none: "s3://${bucket}/none" } } }\n`;
    writeFileSync(join(folder.path, "mayfly.yaml"), yaml);
    const request = { job, cwd: folder.path, args: [`s3://${bucket}/out`], liveS3: true };
    const done = await finish(await run({ ...request, spark }, { env }));
    assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
    assert.equal(done.text("stdout"), "7 10 10\n");
    const listing = await (await fetch(`${s3.url}/${bucket}?list-type=2`)).text();
    assert.match(listing, /<Key>out\/parts\/k=1\/part-[^<]+\.parquet<\/Key>/);
    assert.match(listing, /<Key>out\/parts\/_SUCCESS<\/Key>/);
    // They are known by their names, as those of any run.
    const [parts, none] = done.outcome.record.outputs ?? [];
    assert.deepEqual([parts?.name, parts?.path, parts?.format], ["parts", "", "parquet"]);
    assert.deepEqual([none?.name, none?.missing], ["none", true]);
    const query = await openProjectQuery(folder.path, env);
    try {
      const sums = await query.rows(
        "select k, count(*)::int as n from parts group by k order by k",
      );
      assert.equal(JSON.stringify(sums.rows), "[[0,7],[1,7],[2,6]]");
    } finally {
      query.close();
    }
  });
}

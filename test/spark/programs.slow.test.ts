import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { run } from "../../src/index.ts";
import { noOptions } from "../../src/model/job.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";
import { jarWith } from "../support/spark/jar.ts";

const JAVA_TEST = resolve(import.meta.dirname, "../../java/test");
const state = makeFolder();
process.env.XDG_STATE_HOME = state.path;
test.after(() => state.remove());

/** java/test/filesystem.py says what is checked; here its program, modules, jar and files come from URIs. */
test("s3://, s3a://, s3n:// and hdfs:// as folders: everything that Spark does with paths", async () => {
  const folder = makeFolder({ "mayfly.yaml": "mounts: { s3://open-data: .mayfly/mount-link }\n" });
  const work = join(folder.path, ".mayfly");
  for (const name of [
    "s3/code",
    "s3/alpha",
    "s3/beta-data",
    "mounted",
    "outside",
    "hdfs/var/log/spark/apps",
  ]) {
    mkdirSync(join(work, name), { recursive: true });
  }
  symlinkSync(join(work, "mounted"), join(work, "mount-link"));
  for (const name of ["filesystem.py", "checks.py"])
    copyFileSync(join(JAVA_TEST, name), join(work, "s3/code", name));
  writeFileSync(join(work, "s3/code/helper.py"), 'WORD = "from py-files"\n');
  writeFileSync(join(work, "s3/code/extra.jar"), jarWith(["marker.txt"]));
  writeFileSync(join(work, "hdfs/lookup.txt"), "from files\n");
  const options = {
    ...noOptions(),
    pyFiles: ["s3://code/helper.py", "s3n://code/checks.py"],
    files: ["hdfs:///lookup.txt"],
    jars: ["s3a://code/extra.jar"],
    conf: {
      "spark.hadoop.fs.mayfly.hdfs.user": "hadoop",
      "spark.hadoop.fs.mayfly.outputs": join(work, "outputs"),
      "spark.hadoop.fs.defaultFS": "hdfs:///",
      "spark.eventLog.dir": "hdfs:///var/log/spark/apps",
      "spark.sql.warehouse.dir": "hdfs:///user/spark/warehouse",
      "spark.sql.shuffle.partitions": "2",
    },
  };
  const done = await finish(
    await run({ job: "s3://code/filesystem.py", cwd: folder.path, args: [work], options }),
  );
  folder.remove();
  assert.equal(
    done.outcome.exitCode,
    0,
    `${done.text("stdout").slice(-2000)}\n${done.text("stderr").slice(-3000)}`,
  );
  assert.ok((done.text("stdout").match(/^ok /gm)?.length ?? 0) > 50, done.text("stdout"));
});

test("a Scala script as in spark-shell, with its arguments and its own exit code", async () => {
  const done = await finish(
    await run({ job: join(JAVA_TEST, "script.scala"), cwd: state.path, args: ["wörld x", "3"] }),
  );
  assert.match(done.text("stdout"), /^grüß wörld x$/m);
  assert.match(done.text("stdout"), /^described 2 1$/m);
  assert.equal(done.outcome.record.failure?.exitCode, 3);
});

test("a Scala script that does not compile names the line, and nothing of it is run", async () => {
  writeFileSync(join(state.path, "bad.scala"), 'println("ran")\nval y: Int = "no"\n');
  const done = await finish(await run({ job: "bad.scala", cwd: state.path }));
  assert.equal(done.text("stdout"), "");
  const { where, line, message } = done.outcome.record.failure ?? {};
  assert.deepEqual([where, line], ["bad.scala:2", 'val y: Int = "no"']);
  assert.match(message ?? "", /type mismatch/);
});

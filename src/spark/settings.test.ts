import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { noOptions } from "../model/job.ts";
import { mapForOneMachine } from "./cluster-options.ts";
import { readProperties, writeConfFolder } from "./defaults.ts";
import { readAppLogs } from "./eventlog.ts";
import { splitOptions } from "./jvm.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-spark-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test("settings survive the properties file byte for byte, and it is the person's alone", () => {
  const conf = {
    "spark.a": "x=y:z #!\\ é 日",
    "spark.b": "two\nlines\tand tab",
    "spark.c d": "",
    "spark.e": '-Dx="a b"',
  };
  writeConfFolder(join(folder, "conf"), conf, "/l/$x.log");
  assert.deepEqual(readProperties(join(folder, "conf/spark-defaults.conf")), conf);
  assert.equal(statSync(join(folder, "conf/spark-defaults.conf")).mode & 0o777, 0o600);
  assert.match(readFileSync(join(folder, "conf/log4j2.properties"), "utf8"), /\$\$x\.log/);
});

test("spark-defaults.conf as people write it", () => {
  const path = join(folder, "people.conf");
  writeFileSync(
    path,
    "# comment\nspark.a   one two \nspark.b=x\n  spark.c : y\n\nspark.d a\\\n   b\nalone\n",
  );
  assert.deepEqual(readProperties(path), {
    "spark.a": "one two",
    "spark.b": "x",
    "spark.c": "y",
    "spark.d": "ab",
    alone: "",
  });
  assert.deepEqual(readProperties(join(folder, "absent")), {});
});

test("options made for a cluster are mapped, and it is said how", () => {
  const machine = { cores: 2, memoryMb: 8000 };
  const map = (
    cluster: Record<string, string>,
    conf: Record<string, string> = {},
    driverMemory?: string,
  ) =>
    mapForOneMachine(
      { ...noOptions(), cluster, conf, ...(driverMemory ? { driverMemory } : {}) },
      machine,
    );
  const all = map({
    "--master": "yarn",
    "--deploy-mode": "cluster",
    "--num-executors": "29",
    "--executor-cores": "4",
    "--executor-memory": "4G",
    "--queue": "q",
  });
  assert.deepEqual(all.conf, { "spark.driver.memory": "4096m" });
  assert.deepEqual(all.notes, [
    "--master yarn: runs on this machine with 2 cores instead",
    "--deploy-mode cluster: the driver runs here, its output is shown",
    "--num-executors 29 --executor-cores 4: one process with 2 cores",
    "--executor-memory 4G: the one process gets 4096 MB",
    "--queue q: has no meaning on one machine, left out",
  ]);
  assert.deepEqual(map({ "--master": "local[3]" }), {
    conf: { "spark.master": "local[3]", "spark.driver.memory": "2000m" },
    notes: [],
  });
  assert.deepEqual(
    map({}, { "spark.executor.memory": "1024m", "spark.master": "yarn" }, "2g").conf,
    { "spark.driver.memory": "2048m" },
  );
  assert.equal(map({}, {}, "64g").conf["spark.driver.memory"], "5600m");
  assert.deepEqual(map({}).notes, []);
});

test("JVM options are split as Spark's launcher splits them", () => {
  assert.deepEqual(splitOptions(`-Da="x y" -Db='p"q' -Dc=\\ d  "a\\"b"`), [
    "-Da=x y",
    '-Db=p"q',
    "-Dc= d",
    'a"b',
  ]);
  assert.deepEqual(splitOptions(""), []);
});

test("an event log tells when its application began and ended", () => {
  const logs = join(folder, "logs");
  rmSync(logs, { recursive: true, force: true });
  writeConfFolder(logs, {}, "x");
  rmSync(join(logs, "spark-defaults.conf"));
  rmSync(join(logs, "log4j2.properties"));
  const line = (event: string, more: object) => JSON.stringify({ Event: event, ...more });
  const start = line("SparkListenerApplicationStart", {
    "App Name": "a",
    "App ID": "local-1",
    Timestamp: 10,
  });
  writeFileSync(
    join(logs, "local-1"),
    `${[start, line("SparkListenerJobStart", { "Job ID": 0, "Submission Time": 20 }), line("Filler", { x: "y".repeat(600_000) }), line("SparkListenerApplicationEnd", { Timestamp: 30 })].join("\n")}\n`,
  );
  writeFileSync(
    join(logs, "local-2.inprogress"),
    `${start.replace("local-1", "local-2")}\n{"Event":"half`,
  );
  assert.deepEqual(readAppLogs(logs), [
    { id: "local-1", name: "a", startedAt: 10, firstJobAt: 20, endedAt: 30 },
    { id: "local-2", name: "a", startedAt: 10 },
  ]);
  assert.deepEqual(readAppLogs(join(folder, "absent")), []);
});

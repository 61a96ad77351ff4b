import assert from "node:assert/strict";
import { test } from "node:test";
import { type Job, noOptions, type Step } from "../../../model/job.ts";
import { OWN_JAR } from "../../own-jar.ts";
import { settingsOf } from "../shape/settings.ts";
import { requireKnown } from "./look.ts";
import { type StepWish, stepRequest } from "./steps.ts";

const job = (step: Step, more: Partial<Job> = {}): Job => ({
  ...{ name: "words", folder: "/work", steps: [step], inputs: {}, outputs: {}, env: {} },
  options: noOptions(),
  ...more,
});
const base = { name: "count", args: ["a b", "$HOME"], onFailure: "stop" as const };
const words = (step: Step, more: Partial<Job> = {}, own: Partial<StepWish> = {}) => {
  const settings = settingsOf({ kind: "emr" });
  const staged = (named: string) => (named.startsWith("s3:") ? named : `s3://b/${named}`);
  const request = stepRequest(step, 2, "run-1", {
    ...{ job: job(step, more), settings, staged, inputs: new Map() },
    ...own,
  });
  assert.equal(request.Name, "mayfly run-1 2 count");
  assert.equal(request.HadoopJarStep.Jar, "command-runner.jar");
  return request.HadoopJarStep.Args;
};

test("a program's arguments arrive as they are, its options as spark-submit has them", () => {
  const options = {
    ...noOptions(),
    conf: { "spark.x": "1 2" },
    files: ["data.csv#d"],
    cluster: { "--deploy-mode": "cluster", "--num-executors": "4", "--master": "yarn" },
  };
  const step: Step = { ...base, kind: "pyspark", main: "count.py", options };
  assert.deepEqual(words(step, { env: { A: "b c" } }), [
    ...["spark-submit", "--deploy-mode", "cluster", "--name", "count"],
    ...["--files", "s3://b/data.csv#d", "--num-executors", "4"],
    ...["--conf", "spark.yarn.appMasterEnv.A=b c", "--conf", "spark.executorEnv.A=b c"],
    ...["--conf", "spark.x=1 2", "s3://b/count.py", "a b", "$HOME"],
  ]);
});

test("commands get the job's variables without a shell; copies are made by the cluster", () => {
  const command: Step = { ...base, kind: "command", command: "echo" };
  assert.deepEqual(words(command), ["echo", "a b", "$HOME"]);
  assert.deepEqual(words(command, { env: { A: "b c" } }), ["env", "A=b c", "echo", "a b", "$HOME"]);
  const copy: Step = { ...base, kind: "copy", from: "hdfs:///a", to: "s3://b/c" };
  assert.deepEqual(words(copy), ["s3-dist-cp", "--src=hdfs:///a", "--dest=s3://b/c"]);
});

test("SQL and Scala run in client mode, from where their files were put, with the job's variables", () => {
  const cluster = { "--deploy-mode": "cluster" };
  const sql: Step = { ...base, kind: "sql", main: "a.sql", options: { ...noOptions(), cluster } };
  assert.deepEqual(words(sql, { env: { A: "b" } }), [
    ...["env", "A=b", "spark-sql", "--deploy-mode", "client", "--name", "count"],
    ...["--conf", "spark.yarn.appMasterEnv.A=b", "--conf", "spark.executorEnv.A=b"],
    ...["-f", "s3://b/a.sql", "a b", "$HOME"],
  ]);
  const scala: Step = { ...base, kind: "scala", main: "a.scala", options: noOptions() };
  assert.deepEqual(words(scala), [
    ...["spark-submit", "--deploy-mode", "client", "--name", "count"],
    ...["--class", "mayfly.ScalaScript", `s3://b/${OWN_JAR}`, "s3://b/a.scala", "a b", "$HOME"],
  ]);
});

test("plain Python finds itself and its files under their names; words that are empty arrive", () => {
  const python: Step = { ...base, kind: "python", main: "tools/look.py" };
  const brought = words(python);
  assert.deepEqual(brought.slice(0, 2), ["bash", "-c"]);
  assert.deepEqual(brought.slice(3), [
    ...["mayfly", "s3://b/tools/look.py", "tools/look.py", "--"],
    ...["python3", "-u", "tools/look.py", "a b", "$HOME"],
  ]);
  const empty: Step = { ...base, kind: "command", command: "echo", args: ["", "it's"] };
  assert.deepEqual(words(empty), ["bash", "-c", "exec 'echo' '' 'it'\\''s'"]);
});

test("packages reach a driver and workers: from an archive in containers, unpacked where a program runs itself", () => {
  const packages = { uri: "s3://b/packages.tar.gz", python: "python3.9" };
  const own = { packages };
  const step: Step = { ...base, kind: "pyspark", main: "count.py", options: noOptions() };
  const contained: Step = {
    ...step,
    options: {
      ...noOptions(),
      archives: ["more.zip#m"],
      conf: { "spark.pyspark.python": "mine" },
      cluster: { "--deploy-mode": "cluster" },
    },
  };
  const env = { PYTHONPATH: "./own" };
  const [client, cluster] = [words(step, { env }, own), words(contained, { env }, own)];
  for (const [said, archive] of [
    [client, packages.uri],
    [cluster, "-"],
  ] as const) {
    assert.deepEqual(
      [said.slice(0, 2), said.slice(3, 6)],
      [
        ["bash", "-c"],
        ["mayfly", "python3.9", archive],
      ],
    );
    const submit = said.join(" ");
    assert.match(submit, / spark\.executorEnv\.PYTHONPATH=\.\/mayfly-packages:\.\/own /);
    assert.match(submit, / spark\.yarn\.appMasterEnv\.PYTHONPATH=\.\/mayfly-packages:\.\/own /);
    assert.match(submit, / --archives s3:\/\/b\/packages\.tar\.gz#mayfly-packages/);
  }
  assert.deepEqual(client.slice(6, 9), [
    "env",
    "PYTHONPATH=./mayfly-packages:./own",
    "spark-submit",
  ]);
  assert.equal(cluster[6], "spark-submit");
  assert.match(client.join(" "), /--conf spark\.pyspark\.python=python3\.9/);
  assert.match(
    cluster.join(" "),
    /#mayfly-packages,s3:\/\/b\/more\.zip#m .*--conf spark\.pyspark\.python=mine/,
  );
  const jar: Step = { ...base, kind: "jar", main: "a.jar", options: noOptions() };
  assert.equal(words(jar, {}, own).includes("bash"), false);
});

test("what would fail there is refused before there is a cluster", () => {
  const copy = (from: string, to: string): Step => ({ ...base, kind: "copy", from, to });
  assert.throws(
    () => requireKnown(job(copy("hdfs:///a", "./b"))),
    /which this machine does not reach/,
  );
  assert.throws(
    () => requireKnown(job(copy("./nowhere", "hdfs:///a"))),
    /"\.\/nowhere" does not exist/,
  );
  const long: Step = { ...base, kind: "command", command: "echo", args: ["x".repeat(10_281)] };
  assert.throws(() => requireKnown(job(long)), /an argument has 10281 characters/);
});

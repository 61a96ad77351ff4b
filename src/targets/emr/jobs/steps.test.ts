import assert from "node:assert/strict";
import { test } from "node:test";
import { type Job, noOptions, type Step } from "../../../model/job.ts";
import { settingsOf } from "../shape/settings.ts";
import { requireKnown } from "./look.ts";
import { stepRequest } from "./steps.ts";

const job = (step: Step, more: Partial<Job> = {}): Job => ({
  ...{ name: "words", folder: "/work", steps: [step], inputs: {}, outputs: {}, env: {} },
  options: noOptions(),
  ...more,
});
const base = { name: "count", args: ["a b", "$HOME"], onFailure: "stop" as const };
const words = (step: Step, more: Partial<Job> = {}) => {
  const settings = settingsOf({ kind: "emr" });
  const staged = (named: string) => (named.startsWith("s3:") ? named : `s3://b/${named}`);
  const request = stepRequest(step, 2, "run-1", {
    ...{ job: job(step, more), settings, staged, inputs: new Map() },
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

test("what would fail there is refused before there is a cluster", () => {
  const sql: Step = { ...base, kind: "sql", main: "a.sql", options: noOptions() };
  assert.throws(() => requireKnown(job(sql)), /cannot run the sql step "count" on EMR/);
  const command: Step = { ...base, kind: "command", command: "echo" };
  const python = { requirements: "requirements.txt" };
  assert.throws(() => requireKnown(job(command, { python })), /"requirements\.txt" .* not brought/);
});

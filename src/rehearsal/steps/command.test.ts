import assert from "node:assert/strict";
import { test } from "node:test";
import { stepProgram } from "./command.ts";

const cases: [what: string, jar: string, args: string[], command: string[]][] = [
  [
    "a command",
    "command-runner.jar",
    ["spark-submit", "", "a b.py", ""],
    ["command-runner", "spark-submit", "a b.py"],
  ],
  [
    "a script",
    "s3://eu-west-3.elasticmapreduce/libs/script-runner/script-runner.jar",
    ["s3://b/x.sh", "1"],
    ["script-runner", "s3://b/x.sh", "1"],
  ],
  [
    "a script, of old",
    "s3://elasticmapreduce/libs/script-runner/script-runner.jar",
    ["s3://b/x.sh"],
    ["script-runner", "s3://b/x.sh"],
  ],
  [
    "an own jar of that name",
    "s3://mine/libs/script-runner.jar",
    ["1"],
    ["run-jar", "s3://mine/libs/script-runner.jar", "1"],
  ],
  ["an own jar", "s3://mine/wc.jar", ["in", "out"], ["run-jar", "s3://mine/wc.jar", "in", "out"]],
  [
    "streaming, where it was",
    "/home/hadoop/contrib/streaming/hadoop-streaming.jar",
    ["-mapper", "cat"],
    ["run-jar", "/home/hadoop/contrib/streaming/hadoop-streaming.jar", "-mapper", "cat"],
  ],
  [
    "s3-dist-cp, where it was",
    "/home/hadoop/lib/emr-s3distcp-1.0.jar",
    ["--src", "a"],
    ["s3-dist-cp", "--src", "a"],
  ],
];
for (const [what, jar, args, command] of cases) {
  test(`${what}: ${jar}`, () => {
    assert.deepEqual(stepProgram("s-1", { Jar: jar, Args: args }).command, command);
  });
}

test("a main class stands before the arguments, properties are the JVM's", () => {
  const step = {
    Jar: "s3://b/x.jar",
    MainClass: "a.B",
    Args: ["1"],
    Properties: [{ Key: "k", Value: "v" }],
  };
  assert.deepEqual(stepProgram("s-2", step), {
    command: ["run-jar", "s3://b/x.jar", "a.B", "1"],
    env: { HADOOP_CLIENT_OPTS: "-Dk=v" },
    cwd: "/mnt/var/lib/hadoop/steps/s-2",
  });
});

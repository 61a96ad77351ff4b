import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { pythonTools } from "../support/python-tools.ts";
import { rehearsalWorld, runProgram } from "../support/rehearsal/world.ts";

/** EMR through aws-cli and boto3, unchanged: clusters come, steps really run, logs and results lie in S3. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;
let python: string;
before(async () => {
  const tools = await pythonTools("awscli==1.44.3");
  python = tools.python;
  env = { ...world.env, ...(await world.start()), PYTHONPATH: tools.env.PYTHONPATH };
  for (const [name, text] of Object.entries(FILES)) {
    writeFileSync(join(world.path, name), text);
    if (name === "text.txt") await aws("s3", "mb", "s3://demo");
    await aws("s3", "cp", name, `s3://demo/${name}`);
  }
});
after(() => world.remove());

const FILES = {
  "text.txt": "a b a\nc a b\n",
  "count.py": `import sys
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
words = s.sparkContext.textFile(sys.argv[1]).flatMap(str.split)
counts = words.map(lambda w: (w, 1)).reduceByKey(lambda a, b: a + b)
print("distinct", counts.count())
s.createDataFrame(counts, ["word", "count"]).coalesce(1).orderBy("word").write.csv(sys.argv[2])
`,
  "prepare.sh":
    "#!/bin/bash\nset -e\necho prepared $1\nsudo mkdir -p /mnt/prepared\necho $1 | sudo tee /mnt/prepared/word\n",
  "breaks.sh": "#!/bin/bash\necho it breaks >&2\nexit 3\n",
};

async function aws(...args: string[]): Promise<string> {
  const said = await runProgram(python, ["-m", "awscli", ...args], { cwd: world.path, env });
  assert.equal(said.code, 0, `aws ${args.join(" ")}: ${said.err}`);
  return said.out.trim();
}

const read = async (uri: string) => {
  await aws("s3", "cp", uri, "read");
  const { readFileSync } = await import("node:fs");
  return readFileSync(join(world.path, "read"));
};
const log = async (uri: string) => gunzipSync(await read(uri)).toString();

async function create(...args: string[]): Promise<string> {
  const fixed = [
    "--release-label",
    "emr-7.12.0",
    "--use-default-roles",
    "--log-uri",
    "s3://demo/logs/",
  ];
  const said = await aws(
    "emr",
    "create-cluster",
    ...fixed,
    "--instance-type",
    "m5.xlarge",
    "--instance-count",
    "2",
    "--query",
    "ClusterId",
    "--output",
    "text",
    ...args,
  );
  assert.match(said, /^j-[A-Z0-9]{13}$/);
  return said;
}

interface Listed {
  Id: string;
  Name: string;
  Status: {
    State: string;
    FailureDetails?: { Reason: string; Message?: string; LogFile?: string };
  };
}
const steps = async (id: string) =>
  (
    JSON.parse(await aws("emr", "list-steps", "--cluster-id", id, "--output", "json")) as {
      Steps: Listed[];
    }
  ).Steps.reverse();

test("a cluster counts words by Spark on S3, and ends when it has", async () => {
  const id = await create(
    "--name",
    "words",
    "--auto-terminate",
    "--bootstrap-actions",
    "Path=s3://demo/prepare.sh,Args=[word]",
    "--steps",
    "Type=Spark,Name=count,ActionOnFailure=CONTINUE,Args=[s3://demo/count.py,s3://demo/text.txt,s3://demo/out]",
    "Type=CUSTOM_JAR,Name=breaks,ActionOnFailure=CONTINUE,Jar=s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar,Args=[s3://demo/breaks.sh]",
    "Type=CUSTOM_JAR,Name=what it prepared,ActionOnFailure=CONTINUE,Jar=command-runner.jar,Args=[cat,/mnt/prepared/word]",
  );
  await aws("emr", "wait", "cluster-terminated", "--cluster-id", id);
  const ran = await steps(id);
  assert.deepEqual(
    ran.map(({ Name, Status }) => `${Name} ${Status.State}`),
    ["count COMPLETED", "breaks FAILED", "what it prepared COMPLETED"],
  );
  const [count, breaks, prepared] = ran;
  assert.match(await log(`s3://demo/logs/${id}/steps/${count?.Id}/stdout.gz`), /^distinct 3$/m);
  assert.equal(await log(`s3://demo/logs/${id}/steps/${prepared?.Id}/stdout.gz`), "word\n");
  const failure = breaks?.Status.FailureDetails;
  assert.equal(failure?.LogFile, `s3://demo/logs/${id}/steps/${breaks?.Id}/stderr.gz`);
  assert.match(await log(failure?.LogFile ?? ""), /it breaks/);
  assert.match(
    await log(`s3://demo/logs/${id}/steps/${breaks?.Id}/controller.gz`),
    /Step failed with exitCode 3/,
  );
  const parts = (await aws("s3", "ls", "s3://demo/out/"))
    .split("\n")
    .map((line) => line.split(/\s+/).at(-1) ?? "");
  const part = parts.find((name) => name.startsWith("part-"));
  assert.equal((await read(`s3://demo/out/${part}`)).toString(), "a,3\nb,2\nc,1\n");
  const described = JSON.parse(
    await aws("emr", "describe-cluster", "--cluster-id", id, "--output", "json"),
  ) as object;
  assert.partialDeepStrictEqual(described, {
    Cluster: {
      Status: { State: "TERMINATED", StateChangeReason: { Code: "ALL_STEPS_COMPLETED" } },
    },
  });
});

test("a bootstrap action that fails ends its cluster, which says so, and its log is there", async () => {
  const id = await create("--name", "broken", "--bootstrap-actions", "Path=s3://demo/breaks.sh");
  const said = await runProgram(
    python,
    ["-m", "awscli", "emr", "wait", "cluster-running", "--cluster-id", id],
    { cwd: world.path, env },
  );
  assert.notEqual(said.code, 0);
  const described = JSON.parse(
    await aws("emr", "describe-cluster", "--cluster-id", id, "--output", "json"),
  ) as {
    Cluster: { Status: { State: string; StateChangeReason: { Code: string; Message: string } } };
  };
  const { State, StateChangeReason } = described.Cluster.Status;
  assert.deepEqual(
    [State, StateChangeReason.Code],
    ["TERMINATED_WITH_ERRORS", "BOOTSTRAP_FAILURE"],
  );
  const instance = /\((i-\w+)\), bootstrap action 1 returned a non-zero return code/.exec(
    StateChangeReason.Message,
  )?.[1];
  assert.match(
    await log(`s3://demo/logs/${id}/node/${instance}/bootstrap-actions/1/stderr.gz`),
    /it breaks/,
  );
});

test("a cluster that waits takes steps, gives them up, and is ended", async () => {
  const id = await create("--name", "waits", "--no-auto-terminate");
  await aws("emr", "wait", "cluster-running", "--cluster-id", id);
  const Jar = "Jar=command-runner.jar";
  const added = JSON.parse(
    await aws(
      "emr",
      "add-steps",
      "--cluster-id",
      id,
      "--output",
      "json",
      "--steps",
      `Type=CUSTOM_JAR,Name=sleeps,ActionOnFailure=CONTINUE,${Jar},Args=[sleep,600]`,
    ),
  ) as { StepIds: string[] };
  const [step = ""] = added.StepIds;
  while ((await steps(id))[0]?.Status.State !== "RUNNING")
    await new Promise((done) => setTimeout(done, 200));
  await aws("emr", "cancel-steps", "--cluster-id", id, "--step-ids", step);
  while ((await steps(id))[0]?.Status.State === "CANCEL_PENDING")
    await new Promise((done) => setTimeout(done, 200));
  assert.equal((await steps(id))[0]?.Status.State, "CANCELLED");
  await aws("emr", "terminate-clusters", "--cluster-ids", id);
  await aws("emr", "wait", "cluster-terminated", "--cluster-id", id);
  assert.equal(
    await aws("emr", "list-clusters", "--active", "--query", "Clusters", "--output", "text"),
    "",
  );
});

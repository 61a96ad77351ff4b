import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { clientWorld } from "../support/rehearsal/clients.ts";
import { COUNTED, PRINTED, WORD_COUNT } from "../support/rehearsal/words.ts";

/** EMR through aws-cli, unchanged: clusters come, steps really run, logs and results lie in S3. */
const world = clientWorld();
world.prepare(() => world.bucket("demo", FILES));

const FILES = {
  ...WORD_COUNT,
  "prepare.sh":
    "#!/bin/bash\nset -e\necho prepared $1\nsudo mkdir -p /mnt/prepared\necho $1 | sudo tee /mnt/prepared/word\n",
  "breaks.sh": "#!/bin/bash\necho it breaks >&2\nexit 3\n",
};

const create = (...args: string[]) =>
  world.create("--log-uri", "s3://demo/logs/", "--instance-count", "2", ...args);

interface Listed {
  Id: string;
  Name: string;
  Status: {
    State: string;
    FailureDetails?: { Reason: string; Message?: string; LogFile?: string };
  };
}
const steps = async (id: string) =>
  (await world.asked<{ Steps: Listed[] }>("emr", "list-steps", "--cluster-id", id)).Steps.reverse();
/** As aws-cli says it. */
const statusOf = async (id: string) =>
  (
    await world.asked<{
      Cluster: { Status: { State: string; StateChangeReason: { Code: string; Message: string } } };
    }>("emr", "describe-cluster", "--cluster-id", id)
  ).Cluster.Status;

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
  assert.match(id, /^j-[A-Z0-9]{13}$/);
  await world.until(id, "TERMINATED");
  const ran = await steps(id);
  assert.deepEqual(
    ran.map(({ Name, Status }) => `${Name} ${Status.State}`),
    ["count COMPLETED", "breaks FAILED", "what it prepared COMPLETED"],
  );
  const [count, breaks, prepared] = ran;
  assert.equal(
    await world.log(`s3://demo/logs/${id}/steps/${count?.Id}/stdout.gz`),
    `${PRINTED}\n`,
  );
  assert.equal(await world.log(`s3://demo/logs/${id}/steps/${prepared?.Id}/stdout.gz`), "word\n");
  const failure = breaks?.Status.FailureDetails;
  assert.equal(failure?.LogFile, `s3://demo/logs/${id}/steps/${breaks?.Id}/stderr.gz`);
  assert.match(await world.log(failure?.LogFile ?? ""), /it breaks/);
  assert.match(
    await world.log(`s3://demo/logs/${id}/steps/${breaks?.Id}/controller.gz`),
    /Step failed with exitCode 3/,
  );
  assert.equal(await world.output("s3://demo/out"), COUNTED);
  const { State, StateChangeReason } = await statusOf(id);
  assert.deepEqual([State, StateChangeReason.Code], ["TERMINATED", "ALL_STEPS_COMPLETED"]);
});

async function brokenBy(script: string): Promise<{ id: string; message: string }> {
  const id = await create("--name", "broken", "--bootstrap-actions", `Path=${script}`);
  await world.until(id, "TERMINATED_WITH_ERRORS");
  await world.refused("emr", "wait", "cluster-running", "--cluster-id", id);
  const { State, StateChangeReason } = await statusOf(id);
  assert.deepEqual(
    [State, StateChangeReason.Code],
    ["TERMINATED_WITH_ERRORS", "BOOTSTRAP_FAILURE"],
  );
  return { id, message: StateChangeReason.Message };
}

test("a bootstrap action that fails ends its cluster, which says so, and its log is there", async () => {
  const { id, message } = await brokenBy("s3://demo/breaks.sh");
  const instance = /\((i-\w+)\), bootstrap action 1 returned a non-zero return code/.exec(
    message,
  )?.[1];
  assert.match(
    await world.log(`s3://demo/logs/${id}/node/${instance}/bootstrap-actions/1/stderr.gz`),
    /it breaks/,
  );
});

test("a bootstrap action that is not there ends its cluster, in EMR's words", async () => {
  const { message } = await brokenBy("s3://demo/nowhere.sh");
  // All machines look for it at once: the first that did not find it is named.
  assert.match(
    message,
    /^(?:Master|Slave) instance \(i-\w+\) failed attempting to download bootstrap action 1 file from S3$/,
  );
});

test("a cluster that waits takes steps, gives them up, and is ended", async () => {
  const id = await create("--name", "waits", "--no-auto-terminate");
  await world.until(id, "WAITING");
  const sleeps = "Type=CUSTOM_JAR,Name=sleeps,ActionOnFailure=CONTINUE,Jar=command-runner.jar";
  const { StepIds } = await world.asked<{ StepIds: string[] }>(
    ...["emr", "add-steps", "--cluster-id", id, "--steps", `${sleeps},Args=[sleep,600]`],
  );
  const [step = ""] = StepIds;
  const seen = async (state: string) =>
    (await steps(id))[0]?.Status.State === state ? state : undefined;
  await eventually("a step that runs", () => seen("RUNNING"));
  await world.aws("emr", "cancel-steps", "--cluster-id", id, "--step-ids", step);
  await eventually("the end of the step", () => seen("CANCELLED"));
  await world.aws("emr", "terminate-clusters", "--cluster-ids", id);
  await world.until(id, "TERMINATED");
  assert.deepEqual(await world.asked("emr", "list-clusters", "--active"), { Clusters: [] });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { EMRServerlessClient, GetJobRunCommand } from "@aws-sdk/client-emr-serverless";
import { eventually } from "../support/eventually.ts";
import { clientWorld } from "../support/rehearsal/clients.ts";
import { FAST_APPLICATION } from "../support/rehearsal/fast.ts";
import { COUNTED, PRINTED, WORD_COUNT } from "../support/rehearsal/words.ts";

/** EMR Serverless through aws-cli, unchanged: jobs really run, logs and results lie in S3. */
const world = clientWorld();
let role: string;
world.prepare(async () => {
  await world.bucket("demo", FILES);
  const { Account } = await world.asked<{ Account: string }>("sts", "get-caller-identity");
  role = `arn:aws:iam::${Account}:role/job`;
});

const FILES = {
  ...WORD_COUNT,
  "breaks.py": "import sys\nprint('it begins')\nraise ValueError('it breaks')\n",
  "sleeps.py": "import time\nprint('it sleeps', flush=True)\ntime.sleep(600)\n",
  "says.py": "import os\nprint(open('settings.txt').read(), os.environ['MODE'], os.getcwd())\n",
  "settings.txt": "from the bucket",
};

interface Run {
  state: string;
  stateDetails: string;
  attempt: number;
  tags: object;
  totalExecutionDurationSeconds?: number;
  billedResourceUtilization?: { vCPUHour: number; storageGBHour: number };
}

const emr = <T>(...args: string[]) => world.asked<T>("emr-serverless", ...args);

async function create(...more: string[]): Promise<string> {
  const said = await emr<{ applicationId: string }>(
    ...["create-application", "--type", "SPARK", "--release-label", "emr-7.12.0"],
    ...["--runtime-configuration", JSON.stringify(FAST_APPLICATION), ...more],
  );
  return said.applicationId;
}

const SMALL = [
  "--conf spark.driver.cores=1 --conf spark.driver.memory=1g --executor-cores 1 --executor-memory 1g",
  "--files s3://demo/settings.txt --conf 'spark.emr-serverless.driverEnv.MODE=quiet mode'",
].join(" ");

interface Job {
  entryPoint: string;
  args?: string[];
  parameters?: string;
}

async function start(application: string, job: Job, ...more: string[]): Promise<string> {
  const sparkSubmit = {
    entryPoint: `s3://demo/${job.entryPoint}`,
    entryPointArguments: job.args ?? [],
    sparkSubmitParameters: job.parameters ?? SMALL,
  };
  const logs = {
    monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://demo/logs/" } },
  };
  const said = await emr<{ jobRunId: string }>(
    ...["start-job-run", "--application-id", application, "--execution-role-arn", role],
    ...["--job-driver", JSON.stringify({ sparkSubmit })],
    ...["--configuration-overrides", JSON.stringify(logs), ...more],
  );
  return said.jobRunId;
}

const look = async (application: string, run: string, ...more: string[]) =>
  (
    await emr<{ jobRun: Run }>(
      ...["get-job-run", "--application-id", application, "--job-run-id", run, ...more],
    )
  ).jobRun;

async function until(application: string, run: string, ...states: string[]): Promise<Run> {
  const client = new EMRServerlessClient(world.sdk());
  const asked = new GetJobRunCommand({ applicationId: application, jobRunId: run });
  await eventually(`${run} ${states}`, async () => {
    const { state = "", stateDetails } = (await client.send(asked)).jobRun ?? {};
    if (states.includes(state)) return state;
    assert.doesNotMatch(state, /^(SUCCESS|FAILED|CANCELLED)$/, stateDetails);
    return undefined;
  });
  return look(application, run);
}

test("an application starts by itself and counts words by Spark on S3; logs, dashboard and tags are there", async () => {
  const application = await create("--name", "words", "--tags", "team=a");
  const token = ["--client-token", "once", "--name", "count", "--tags", "step=1"];
  const job = { entryPoint: "count.py", args: ["s3://demo/text.txt", "s3://demo/out"] };
  const run = await start(application, job, ...token);
  assert.equal(await start(application, job, ...token), run, "the same again");
  const conflict = await world.refused(
    ...["emr-serverless", "start-job-run", "--application-id", application],
    ...["--execution-role-arn", role, "--client-token", "once"],
    ...["--job-driver", '{"sparkSubmit":{"entryPoint":"s3://demo/other.py"}}'],
  );
  assert.match(conflict, /\(ConflictException\)/);
  const done = await until(application, run, "SUCCESS");
  assert.equal(await world.output("s3://demo/out"), COUNTED);
  assert.deepEqual(done.tags, { step: "1" });
  assert.ok((done.totalExecutionDurationSeconds ?? 0) > 0);
  // Four workers of one vCPU for a minute at least.
  assert.ok((done.billedResourceUtilization?.vCPUHour ?? 0) >= 0.066);
  const base = `logs/applications/${application}/jobs/${run}`;
  assert.deepEqual(await world.keys("s3://demo/logs/"), [
    `${base}/SPARK_DRIVER/stderr.gz`,
    `${base}/SPARK_DRIVER/stdout.gz`,
    `${base}/sparklogs/eventlog_v2_${run}/appstatus_${run}`,
    `${base}/sparklogs/eventlog_v2_${run}/events_1_${run}`,
  ]);
  assert.equal(await world.log(`s3://demo/${base}/SPARK_DRIVER/stdout.gz`), `${PRINTED}\n`);
  const events = await world.read(`s3://demo/${base}/sparklogs/eventlog_v2_${run}/events_1_${run}`);
  assert.match(events, /"Event":"SparkListenerApplicationEnd"/);
  const { url } = await emr<{ url: string }>(
    ...["get-dashboard-for-job-run", "--application-id", application, "--job-run-id", run],
  );
  const page = await fetch(url);
  assert.deepEqual(
    [page.status, page.headers.get("content-type")],
    [200, "text/html; charset=utf-8"],
  );
  const html = await page.text();
  assert.match(html, /<th>state<\/th><td>SUCCESS<\/td>/);
  assert.match(html, /<td>complete<\/td>/);
  assert.match(html, new RegExp(`<h3>stdout</h3>\n<pre>${PRINTED}$`, "m"));
  assert.equal((await fetch(url.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status, 403);
  const arn = (
    await emr<{ application: { arn: string } }>("get-application", "--application-id", application)
  ).application.arn;
  await world.aws("emr-serverless", "tag-resource", "--resource-arn", arn, "--tags", "env=test");
  await world.aws("emr-serverless", "untag-resource", "--resource-arn", arn, "--tag-keys", "team");
  assert.deepEqual(await emr("list-tags-for-resource", "--resource-arn", arn), {
    tags: { env: "test" },
  });
});

test("a job that fails is tried again, says why, and each attempt has its logs", async () => {
  const application = await create();
  const run = await start(
    application,
    { entryPoint: "breaks.py" },
    "--retry-policy",
    "maxAttempts=2",
  );
  const failed = await until(application, run, "FAILED");
  assert.equal(failed.attempt, 2);
  assert.match(failed.stateDetails, /ExitCode: 1\. Last few exceptions: .*ValueError: it breaks/);
  assert.equal((await look(application, run, "--attempt", "1")).state, "FAILED");
  const { jobRunAttempts } = await emr<{ jobRunAttempts: { attempt: number }[] }>(
    ...["list-job-run-attempts", "--application-id", application, "--job-run-id", run],
  );
  assert.deepEqual(
    jobRunAttempts.map(({ attempt }) => attempt),
    [1, 2],
  );
  for (const part of ["", "attempts/2/"]) {
    const uri = `s3://demo/logs/applications/${application}/jobs/${run}/${part}SPARK_DRIVER/stdout.gz`;
    assert.match(await world.log(uri), /^it begins\n(?:.*\n)*ValueError: it breaks$/m);
  }
});

test("an application's capacity is honoured: what has no room waits, what never has fails", async () => {
  // A driver and an executor of 1 vCPU; with three executors the first one has it all.
  const application = await create("--maximum-capacity", "cpu=4 vCPU,memory=20 GB");
  const first = await start(application, { entryPoint: "sleeps.py" });
  await until(application, first, "RUNNING");
  const second = await start(application, { entryPoint: "says.py" });
  const usual = "--conf spark.executor.instances=1";
  const huge = await start(application, { entryPoint: "says.py", parameters: usual });
  const { stateDetails } = await until(application, huge, "FAILED");
  assert.equal(
    stateDetails,
    "Job failed due to Worker could not be allocated as the application has exceeded maximumCapacity settings: [cpu: 4 vCPU, memory: 20 GB]",
  );
  assert.equal((await look(application, second)).state, "SCHEDULED");
  assert.match(
    await world.refused("emr-serverless", "stop-application", "--application-id", application),
    /\(ValidationException\)/,
  );
  await world.aws(
    "emr-serverless",
    "cancel-job-run",
    "--application-id",
    application,
    "--job-run-id",
    first,
  );
  await until(application, second, "SUCCESS");
  assert.equal((await look(application, first)).state, "CANCELLED");
  const logs = `s3://demo/logs/applications/${application}/jobs`;
  assert.equal(
    await world.log(`${logs}/${second}/SPARK_DRIVER/stdout.gz`),
    "from the bucket quiet mode /home/hadoop\n",
  );
  // It may not have come to print anything.
  assert.match(await world.log(`${logs}/${first}/SPARK_DRIVER/stdout.gz`), /^(it sleeps\n)?$/);
  await world.aws("emr-serverless", "stop-application", "--application-id", application);
  const state = async () =>
    (
      await emr<{ application: { state: string } }>(
        "get-application",
        "--application-id",
        application,
      )
    ).application.state;
  await eventually("an application that has stopped", async () =>
    (await state()) === "STOPPED" ? true : undefined,
  );
  await world.aws("emr-serverless", "delete-application", "--application-id", application);
  assert.equal(await state(), "TERMINATED");
});

test("a restart finds applications and job runs; one that was active has failed", async () => {
  const application = await create("--name", "kept");
  const run = await start(application, { entryPoint: "sleeps.py" });
  await until(application, run, "RUNNING");
  await world.mayfly(["rehearsal", "stop"]);
  await world.start();
  const { state, stateDetails } = await look(application, run);
  assert.deepEqual(
    [state, stateDetails],
    ["FAILED", "The rehearsal ended while the job run was active."],
  );
  const { applications } = await emr<{ applications: { name?: string; state: string }[] }>(
    ...[
      "list-applications",
      "--states",
      "STARTED",
      "--query",
      "{applications:applications[?name=='kept']}",
    ],
  );
  assert.equal(applications.length, 1);
});

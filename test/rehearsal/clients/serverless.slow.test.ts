import assert from "node:assert/strict";
import { test } from "node:test";
import { BOTO3 } from "../../support/python-tools.ts";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { FAST_APPLICATION } from "../../support/rehearsal/fast.ts";
import { COUNTED, PRINTED, WORD_COUNT } from "../../support/rehearsal/words.ts";

/** boto3 and emr-cli, unchanged, each with a word count whose result is known. */
const world = clientWorld({ packages: ["emr-cli==0.0.19", BOTO3] });
let role: string;
world.prepare(async () => {
  await world.bucket("demo", WORD_COUNT);
  world.files({ "boto.py": BOTO, "project/count.py": WORD_COUNT["count.py"] });
  const { Account } = await world.asked<{ Account: string }>("sts", "get-caller-identity");
  role = `arn:aws:iam::${Account}:role/job`;
});

/** Creates, runs, waits, lists with paginators, stops and deletes. */
const BOTO = `import sys, time
import boto3
emr = boto3.client("emr-serverless")
app = emr.create_application(name="boto", releaseLabel="emr-7.12.0", type="SPARK",
    runtimeConfiguration=${JSON.stringify(FAST_APPLICATION)},
    monitoringConfiguration={"s3MonitoringConfiguration": {"logUri": "s3://demo/boto-logs"}})["applicationId"]
emr.start_application(applicationId=app)
run = emr.start_job_run(applicationId=app, executionRoleArn=sys.argv[1], jobDriver={"sparkSubmit": {
    "entryPoint": "s3://demo/count.py", "entryPointArguments": ["s3://demo/text.txt", "s3://demo/boto"]}})["jobRunId"]
states = []
while not states or states[-1] not in ("SUCCESS", "FAILED", "CANCELLED"):
    job = emr.get_job_run(applicationId=app, jobRunId=run)["jobRun"]
    if job["state"] not in states:
        states.append(job["state"])
    time.sleep(0.2)
print("ended", states[-1], job["stateDetails"])
assert job["startedAt"] < job["endedAt"], job
pages = emr.get_paginator("list_job_runs").paginate(applicationId=app, createdAtAfter=job["createdAt"].replace(microsecond=0),
    PaginationConfig={"PageSize": 1})
print("listed", [one["id"] == run for page in pages for one in page["jobRuns"]])
emr.stop_application(applicationId=app)
while emr.get_application(applicationId=app)["application"]["state"] != "STOPPED":
    time.sleep(0.2)
emr.delete_application(applicationId=app)
try:
    emr.get_application(applicationId="00gnotthere")
except emr.exceptions.ResourceNotFoundException as error:
    print("not found", error.response["ResponseMetadata"]["HTTPStatusCode"])
`;

test("boto3: an application's whole life, a word count, paginators, typed exceptions", async () => {
  const out = ran(await world.python(["boto.py", role]));
  assert.equal(out, "ended SUCCESS \nlisted [True]\nnot found 404\n");
  assert.equal(await world.output("s3://demo/boto"), COUNTED);
});

/** It takes all of Python that is in its folder for the project. */
const emrCli = async (...args: string[]) =>
  ran(await world.python(["-m", "emr_cli.emr_cli", ...args], "project"));

test("emr-cli runs a script on EMR Serverless, waits, and shows what it printed", async () => {
  const { applicationId } = await world.asked<{ applicationId: string }>(
    ...["emr-serverless", "create-application", "--type", "SPARK", "--release-label", "emr-7.12.0"],
    ...["--runtime-configuration", JSON.stringify(FAST_APPLICATION)],
  );
  const out = await emrCli(
    ...["run", "--entry-point", "count.py", "--application-id", applicationId, "--job-role", role],
    ...["--s3-code-uri", "s3://demo/code/", "--s3-logs-uri", "s3://demo/cli-logs/", "--build"],
    ...["--job-args", "s3://demo/text.txt,s3://demo/emr-cli", "--wait", "--show-stdout"],
  );
  assert.match(out, /Job completed successfully!/);
  assert.match(out, new RegExp(`^${PRINTED}$`, "m"));
  assert.equal(await world.output("s3://demo/emr-cli"), COUNTED);
});

test("emr-cli runs the same script on a cluster", async () => {
  const cluster = await world.create(
    ...["--log-uri", "s3://demo/logs/", "--instance-count", "1", "--no-auto-terminate"],
  );
  await world.until(cluster, "WAITING");
  await emrCli(
    ...["run", "--entry-point", "count.py", "--cluster-id", cluster],
    ...["--s3-code-uri", "s3://demo/code/", "--build"],
    ...["--job-args", "s3://demo/text.txt,s3://demo/emr-cli-cluster", "--wait"],
  );
  assert.equal(await world.output("s3://demo/emr-cli-cluster"), COUNTED);
});

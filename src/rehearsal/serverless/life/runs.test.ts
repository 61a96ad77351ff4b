import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkJob, withServerless } from "../../../../test/support/rehearsal/serverless.ts";

test("a job run is cancelled when it has run for its time, or when it is asked to be, and not twice", () =>
  withServerless(async ({ ask, refused, pass, started }) => {
    const applicationId = await started();
    const start = async (more: object) =>
      (await ask("StartJobRun", { applicationId, ...sparkJob("hangs", more) })).jobRunId;
    const late = await start({ executionTimeoutMinutes: 5 });
    const usual = await start({});
    const never = await start({ executionTimeoutMinutes: 0 });
    const asked = await start({});
    const states = async () =>
      Promise.all(
        [late, usual, never, asked].map(
          async (jobRunId) => (await ask("GetJobRun", { applicationId, jobRunId })).jobRun.state,
        ),
      );
    await pass(299_000);
    await ask("CancelJobRun", { applicationId, jobRunId: asked });
    assert.deepEqual(await states(), ["RUNNING", "RUNNING", "RUNNING", "CANCELLING"]);
    await pass(1_000);
    assert.deepEqual(await states(), ["CANCELLED", "RUNNING", "RUNNING", "CANCELLED"]);
    await pass(715 * 60_000);
    assert.deepEqual(await states(), ["CANCELLED", "CANCELLED", "RUNNING", "CANCELLED"]);
    const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId: late });
    assert.equal(jobRun.stateDetails, "The job run exceeded its timeout of 5 minutes.");
    const [status, type] = await refused("CancelJobRun", { applicationId, jobRunId: late });
    assert.deepEqual([status, type], [400, "ValidationException"]);
    await ask("CancelJobRun", { applicationId, jobRunId: never });
  }));

test("a job that fails is tried again as often as it was asked for, and each attempt can be looked at", () =>
  withServerless(async ({ ask, pass, started, machines }) => {
    const applicationId = await started();
    const run = async (name: string, more: object) => {
      const { jobRunId } = await ask("StartJobRun", { applicationId, ...sparkJob(name, more) });
      await pass(0);
      const { jobRunAttempts } = await ask("ListJobRunAttempts", { applicationId, jobRunId });
      return {
        jobRunId,
        attempts: jobRunAttempts.map(
          (one: { attempt: number; state: string }) => `${one.attempt} ${one.state}`,
        ),
      };
    };
    assert.deepEqual((await run("fails", {})).attempts, ["1 FAILED"]);
    assert.deepEqual((await run("fails", { retryPolicy: { maxAttempts: 3 } })).attempts, [
      "1 FAILED",
      "2 FAILED",
      "3 FAILED",
    ]);
    const streaming = { mode: "STREAMING", retryPolicy: { maxFailedAttemptsPerHour: 2 } };
    assert.deepEqual((await run("fails", streaming)).attempts, ["1 FAILED", "2 FAILED"]);
    machines.failFirst = 1;
    const { jobRunId, attempts } = await run("ok", { retryPolicy: { maxAttempts: 5 } });
    assert.deepEqual(attempts, ["1 FAILED", "2 SUCCESS"]);
    const first = (await ask("GetJobRun", { applicationId, jobRunId, attempt: "1" })).jobRun;
    assert.deepEqual([first.attempt, first.state, first.stateDetails], [1, "FAILED", "it fails"]);
    const last = (await ask("GetJobRun", { applicationId, jobRunId })).jobRun;
    assert.deepEqual([last.attempt, last.state, last.stateDetails], [2, "SUCCESS", ""]);
    const { url } = await ask("GetDashboardForJobRun", { applicationId, jobRunId, attempt: "1" });
    assert.equal(url, `http://dashboard/${jobRunId}/1`);
  }));

test("maximum capacity: what can never fit fails, what has to wait for others waits", () =>
  withServerless(async ({ ask, pass, started, machines }) => {
    // Two workers of four: a driver and one executor at a time.
    const applicationId = await started({ maximumCapacity: { cpu: "8 vCPU", memory: "40 GB" } });
    const start = async (name: string, parameters: string) =>
      (await ask("StartJobRun", { applicationId, ...sparkJob(name, {}, parameters) })).jobRunId;
    const look = async (jobRunId: string) =>
      (await ask("GetJobRun", { applicationId, jobRunId })).jobRun;
    const huge = await start("ok", "--conf spark.driver.cores=16");
    const wide = await start("ok", "--executor-cores 8 --conf spark.executor.memory=14g");
    const first = await start("hangs", "");
    await pass(0);
    const second = await start("hangs", "");
    const small = await start(
      "hangs",
      "--conf spark.driver.cores=1 --conf spark.executor.cores=1 --conf spark.driver.memory=1g --conf spark.executor.memory=1g",
    );
    await pass(0);
    assert.deepEqual(
      [(await look(huge)).state, (await look(huge)).stateDetails],
      ["FAILED", "Job failed as application has exceeded maximumCapacity settings."],
    );
    assert.deepEqual(
      [(await look(wide)).state, (await look(wide)).stateDetails],
      [
        "FAILED",
        "Job failed due to Worker could not be allocated as the application has exceeded maximumCapacity settings: [cpu: 8 vCPU]",
      ],
    );
    assert.equal((await look(first)).state, "RUNNING");
    for (const one of [second, small]) {
      const { state, stateDetails } = await look(one);
      assert.deepEqual(
        [state, stateDetails],
        ["SCHEDULED", "The job has been scheduled and is acquiring resources to run."],
      );
    }
    machines.end(0);
    await pass(0);
    assert.deepEqual(
      [(await look(first)).state, (await look(second)).state, (await look(small)).state],
      ["SUCCESS", "RUNNING", "SCHEDULED"],
    );
    await ask("CancelJobRun", { applicationId, jobRunId: small });
    machines.end(0);
    await pass(0);
    assert.deepEqual(
      [(await look(second)).state, (await look(small)).state],
      ["SUCCESS", "CANCELLED"],
    );
  }));

test("what a run used is counted by its workers, and billed for a minute of each at least", () =>
  withServerless(async ({ ask, pass, started, machines }) => {
    const applicationId = await started();
    const run = async (ms: number) => {
      const parameters =
        "--conf spark.emr-serverless.executor.disk=30G --conf spark.executor.instances=2 --conf spark.dynamicAllocation.enabled=false";
      const { jobRunId } = await ask("StartJobRun", {
        applicationId,
        ...sparkJob("hangs", {}, parameters),
      });
      await pass(0);
      const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId });
      assert.equal(jobRun.billedResourceUtilization, undefined, "it is not over");
      await pass(ms);
      machines.end(0);
      await pass(0);
      return (await ask("GetJobRun", { applicationId, jobRunId })).jobRun;
    };
    // Three workers of 4 vCPU and 16 GB (14 and a tenth); 20 + 30 + 30 GB of disk, of which 20 each are free.
    const hour = await run(3_600_000);
    assert.equal(hour.totalExecutionDurationSeconds, 3600);
    assert.deepEqual(hour.totalResourceUtilization, {
      vCPUHour: 12,
      memoryGBHour: 48,
      storageGBHour: 80,
    });
    assert.deepEqual(hour.billedResourceUtilization, {
      vCPUHour: 12,
      memoryGBHour: 48,
      storageGBHour: 20,
    });
    const short = await run(6_000);
    assert.deepEqual(short.totalResourceUtilization, {
      vCPUHour: 0.02,
      memoryGBHour: 0.08,
      storageGBHour: 0.133,
    });
    assert.deepEqual(short.billedResourceUtilization, {
      vCPUHour: 0.2,
      memoryGBHour: 0.8,
      storageGBHour: 0.333,
    });
  }));

test("with a scheduler, so many run at once as it says, and what waits too long in the queue fails", () =>
  withServerless(async ({ ask, pass, started, machines }) => {
    const schedulerConfiguration = { maxConcurrentRuns: 1, queueTimeoutMinutes: 15 };
    const applicationId = await started({ schedulerConfiguration });
    const start = async () =>
      (await ask("StartJobRun", { applicationId, ...sparkJob("hangs") })).jobRunId as string;
    const ids = [await start(), await start(), await start()];
    const states = () =>
      Promise.all(
        ids.map(
          async (jobRunId) => (await ask("GetJobRun", { applicationId, jobRunId })).jobRun.state,
        ),
      );
    await pass(60_000);
    assert.deepEqual(await states(), ["RUNNING", "QUEUED", "QUEUED"]);
    machines.end(0);
    await pass(0);
    assert.deepEqual(await states(), ["SUCCESS", "RUNNING", "QUEUED"]);
    const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId: ids[1] });
    assert.equal(jobRun.queuedDurationMilliseconds, 60_000);
    await pass(14 * 60_000);
    assert.deepEqual(await states(), ["SUCCESS", "RUNNING", "FAILED"]);
    machines.end(0);
  }));

test("a run that was active when the rehearsal ended has failed, and says why", () =>
  withServerless(async ({ ask, pass, started, restart }) => {
    const applicationId = await started();
    const { jobRunId } = await ask("StartJobRun", {
      applicationId,
      ...sparkJob("hangs", { retryPolicy: { maxAttempts: 2 } }),
    });
    await pass(0);
    await restart();
    const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId });
    assert.deepEqual(
      [jobRun.state, jobRun.stateDetails],
      ["FAILED", "The rehearsal ended while the job run was active."],
    );
  }));

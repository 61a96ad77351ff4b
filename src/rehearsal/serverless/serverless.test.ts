import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLE, sparkJob, withServerless } from "../../../test/support/rehearsal/serverless.ts";

test("an application starts with its first job run, which passes its states; a restart finds both", () =>
  withServerless(async ({ ask, pass, restart, machines, create, state }) => {
    const applicationId = await create({ name: "words" });
    assert.equal(await state(applicationId), "CREATING");
    await pass(200);
    assert.equal(await state(applicationId), "CREATED");
    const seen: string[] = [];
    const { jobRunId, arn } = await ask("StartJobRun", { applicationId, ...sparkJob("hangs") });
    const look = async () => {
      const { jobRun } = await ask("GetJobRun", { applicationId, jobRunId });
      seen.push(`${jobRun.state} ${jobRun.stateDetails}`.trim());
      return jobRun;
    };
    assert.equal(
      arn,
      `arn:aws:emr-serverless:eu-west-3:123456789012:/applications/${applicationId}/jobruns/${jobRunId}`,
    );
    await look();
    assert.equal(await state(applicationId), "STARTING");
    await pass(100);
    await look();
    await pass(100);
    await look();
    machines.end(0);
    await pass(1000);
    const over = await look();
    assert.deepEqual(seen, [
      "PENDING The JobRun is pending scheduling.",
      "PENDING The JobRun is pending scheduling.",
      "RUNNING",
      "SUCCESS",
    ]);
    const { application } = await ask("GetApplication", { applicationId });
    assert.partialDeepStrictEqual(application, {
      name: "words",
      type: "Spark",
      state: "STARTED",
      autoStartConfiguration: { enabled: true },
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 },
    });
    await restart();
    assert.deepEqual((await ask("GetJobRun", { applicationId, jobRunId })).jobRun, over);
    assert.deepEqual((await ask("GetApplication", { applicationId })).application, application);
  }));

test("an application stops when it was idle for its time, and not while a job runs", () =>
  withServerless(async ({ ask, pass, machines, started, state }) => {
    const applicationId = await started({
      autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 2 },
    });
    await ask("StartJobRun", { applicationId, ...sparkJob("hangs") });
    await pass(10 * 60_000);
    assert.equal(await state(applicationId), "STARTED");
    machines.end(0);
    await pass(119_000);
    assert.equal(await state(applicationId), "STARTED");
    await pass(1_000);
    assert.equal(await state(applicationId), "STOPPING");
    await pass(200);
    assert.equal(await state(applicationId), "STOPPED");
    const never = await started({ autoStopConfiguration: { enabled: false } });
    await pass(10_000 * 60_000);
    assert.equal(await state(never), "STARTED");
  }));

test("without auto start a job run is refused until the application is started", () =>
  withServerless(async ({ ask, refused, pass, create }) => {
    const applicationId = await create({ autoStartConfiguration: { enabled: false } });
    await pass(200);
    assert.deepEqual(await refused("StartJobRun", { applicationId, ...sparkJob("ok") }), [
      400,
      "ValidationException",
      `Application ${applicationId} must be in one of the following statuses [STARTED]. Current status: CREATED`,
    ]);
    await ask("StartApplication", { applicationId });
    await pass(200);
    const { jobRunId } = await ask("StartJobRun", { applicationId, ...sparkJob("ok") });
    await pass(0);
    assert.equal((await ask("GetJobRun", { applicationId, jobRunId })).jobRun.state, "SUCCESS");
  }));

test("what an application's state does not allow is refused in AWS's words where they are public", () =>
  withServerless(async ({ ask, refused, pass, started, state }) => {
    const applicationId = await started();
    const { jobRunId } = await ask("StartJobRun", { applicationId, ...sparkJob("hangs") });
    await pass(0);
    const busy = await refused("StopApplication", { applicationId });
    assert.match(String(busy[2]), /has job runs that are not over/);
    for (const operation of ["DeleteApplication", "UpdateApplication"]) {
      const asked = operation === "UpdateApplication" ? { clientToken: "t" } : {};
      assert.deepEqual(await refused(operation, { applicationId, ...asked }), [
        400,
        "ValidationException",
        `Application ${applicationId} must be in one of the following statuses [CREATED, STOPPED]. Current status: STARTED`,
      ]);
    }
    await ask("CancelJobRun", { applicationId, jobRunId });
    await pass(0);
    await ask("StopApplication", { applicationId });
    assert.deepEqual(await refused("StartApplication", { applicationId }), [
      400,
      "ValidationException",
      "Application cannot be STARTED. Applications must be in one of the following statuses: [CREATED, STOPPED]",
    ]);
    await pass(200);
    assert.deepEqual(await refused("StopApplication", { applicationId }), [
      400,
      "ValidationException",
      "Application cannot be STOPPED. Applications must be in one of the following statuses: [STARTING, STARTED]",
    ]);
    const { application } = await ask("UpdateApplication", {
      applicationId,
      clientToken: "t2",
      maximumCapacity: { cpu: "8 vCPU", memory: "32 GB" },
    });
    assert.deepEqual(application.maximumCapacity, { cpu: "8 vCPU", memory: "32 GB" });
    await ask("DeleteApplication", { applicationId });
    assert.equal(await state(applicationId), "TERMINATED");
    assert.deepEqual((await ask("ListApplications", {})).applications, []);
    assert.equal((await ask("ListApplications", { states: "TERMINATED" })).applications.length, 1);
    assert.match(
      String((await refused("StartJobRun", { applicationId, ...sparkJob("ok") }))[2]),
      /Current status: TERMINATED/,
    );
  }));

test("a request that comes twice makes one thing; its token with other parameters is refused", () =>
  withServerless(async ({ ask, refused, pass, create, restart }) => {
    const wish = { clientToken: "a", name: "one" };
    const applicationId = await create(wish);
    assert.equal(await create(wish), applicationId);
    await restart();
    assert.equal(await create(wish), applicationId);
    await pass(200);
    const job = { applicationId, ...sparkJob("ok"), clientToken: "b" };
    const { jobRunId } = await ask("StartJobRun", job);
    await pass(1000);
    assert.equal((await ask("StartJobRun", job)).jobRunId, jobRunId);
    assert.equal((await ask("ListJobRuns", { applicationId })).jobRuns.length, 1);
    for (const [operation, asked] of [
      [
        "CreateApplication",
        { clientToken: "a", type: "SPARK", releaseLabel: "emr-7.12.0", name: "two" },
      ],
      ["StartJobRun", { ...job, name: "another" }],
    ] as const) {
      const [status, type] = await refused(operation, asked);
      assert.deepEqual([status, type], [409, "ConflictException"], operation);
    }
  }));

test("lists come in pages, newest first, and only what was asked for", () =>
  withServerless(async ({ ask, refused, pass, started }) => {
    const applicationId = await started();
    for (const name of ["ok", "fails", "ok"]) {
      await ask("StartJobRun", { applicationId, ...sparkJob(name), name });
      await pass(60_000);
    }
    await ask("StartJobRun", {
      applicationId,
      ...sparkJob("ok"),
      name: "stream",
      mode: "STREAMING",
    });
    await pass(0);
    const names = async (asked: object) => {
      const found = await ask("ListJobRuns", { applicationId, ...asked });
      return {
        names: found.jobRuns.map((one: { name: string }) => one.name),
        next: found.nextToken,
      };
    };
    const first = await names({ maxResults: 2, mode: "BATCH" });
    assert.deepEqual(first.names, ["ok", "fails"]);
    assert.deepEqual(await names({ maxResults: 2, mode: "BATCH", nextToken: first.next }), {
      names: ["ok"],
      next: undefined,
    });
    assert.deepEqual((await names({ states: "FAILED" })).names, ["fails"]);
    assert.deepEqual((await names({ mode: "STREAMING" })).names, ["stream"]);
    const after = new Date(60_000 + 200 + 200).toISOString();
    assert.deepEqual((await names({ createdAtAfter: after, mode: "BATCH" })).names, [
      "ok",
      "fails",
    ]);
    assert.deepEqual(await refused("ListJobRuns", { applicationId, nextToken: "x" }), [
      400,
      "ValidationException",
      "The next token is not valid.",
    ]);
    assert.deepEqual(await refused("GetJobRun", { applicationId, jobRunId: "00gnone" }), [
      404,
      "ResourceNotFoundException",
      "JobRun 00gnone does not exist",
    ]);
    assert.deepEqual(await refused("GetApplication", { applicationId: "00gnone" }), [
      404,
      "ResourceNotFoundException",
      "Application 00gnone does not exist",
    ]);
  }));

test("tags stay with applications and job runs", () =>
  withServerless(async ({ ask, pass, started }) => {
    const applicationId = await started({ tags: { a: "1" } });
    const { jobRunId, arn } = await ask("StartJobRun", {
      applicationId,
      ...sparkJob("ok"),
      tags: { b: "2" },
    });
    await pass(0);
    const resourceArn = String(arn);
    await ask("TagResource", { resourceArn, tags: { c: "3", d: "4" } });
    await ask("UntagResource", { resourceArn, tagKeys: ["b", "d"] });
    assert.deepEqual((await ask("ListTagsForResource", { resourceArn })).tags, { c: "3" });
    assert.deepEqual((await ask("GetJobRun", { applicationId, jobRunId })).jobRun.tags, { c: "3" });
    const ofApplication = resourceArn.replace(/\/jobruns.*/, "");
    await ask("TagResource", { resourceArn: ofApplication, tags: { a: "5" } });
    assert.deepEqual((await ask("ListTagsForResource", { resourceArn: ofApplication })).tags, {
      a: "5",
    });
  }));

test("what AWS refuses before it begins is refused, most of it in its words", () =>
  withServerless(async ({ refused, create, pass }) => {
    const label = (releaseLabel: string, type = "SPARK") =>
      refused("CreateApplication", { clientToken: "x", type, releaseLabel });
    for (const known of ["emr-6.5.0", "emr-7.99.0", "7.12.0"])
      assert.equal(
        (await label(known))[2],
        `Type 'SPARK' is not supported for release label '${known}' or release label does not exist`,
      );
    assert.equal((await label("emr-7.12.0", "FLINK"))[2], "Unsupported engine FLINK");
    const applicationId = await create({});
    const hive = await create({ type: "HIVE", clientToken: "hive" });
    await pass(200);
    const job = (more: object) =>
      refused("StartJobRun", { applicationId, ...sparkJob("ok"), ...more });
    assert.deepEqual(
      await job({ executionRoleArn: ROLE.replace("123456789012", "210987654321") }),
      [403, "AccessDeniedException", "Cross-account pass role is not allowed."],
    );
    assert.deepEqual(await job({ executionTimeoutMinutes: 4 }), [
      400,
      "ValidationException",
      "RunTimeout must be at least 5 minutes.",
    ]);
    assert.match(
      String((await job({ retryPolicy: { maxAttempts: 11 } }))[2]),
      /maxAttempts must be between 1 and 10/,
    );
    assert.match(
      String((await job({ jobDriver: { hive: { query: "s3://a/b.sql" } } }))[2]),
      /does not run Hive/,
    );
    assert.match(String((await job({ jobDriver: undefined }))[2]), /must have sparkSubmit/);
    assert.match(String((await job({ applicationId: hive }))[2]), /takes no sparkSubmit/);
    assert.equal(
      (await job({ executionRoleArn: undefined }))[2],
      "1 validation error detected: Value null at 'executionRoleArn' failed to satisfy constraint: Member must not be null",
    );
  }));

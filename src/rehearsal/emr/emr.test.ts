import assert from "node:assert/strict";
import { test } from "node:test";
import { KEEP, step, type World, wish, withEmr } from "../../../test/support/rehearsal/emr.ts";

const states = async ({ emr }: World, ClusterId: string) => {
  const { Steps } = await emr<{
    Steps: { Name: string; Status: { State: string } }[];
  }>("ListSteps", { ClusterId });
  return Steps.reverse().map(({ Name, Status }) => `${Name} ${Status.State}`);
};

test("a cluster runs its steps and ends, and its life can be read afterwards, also after a restart", () =>
  withEmr(async (world) => {
    const { emr, until, restart } = world;
    const { JobFlowId } = await emr(
      "RunJobFlow",
      wish({ Steps: [step("ok"), step("fails"), step("ok")] }),
    );
    const ended = await until(JobFlowId, "TERMINATED");
    assert.partialDeepStrictEqual(ended, {
      Name: "a cluster",
      AutoTerminate: true,
      Status: {
        State: "TERMINATED",
        StateChangeReason: { Code: "ALL_STEPS_COMPLETED", Message: "Steps completed" },
      },
    });
    assert.deepEqual(await states(world, JobFlowId), [
      "ok COMPLETED",
      "fails FAILED",
      "ok COMPLETED",
    ]);
    await restart();
    assert.deepEqual(await emr("DescribeCluster", { ClusterId: JobFlowId }), { Cluster: ended });
  }));

test("what a failed step does to the others is what it was told to do", () =>
  withEmr(async (world) => {
    for (const [action, state, steps] of [
      ["CONTINUE", "TERMINATED", ["fails FAILED", "ok COMPLETED"]],
      ["TERMINATE_CLUSTER", "TERMINATED_WITH_ERRORS", ["fails FAILED", "ok CANCELLED"]],
      ["CANCEL_AND_WAIT", "WAITING", ["fails FAILED", "ok CANCELLED"]],
    ] as const) {
      const instances = action === "CANCEL_AND_WAIT" ? KEEP : {};
      const Steps = [step("fails", action), step("ok")];
      const { JobFlowId } = await world.emr("RunJobFlow", wish({ Steps }, instances));
      await world.until(JobFlowId, state);
      assert.deepEqual(await states(world, JobFlowId), steps, action);
    }
  }));

test("steps come and go while a cluster waits; as many at once as asked", () =>
  withEmr(async (world) => {
    const { emr, until } = world;
    const { JobFlowId } = await emr("RunJobFlow", wish({}, KEEP));
    await until(JobFlowId, "WAITING");
    const Steps = [step("hangs"), step("hangs"), step("ok")];
    const added = await emr<{ StepIds: string[] }>("AddJobFlowSteps", { JobFlowId, Steps });
    await until(JobFlowId, "RUNNING");
    assert.deepEqual(await states(world, JobFlowId), [
      "hangs RUNNING",
      "hangs PENDING",
      "ok PENDING",
    ]);
    await emr("ModifyCluster", { ClusterId: JobFlowId, StepConcurrencyLevel: 2 });
    assert.deepEqual(await states(world, JobFlowId), [
      "hangs RUNNING",
      "hangs RUNNING",
      "ok PENDING",
    ]);
    const { CancelStepsInfoList } = await emr<{ CancelStepsInfoList: { Status: string }[] }>(
      "CancelSteps",
      {
        ClusterId: JobFlowId,
        StepIds: added.StepIds.slice(0, 2),
      },
    );
    assert.deepEqual(
      CancelStepsInfoList.map(({ Status }) => Status),
      ["SUBMITTED", "SUBMITTED"],
    );
    await until(JobFlowId, "WAITING");
    assert.deepEqual(await states(world, JobFlowId), [
      "hangs CANCELLED",
      "hangs CANCELLED",
      "ok COMPLETED",
    ]);
  }));

test("termination, its protection, and what is refused after it", () =>
  withEmr(async ({ emr, until, refused }) => {
    const ids: string[] = [];
    for (const TerminationProtected of [true, false])
      ids.push((await emr("RunJobFlow", wish({}, { ...KEEP, TerminationProtected }))).JobFlowId);
    for (const id of ids) await until(id, "WAITING");
    assert.deepEqual(await refused("TerminateJobFlows", { JobFlowIds: ids }), [
      "ValidationException",
      "Could not shut down one or more job flows since they are termination protected.",
    ]);
    const [held = "", free = ""] = ids;
    await until(free, "TERMINATED");
    await emr("SetTerminationProtection", { JobFlowIds: [held], TerminationProtected: false });
    await emr("TerminateJobFlows", { JobFlowIds: [held] });
    const ended = await until(held, "TERMINATED");
    assert.partialDeepStrictEqual(ended, {
      Status: {
        StateChangeReason: { Code: "USER_REQUEST", Message: "Terminated by user request" },
      },
    });
    assert.match(
      (await refused("AddJobFlowSteps", { JobFlowId: held, Steps: [step("ok")] }))[1],
      /may not be modified/,
    );
  }));

test("a bootstrap action that fails ends the cluster with its name", () =>
  withEmr(async ({ emr, until }) => {
    const BootstrapActions = [{ Name: "fails", ScriptBootstrapAction: { Path: "s3://b/x.sh" } }];
    const { JobFlowId } = await emr("RunJobFlow", wish({ BootstrapActions, Steps: [step("ok")] }));
    const ended = await until(JobFlowId, "TERMINATED_WITH_ERRORS");
    assert.partialDeepStrictEqual(ended, {
      Status: { StateChangeReason: { Code: "BOOTSTRAP_FAILURE" } },
    });
  }));

test("what EMR refuses is refused in its words", () =>
  withEmr(async ({ refused }) => {
    for (const [operation, input, type, message] of [
      [
        "DescribeCluster",
        { ClusterId: "j-NONE" },
        "InvalidRequestException",
        /^Cluster id 'j-NONE' is not valid\.$/,
      ],
      [
        "AddJobFlowSteps",
        { JobFlowId: "j-NONE", Steps: [step("ok")] },
        "ValidationException",
        /^Specified job flow ID does not exist\.$/,
      ],
      [
        "RunJobFlow",
        wish({ ReleaseLabel: "emr-9.9.9" }),
        "ValidationException",
        /^The supplied release label is invalid: emr-9\.9\.9\.$/,
      ],
      // The first is too small for EMR, the second newer than the release.
      ...[
        ["emr-7.12.0", "t2.micro"],
        ["emr-5.29.0", "m6g.xlarge"],
      ].map(
        ([ReleaseLabel, type]) =>
          [
            "RunJobFlow",
            wish({
              ReleaseLabel,
              Instances: {
                MasterInstanceType: "m5.xlarge",
                SlaveInstanceType: type,
                InstanceCount: 2,
              },
            }),
            "ValidationException",
            new RegExp(`^Instance type '${type}' is not supported\\.$`),
          ] as const,
      ),
      [
        "RunJobFlow",
        wish({ JobFlowRole: undefined }),
        "ValidationException",
        /InstanceProfile is required/,
      ],
      ["RunJobFlow", { Name: "x" }, "ValidationException", /Value null at 'instances'/],
      ["RunJobFlow", { Name: 7 }, "SerializationException", /./],
      ["NoSuchThing", {}, "UnknownOperationException", /^$/],
      ["ListStudios", {}, "NotImplementedException", /ListStudios/],
    ] as const) {
      const [said, text] = await refused(operation, input);
      assert.deepEqual([said, message.test(text)], [type, true], `${operation}: ${text}`);
    }
  }));

test("lists come in pages, newest first", () =>
  withEmr(async ({ emr }) => {
    for (let i = 0; i < 53; i++) await emr("RunJobFlow", wish({ Name: `c${i}` }));
    interface Page {
      Clusters: { Id: string }[];
      Marker?: string;
    }
    const first = await emr<Page>("ListClusters", {});
    const rest = await emr<Page>("ListClusters", { Marker: first.Marker });
    assert.deepEqual(
      [first.Clusters.length, rest.Clusters.length, rest.Marker],
      [50, 3, undefined],
    );
    assert.equal(new Set([...first.Clusters, ...rest.Clusters].map(({ Id }) => Id)).size, 53);
  }));

test("groups, fleets and instances", () =>
  withEmr(async ({ emr, until, refused }) => {
    const { JobFlowId: ClusterId } = await emr("RunJobFlow", wish({}, KEEP));
    await until(ClusterId, "WAITING");
    const { InstanceGroups } = await emr<{
      InstanceGroups: { Id: string; InstanceGroupType: string; RunningInstanceCount: number }[];
    }>("ListInstanceGroups", { ClusterId });
    assert.deepEqual(
      InstanceGroups.map((one) => [one.InstanceGroupType, one.RunningInstanceCount]),
      [
        ["MASTER", 1],
        ["CORE", 2],
      ],
    );
    await emr("ModifyInstanceGroups", {
      InstanceGroups: [{ InstanceGroupId: InstanceGroups[1]?.Id, InstanceCount: 4 }],
    });
    const { Instances } = await emr<{ Instances: unknown[] }>("ListInstances", {
      ClusterId,
      InstanceGroupTypes: ["CORE"],
    });
    assert.equal(Instances.length, 4);
    assert.equal(
      (await refused("ListInstanceFleets", { ClusterId }))[0],
      "InvalidRequestException",
    );
    const InstanceFleets = [
      {
        InstanceFleetType: "MASTER",
        TargetOnDemandCapacity: 1,
        InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
      },
      {
        InstanceFleetType: "CORE",
        TargetSpotCapacity: 2,
        InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
      },
    ];
    const fleets = await emr("RunJobFlow", { ...wish(), Instances: { InstanceFleets, ...KEEP } });
    await until(fleets.JobFlowId, "WAITING");
    const listed = await emr<{ InstanceFleets: object[] }>("ListInstanceFleets", {
      ClusterId: fleets.JobFlowId,
    });
    assert.partialDeepStrictEqual(listed.InstanceFleets, [
      { ProvisionedOnDemandCapacity: 1 },
      { ProvisionedSpotCapacity: 2 },
    ]);
  }));

test("policies, tags, security configurations and what blocks public access are kept", () =>
  withEmr(async ({ emr, restart, refused }) => {
    const { JobFlowId: ClusterId } = await emr(
      "RunJobFlow",
      wish({ Tags: [{ Key: "a", Value: "1" }] }, KEEP),
    );
    await emr("PutAutoTerminationPolicy", {
      ClusterId,
      AutoTerminationPolicy: { IdleTimeout: 60 },
    });
    assert.deepEqual(await emr("GetAutoTerminationPolicy", { ClusterId }), {
      AutoTerminationPolicy: { IdleTimeout: 60 },
    });
    await emr("RemoveAutoTerminationPolicy", { ClusterId });
    assert.deepEqual(await emr("GetAutoTerminationPolicy", { ClusterId }), {});
    await emr("AddTags", { ResourceId: ClusterId, Tags: [{ Key: "b", Value: "2" }] });
    await emr("RemoveTags", { ResourceId: ClusterId, TagKeys: ["a"] });
    await emr("CreateSecurityConfiguration", { Name: "safe", SecurityConfiguration: "{}" });
    await restart();
    const { Cluster } = await emr<{ Cluster: { Tags: object[] } }>("DescribeCluster", {
      ClusterId,
    });
    assert.deepEqual(Cluster.Tags, [{ Key: "b", Value: "2" }]);
    assert.partialDeepStrictEqual(await emr("DescribeSecurityConfiguration", { Name: "safe" }), {
      SecurityConfiguration: "{}",
    });
    await emr("DeleteSecurityConfiguration", { Name: "safe" });
    assert.equal(
      (await refused("DescribeSecurityConfiguration", { Name: "safe" }))[0],
      "InvalidRequestException",
    );
    assert.partialDeepStrictEqual(await emr("GetBlockPublicAccessConfiguration", {}), {
      BlockPublicAccessConfiguration: { BlockPublicSecurityGroupRules: true },
    });
  }));

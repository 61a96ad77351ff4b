import assert from "node:assert/strict";
import { test } from "node:test";
import { KEEP, step, wish, withEmr } from "../../../../test/support/rehearsal/emr.ts";

test("a user interface is described and leads to the cluster's page", () =>
  withEmr(async ({ emr, refused, until, pages, restart }) => {
    const { JobFlowId, ClusterArn } = await emr<{ JobFlowId: string; ClusterArn: string }>(
      "RunJobFlow",
      wish({ LogUri: "s3n://logs/emr", Steps: [step("ok")] }, KEEP),
    );
    await until(JobFlowId, "WAITING");
    const index = `s3://logs/emr/${JobFlowId}/sparklogs/index.html`;
    const ready = { PresignedURLReady: true, PresignedURL: `link to ${index}` };
    assert.deepEqual(await emr("GetOnClusterAppUIPresignedURL", { ClusterId: JobFlowId }), ready);
    assert.deepEqual(pages, [index]);
    assert.deepEqual(
      await emr("GetOnClusterAppUIPresignedURL", {
        ClusterId: JobFlowId,
        OnClusterAppUIType: "ResourceManager",
      }),
      { PresignedURLReady: false },
    );
    const { PersistentAppUIId } = await emr<{ PersistentAppUIId: string }>(
      "CreatePersistentAppUI",
      { TargetResourceArn: ClusterArn },
    );
    await restart();
    assert.partialDeepStrictEqual(await emr("DescribePersistentAppUI", { PersistentAppUIId }), {
      PersistentAppUI: { PersistentAppUIStatus: "ATTACHED", PersistentAppUITypeList: ["SHS"] },
    });
    assert.deepEqual(await emr("GetPersistentAppUIPresignedURL", { PersistentAppUIId }), ready);
    assert.equal(
      (await refused("GetOnClusterAppUIPresignedURL", { ClusterId: JobFlowId }))[0],
      "InvalidRequestException",
    );
    assert.equal(
      (await refused("DescribePersistentAppUI", { PersistentAppUIId: "p-none" }))[0],
      "InvalidRequestException",
    );
  }));

test("old clients find their job flows in the words of their time", () =>
  withEmr(async ({ emr, until }) => {
    const { JobFlowId } = await emr("RunJobFlow", wish({ Steps: [step("ok"), step("fails")] }));
    await until(JobFlowId, "TERMINATED");
    const { JobFlows } = await emr<{ JobFlows: object[] }>("DescribeJobFlows", {
      JobFlowStates: ["COMPLETED"],
    });
    assert.partialDeepStrictEqual(JobFlows, [
      {
        JobFlowId,
        ExecutionStatusDetail: { State: "COMPLETED", LastStateChangeReason: "Steps completed" },
        Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 0 },
        Steps: [
          { StepConfig: { Name: "ok" }, ExecutionStatusDetail: { State: "COMPLETED" } },
          { StepConfig: { Name: "fails" }, ExecutionStatusDetail: { State: "FAILED" } },
        ],
      },
    ]);
    const failed = await emr<{ JobFlows: [] }>("DescribeJobFlows", { JobFlowStates: ["FAILED"] });
    assert.deepEqual(failed.JobFlows, []);
  }));

test("a scaling policy is shown by its group, and what replaces unhealthy nodes by its cluster", () =>
  withEmr(async ({ emr, refused, until }) => {
    const { JobFlowId: ClusterId } = await emr("RunJobFlow", wish({}, KEEP));
    await until(ClusterId, "WAITING");
    const groups = async () =>
      (
        await emr<{ InstanceGroups: { Id: string; AutoScalingPolicy?: object }[] }>(
          "ListInstanceGroups",
          { ClusterId },
        )
      ).InstanceGroups;
    const [master, core] = await groups();
    const AutoScalingPolicy = {
      Constraints: { MinCapacity: 1, MaxCapacity: 4 },
      Rules: [
        {
          Name: "out",
          Action: { SimpleScalingPolicyConfiguration: { ScalingAdjustment: 1 } },
          Trigger: {
            CloudWatchAlarmDefinition: {
              ComparisonOperator: "LESS_THAN",
              MetricName: "YARNMemoryAvailablePercentage",
              Period: 300,
              Threshold: 15,
            },
          },
        },
      ],
    };
    const asked = { ClusterId, InstanceGroupId: core?.Id };
    await emr("PutAutoScalingPolicy", { ...asked, AutoScalingPolicy });
    assert.partialDeepStrictEqual((await groups())[1]?.AutoScalingPolicy, {
      Status: { State: "ATTACHED" },
      ...AutoScalingPolicy,
    });
    await emr("RemoveAutoScalingPolicy", asked);
    assert.equal((await groups())[1]?.AutoScalingPolicy, undefined);
    assert.equal(
      (
        await refused("PutAutoScalingPolicy", {
          ClusterId,
          InstanceGroupId: master?.Id,
          AutoScalingPolicy,
        })
      )[0],
      "ValidationException",
    );
    await emr("SetUnhealthyNodeReplacement", {
      JobFlowIds: [ClusterId],
      UnhealthyNodeReplacement: true,
    });
    assert.partialDeepStrictEqual(await emr("DescribeCluster", { ClusterId }), {
      Cluster: { UnhealthyNodeReplacement: true },
    });
  }));

test("instance types are those of the release, page by page", () =>
  withEmr(async ({ emr, refused }) => {
    const types = async (ReleaseLabel: string) => {
      const found: { Type: string }[] = [];
      let Marker: string | undefined;
      do {
        const part = await emr<{ SupportedInstanceTypes: { Type: string }[]; Marker?: string }>(
          "ListSupportedInstanceTypes",
          { ReleaseLabel, ...(Marker ? { Marker } : {}) },
        );
        found.push(...part.SupportedInstanceTypes);
        Marker = part.Marker;
      } while (Marker);
      return found;
    };
    const old = await types("emr-5.28.0");
    const names = old.map(({ Type }) => Type);
    assert.equal(new Set(names).size, names.length);
    assert.partialDeepStrictEqual(
      old.find(({ Type }) => Type === "m5.xlarge"),
      { VCPU: 4, MemoryGB: 16, Architecture: "X86_64", EbsStorageOnly: true },
    );
    // Graviton came with 5.31 and 6.1 (EMR's guide, "Supported instance types").
    assert.ok(!names.includes("m6g.xlarge"));
    assert.ok((await types("emr-7.12.0")).some(({ Type }) => Type === "m6g.xlarge"));
    assert.equal(
      (await refused("ListSupportedInstanceTypes", { ReleaseLabel: "emr-99.0.0" }))[0],
      "ValidationException",
    );
  }));

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEEP, wish, withEmr } from "../../../test/support/rehearsal/emr.ts";

const MUCH = 2 ** 31 - 1;
const group = (InstanceRole: string, InstanceCount: number) => ({
  ...{ InstanceRole, InstanceCount, InstanceType: "m5.xlarge" },
});
const fleet = (InstanceFleetType: string, more: object, WeightedCapacity = 1) => ({
  ...{ InstanceFleetType, ...more },
  InstanceTypeConfigs: [{ InstanceType: "m5.xlarge", WeightedCapacity }],
});
const groups = (...InstanceGroups: object[]) => ({ ...wish(), Instances: { InstanceGroups } });
const fleets = (...InstanceFleets: object[]) => ({ ...wish(), Instances: { InstanceFleets } });
const MASTER_FLEET = fleet("MASTER", { TargetOnDemandCapacity: 1 });

test("more instances than EMR gives, or another idle time, are refused however they are asked for", () =>
  withEmr(async ({ emr, refused, until }) => {
    const refuses = async (operation: string, input: object) => {
      const [type, message] = await refused(operation, input);
      assert.equal(type, "ValidationException");
      assert.match(
        message,
        /has (?:from 0 to 2000 instances|up to 50 instance groups), not -?\w+\.$/,
      );
    };
    for (const asked of [
      wish({}, { InstanceCount: MUCH }),
      groups(group("MASTER", MUCH)),
      groups(group("MASTER", 1), group("CORE", MUCH)),
      groups(group("MASTER", 1), group("CORE", -1)),
      groups(group("MASTER", 1), ...Array.from({ length: 50 }, () => group("TASK", 1))),
      fleets(MASTER_FLEET, fleet("CORE", { TargetSpotCapacity: MUCH })),
      fleets(MASTER_FLEET, fleet("CORE", { TargetOnDemandCapacity: 1 }, 0)),
    ])
      await refuses("RunJobFlow", asked);
    for (const IdleTimeout of [0, 59, 604_801, MUCH])
      assert.deepEqual(
        await refused("RunJobFlow", wish({ AutoTerminationPolicy: { IdleTimeout } })),
        ["ValidationException", "The idle timeout must be between 60 seconds and 604800 seconds."],
      );

    const { JobFlowId } = await emr("RunJobFlow", wish({}, KEEP));
    await until(JobFlowId, "WAITING");
    await refuses("AddInstanceGroups", { JobFlowId, InstanceGroups: [group("TASK", MUCH)] });
    const many = Array.from({ length: 49 }, () => group("TASK", 0));
    await refuses("AddInstanceGroups", { JobFlowId, InstanceGroups: many });
    const { InstanceGroups } = await emr<{ InstanceGroups: Record<string, string>[] }>(
      "ListInstanceGroups",
      { ClusterId: JobFlowId },
    );
    const core = InstanceGroups.find((one) => one.InstanceGroupType === "CORE");
    for (const InstanceCount of [MUCH, -1])
      await refuses("ModifyInstanceGroups", {
        InstanceGroups: [{ InstanceGroupId: core?.Id, InstanceCount }],
      });

    const keep = fleets(MASTER_FLEET, fleet("CORE", { TargetOnDemandCapacity: 1 }));
    const { JobFlowId: ClusterId } = await emr("RunJobFlow", {
      ...keep,
      Instances: { ...keep.Instances, ...KEEP },
    });
    await until(ClusterId, "WAITING");
    const InstanceFleet = fleet("TASK", { TargetSpotCapacity: MUCH });
    await refuses("AddInstanceFleet", { ClusterId, InstanceFleet });
    const { InstanceFleets } = await emr<{ InstanceFleets: Record<string, string>[] }>(
      "ListInstanceFleets",
      { ClusterId },
    );
    const InstanceFleetId = InstanceFleets.find((one) => one.InstanceFleetType === "CORE")?.Id;
    await refuses("ModifyInstanceFleet", {
      ClusterId,
      InstanceFleet: { InstanceFleetId, TargetSpotCapacity: MUCH },
    });
    await emr("ModifyInstanceFleet", {
      ClusterId,
      InstanceFleet: { InstanceFleetId, TargetOnDemandCapacity: 2 },
    });
  }));

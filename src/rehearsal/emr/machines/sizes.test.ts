import assert from "node:assert/strict";
import { test } from "node:test";
import { KEEP, type World, wish, withEmr } from "../../../../test/support/rehearsal/emr.ts";

interface Listed {
  InstanceType: string;
  Market: string;
  Status: { State: string; StateChangeReason: { Code?: string; Message?: string } };
}
interface Groups {
  InstanceGroups: {
    Id: string;
    InstanceGroupType: string;
    RunningInstanceCount: number;
    Status: { State: string };
  }[];
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let left = 500; left > 0; left--) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 5));
  }
  throw new Error("it did not come");
}

async function coreOf({ emr }: World, ClusterId: string) {
  const { InstanceGroups } = await emr<Groups>("ListInstanceGroups", { ClusterId });
  const core = InstanceGroups.find(({ InstanceGroupType }) => InstanceGroupType === "CORE");
  assert.ok(core);
  return core;
}

const list = async ({ emr }: World, ClusterId: string, ...InstanceStates: string[]) =>
  (await emr<{ Instances: Listed[] }>("ListInstances", { ClusterId, InstanceStates })).Instances;

test("a group grows while its new instances come up, and shrinks", () => {
  const held: (() => void)[] = [];
  const removed: string[] = [];
  return withEmr(
    async (world) => {
      const { emr } = world;
      const { JobFlowId: id } = await emr("RunJobFlow", wish({}, KEEP));
      await world.until(id, "WAITING");
      const { Id } = await coreOf(world, id);
      const resize = (InstanceCount: number) =>
        emr("ModifyInstanceGroups", { InstanceGroups: [{ InstanceGroupId: Id, InstanceCount }] });
      await resize(4);
      await until(async () => (held.length === 2 ? true : undefined));
      assert.partialDeepStrictEqual(await coreOf(world, id), {
        RunningInstanceCount: 2,
        Status: { State: "RESIZING" },
      });
      for (const goOn of held) goOn();
      await until(async () => {
        const { RunningInstanceCount: count, Status } = await coreOf(world, id);
        return (count === 4 && Status.State === "RUNNING") || undefined;
      });
      await resize(1);
      await until(async () => (await coreOf(world, id)).RunningInstanceCount === 1 || undefined);
      assert.equal(removed.length, 3);
      assert.equal((await list(world, id, "TERMINATED")).length, 3);
    },
    {
      add: () => new Promise((done) => held.push(() => done(undefined))),
      remove: async (_, one) => void removed.push(one.id),
    },
  );
});

test("instances that do not come up are given up, until the group is resized again", () => {
  let wrong: string | undefined = "bootstrap action 1 returned a non-zero return code";
  return withEmr(
    async (world) => {
      const { emr } = world;
      const { JobFlowId: id } = await emr("RunJobFlow", wish({}, KEEP));
      await world.until(id, "WAITING");
      const { Id } = await coreOf(world, id);
      const InstanceGroups = [{ InstanceGroupId: Id, InstanceCount: 3 }];
      await emr("ModifyInstanceGroups", { InstanceGroups });
      const [gone] = await until(async () => {
        const found = await list(world, id, "TERMINATED");
        return found.length > 0 ? found : undefined;
      });
      assert.deepEqual(gone?.Status.StateChangeReason, {
        Code: "BOOTSTRAP_FAILURE",
        Message: wrong,
      });
      assert.equal((await coreOf(world, id)).Status.State, "SUSPENDED");
      wrong = undefined;
      await emr("ModifyInstanceGroups", { InstanceGroups });
      await until(async () => (await coreOf(world, id)).RunningInstanceCount === 3 || undefined);
    },
    { add: async () => wrong },
  );
});

test("an instance that ends by itself is replaced, but for the primary", () => {
  let lose: ((primary: boolean) => void) | undefined;
  return withEmr(
    async (world) => {
      const { JobFlowId: id } = await world.emr("RunJobFlow", wish({}, KEEP));
      await world.until(id, "WAITING");
      lose?.(false);
      await until(async () => (await list(world, id)).length === 4 || undefined);
      await until(async () => (await coreOf(world, id)).RunningInstanceCount === 2 || undefined);
      lose?.(true);
      const ended = await world.until(id, "TERMINATED_WITH_ERRORS");
      assert.partialDeepStrictEqual(ended, {
        Status: {
          StateChangeReason: {
            Code: "INSTANCE_FAILURE",
            Message: "The master node was terminated. it is gone",
          },
        },
      });
    },
    {
      provide: async (cluster, lost) => {
        for (const one of cluster.instances) one.state = "RUNNING";
        const [primary, other] = cluster.instances;
        lose = (which) => {
          const one = which ? primary : other;
          if (one) lost("it is gone", one);
        };
      },
    },
  );
});

test("a fleet has as many of each market as its capacities and weights ask for", () =>
  withEmr(async (world) => {
    const { emr } = world;
    const fleet = (InstanceFleetType: string, more: object, WeightedCapacity = 1) => ({
      InstanceFleetType,
      InstanceTypeConfigs: [{ InstanceType: "m5.xlarge", WeightedCapacity }],
      ...more,
    });
    const { JobFlowId: ClusterId } = await emr("RunJobFlow", {
      ...wish(),
      Instances: {
        ...KEEP,
        InstanceFleets: [
          fleet("MASTER", { TargetOnDemandCapacity: 1 }),
          fleet("CORE", { TargetOnDemandCapacity: 4, TargetSpotCapacity: 6 }, 2),
        ],
      },
    });
    await world.until(ClusterId, "WAITING");
    const fleets = () =>
      emr<{ InstanceFleets: { Id: string; InstanceFleetType: string }[] }>("ListInstanceFleets", {
        ClusterId,
      });
    const core = (await fleets()).InstanceFleets.find((one) => one.InstanceFleetType === "CORE");
    assert.partialDeepStrictEqual(core, {
      ProvisionedOnDemandCapacity: 4,
      ProvisionedSpotCapacity: 6,
    });
    assert.equal((await list(world, ClusterId)).length, 6);
    await emr("ModifyInstanceFleet", {
      ClusterId,
      InstanceFleet: { InstanceFleetId: core?.Id, TargetOnDemandCapacity: 0 },
    });
    await until(async () => (await list(world, ClusterId, "TERMINATED")).length === 2 || undefined);
    const left = await list(world, ClusterId, "RUNNING");
    assert.deepEqual(left.map(({ Market }) => Market).sort(), [
      "ON_DEMAND",
      "SPOT",
      "SPOT",
      "SPOT",
    ]);
  }));

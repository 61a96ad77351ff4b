import { MayflyError } from "../../../base/errors.ts";
import type { ClusterRecord } from "../../../model/cluster.ts";
import type { ChangeContext } from "../../clusters.ts";
import type { Account } from "../account.ts";
import { placed } from "../life/intents.ts";

/**
 * So many workers: core instances hold HDFS and are never fewer than one (API reference, InstanceGroupModifyConfig),
 * so that where there are task instances these come and go.
 */
export async function resizeCluster(
  { emr, where }: Account,
  { id, name }: ClusterRecord,
  workers: number,
  { act }: ChangeContext,
): Promise<void> {
  const cluster = await emr.describeCluster(id);
  const change = (what: string, count: number, call: () => Promise<void>) =>
    act(placed({ do: "resize-cluster", id: `resize-${what}`, cluster: id, count }, where), call);
  if (cluster.InstanceCollectionType === "INSTANCE_FLEET") {
    const fleets = await emr.listFleets(id);
    const fleet =
      fleets.find((one) => one.InstanceFleetType === "TASK") ??
      fleets.find((one) => one.InstanceFleetType === "CORE");
    if (!fleet) throw noWorkers(name);
    const others = fleets
      .filter((one) => one.InstanceFleetType !== "MASTER" && one.Id !== fleet.Id)
      .reduce((sum, one) => sum + capacityOf(one), 0);
    const wanted = workers - others;
    if (wanted < 0 || (fleet.InstanceFleetType === "CORE" && wanted < 1))
      throw tooFew(name, workers);
    const onSpot = (fleet.TargetSpotCapacity ?? 0) > 0;
    const onDemand = onSpot ? Math.min(fleet.TargetOnDemandCapacity ?? 0, wanted) : wanted;
    await change(fleet.Id, wanted, () =>
      emr.resizeFleet(id, fleet.Id, { onDemand, spot: wanted - onDemand }),
    );
    return;
  }
  const groups = await emr.listGroups(id);
  const core = groups.find((one) => one.InstanceGroupType === "CORE");
  const task = groups.find((one) => one.InstanceGroupType === "TASK");
  const group = task ?? core;
  if (!group) throw noWorkers(name);
  const wanted = workers - (task ? (core?.RequestedInstanceCount ?? 0) : 0);
  if (wanted < (task ? 0 : 1)) throw tooFew(name, workers);
  await change(group.Id, wanted, () => emr.resizeGroup(id, group.Id, wanted));
}

const capacityOf = (fleet: { TargetOnDemandCapacity?: number; TargetSpotCapacity?: number }) =>
  (fleet.TargetOnDemandCapacity ?? 0) + (fleet.TargetSpotCapacity ?? 0);

const noWorkers = (name: string) =>
  new MayflyError(
    "refused",
    `cannot resize "${name}": it is one machine, and EMR adds no core instances to such a cluster later`,
    "say workers: N in its target, and open another one: mayfly up",
  );

const tooFew = (name: string, workers: number) =>
  new MayflyError(
    "usage",
    `cannot resize "${name}" to ${workers}: its core instances hold HDFS, and at least one stays`,
    "give a larger number, or end it: mayfly down",
  );

import type { Emr, EmrInstance, EmrVolume } from "../../../aws/emr.ts";
import { hourOfOne } from "../../../aws/prices/cost.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import type { Prices } from "../../../aws/prices/layers.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { type Cost, type Metered, meterOf } from "../../../model/money/money.ts";
import type { FlowEbs } from "./flow.ts";
import { volumesOf } from "./machines.ts";

/**
 * The instances that a cluster has had, each with its price: ListInstances tells type, market and when each was there, also of
 * those that are gone. One that EC2 never gave has no id, and costs nothing.
 */
export async function meteredOf(
  emr: Emr,
  cluster: string,
  region: string,
  prices: Prices,
): Promise<Metered[]> {
  const described = await emr.describeCluster(cluster);
  const volumes = await volumesBy(emr, cluster, described.InstanceCollectionType);
  const instances = await emr.listInstances(cluster);
  return instances
    .filter(({ Ec2InstanceId }) => Ec2InstanceId !== undefined)
    .map((one) => {
      const { CreationDateTime = 0, EndDateTime } = one.Status?.Timeline ?? {};
      const ebs = volumes.get(keyOf(one)) ?? volumes.get(one.InstanceGroupId ?? "");
      const machine = {
        type: one.InstanceType ?? "",
        market: one.Market === "SPOT" ? ("SPOT" as const) : ("ON_DEMAND" as const),
        volumes: volumesOf(one.InstanceType ?? "", ebs, described).volumes,
        emr: true,
      };
      return {
        from: CreationDateTime * 1000,
        ...(EndDateTime === undefined ? {} : { to: EndDateTime * 1000 }),
        perHour: hourOfOne(machine, region, prices),
      };
    });
}

const keyOf = ({ InstanceFleetId, InstanceType }: EmrInstance) =>
  `${InstanceFleetId ?? ""} ${InstanceType ?? ""}`;

/** Volumes of a group by its id, of a fleet by its id and the type. */
async function volumesBy(
  emr: Emr,
  cluster: string,
  collection: string | undefined,
): Promise<Map<string, FlowEbs>> {
  const found = new Map<string, FlowEbs>();
  const keep = (key: string, devices: EmrVolume[] = []) => {
    if (devices.length > 0) found.set(key, asked(devices));
  };
  if (collection === "INSTANCE_FLEET") {
    for (const { Id, InstanceTypeSpecifications = [] } of await emr.listFleets(cluster))
      for (const { InstanceType, EbsBlockDevices } of InstanceTypeSpecifications)
        keep(`${Id} ${InstanceType}`, EbsBlockDevices);
  } else {
    for (const { Id, EbsBlockDevices } of await emr.listGroups(cluster)) keep(Id, EbsBlockDevices);
  }
  return found;
}

/** As it would be asked for: here each volume stands by itself. */
const asked = (devices: EmrVolume[]): FlowEbs => ({
  EbsBlockDeviceConfigs: devices.flatMap(({ VolumeSpecification }) =>
    VolumeSpecification ? [{ VolumeSpecification }] : [],
  ),
});

/** What a cluster has cost from `since` until now; a figure that cannot be had ends no run. */
export async function costOf(
  emr: Emr,
  cluster: string,
  region: string,
  env: NodeJS.ProcessEnv,
  since?: number,
  clock: Clock = systemClock,
): Promise<Cost | undefined> {
  try {
    const instances = await meteredOf(emr, cluster, region, await loadPrices(env));
    return meterOf(instances, clock.now(), since);
  } catch {
    return undefined;
  }
}

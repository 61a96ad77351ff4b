import type { Machines, Volume } from "../../../aws/prices/cost.ts";
import { plural } from "../../../base/format.ts";
import type { Flow, FlowEbs, FlowFleet } from "./flow.ts";

/** The instances that a request asks for, and what had to be assumed to say so. */
export function machinesOf(flow: Flow): { machines: Machines[]; assumes: string[] } {
  const { InstanceGroups = [], InstanceFleets = [], ...plain } = flow.Instances;
  const assumes: string[] = [];
  const machines: Machines[] = [];
  const add = (type: string, market: string | undefined, count: number, ebs?: FlowEbs) => {
    if (count <= 0) return;
    const { volumes, assumed } = volumesOf(type, ebs, flow);
    if (assumed) assumes.push(assumed);
    const bought = market === "SPOT" ? "SPOT" : "ON_DEMAND";
    machines.push({ type, market: bought, count, volumes, emr: true });
  };
  for (const one of InstanceGroups)
    add(one.InstanceType, one.Market, one.InstanceCount, one.EbsConfiguration);
  for (const fleet of InstanceFleets) addFleet(fleet, add, assumes);
  const { MasterInstanceType, SlaveInstanceType, InstanceCount = 1 } = plain;
  if (MasterInstanceType) {
    add(MasterInstanceType, undefined, 1);
    add(SlaveInstanceType ?? MasterInstanceType, undefined, InstanceCount - 1);
  }
  if (machines.some(({ market }) => market === "SPOT"))
    assumes.push("spot at its price of that day, which changes by the hour");
  const { MaximumCapacityUnits, UnitType } = flow.ManagedScalingPolicy?.ComputeLimits ?? {};
  if (MaximumCapacityUnits !== undefined)
    assumes.push(
      `EMR leaves it at its first size, and may make it ${MaximumCapacityUnits} ${UnitType}`,
    );
  return { machines, assumes: [...new Set(assumes)] };
}

/** EMR chooses among a fleet's types when it starts: the first one stands for all. */
function addFleet(
  fleet: FlowFleet,
  add: (type: string, market: string, count: number, ebs?: FlowEbs) => void,
  assumes: string[],
): void {
  const [first, ...others] = fleet.InstanceTypeConfigs ?? [];
  if (!first) return;
  // A primary fleet has one instance, whatever its weight (API reference, InstanceFleetConfig).
  const weight = fleet.InstanceFleetType === "MASTER" ? 1 : (first.WeightedCapacity ?? 1);
  const count = (units = 0) => Math.ceil(units / weight);
  add(first.InstanceType, "ON_DEMAND", count(fleet.TargetOnDemandCapacity), first.EbsConfiguration);
  add(first.InstanceType, "SPOT", count(fleet.TargetSpotCapacity), first.EbsConfiguration);
  if (others.length > 0)
    assumes.push(
      `the ${fleet.InstanceFleetType} fleet is all ${first.InstanceType}; EMR may take ${plural(others.length, "other type")}`,
    );
}

/**
 * EMR's own volumes where a request names none (EMR Management Guide, "Default Amazon EBS storage for instances", releases
 * from 5.22; the same table is in aws-samples/aws-emr-advisor): size → volumes of so many GiB, gp2.
 */
const DEFAULT_EBS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ large: [1, 32], xlarge: [2, 32], "2xlarge": [4, 32], "4xlarge": [4, 64] },
  ...{ "8xlarge": [4, 128], "9xlarge": [4, 144], "10xlarge": [4, 160], "12xlarge": [4, 192] },
  ...{ "16xlarge": [4, 256], "18xlarge": [4, 288], "24xlarge": [4, 384] },
};

/** Families that bring disks of their own get no default volumes. */
const HAS_DISKS = /^(?:[a-z]+\d+[a-z]*d[a-z]*|[idhx]\w*|[mcr]3|m[12]|c1)\./;

export function volumesOf(
  type: string,
  ebs: FlowEbs | undefined,
  { EbsRootVolumeSize, ReleaseLabel = "" }: Pick<Flow, "EbsRootVolumeSize" | "ReleaseLabel">,
): { volumes: Volume[]; assumed?: string } {
  // From 6.15 on the root volume is gp3 of 15 GiB, before gp2 of 10 (EMR Management Guide, "root device volume").
  const [, major = 0, minor = 0] = (/^emr-(\d+)\.(\d+)/.exec(ReleaseLabel) ?? []).map(Number);
  const late = major > 6 || (major === 6 && minor >= 15) || /^emr-spark/.test(ReleaseLabel);
  const root = { type: late ? "gp3" : "gp2", gib: EbsRootVolumeSize ?? (late ? 15 : 10) };
  const named = ebs?.EbsBlockDeviceConfigs ?? [];
  if (named.length > 0 || HAS_DISKS.test(type)) {
    const volumes = named.map(({ VolumeSpecification, VolumesPerInstance = 1 }) => ({
      type: VolumeSpecification.VolumeType,
      gib: VolumeSpecification.SizeInGB * VolumesPerInstance,
    }));
    return { volumes: [root, ...volumes] };
  }
  const known = DEFAULT_EBS[type.split(".")[1] ?? ""];
  // A size that the guide does not name: what it gets is not known, and so is what it costs.
  if (!known) return { volumes: [root, { type: `of EMR's choice for ${type}`, gib: 0 }] };
  const [count, gib] = known;
  return {
    volumes: [root, { type: "gp2", gib: count * gib }],
    assumed: `${type} gets EMR's own volumes, ${count} x ${gib} GiB gp2`,
  };
}

import { hasFeature } from "./features.ts";
import type { Ebs, FleetType, Machines, Part } from "./machines.ts";

/** The machines as RunJobFlow takes them: InstanceGroups or InstanceFleets. */
export function instancesRequest(machines: Machines, release: string) {
  if (machines.as === "groups") return { InstanceGroups: machines.parts.map(groupOf) };
  return { InstanceFleets: machines.parts.map((part) => fleetOf(part, machines.spot, release)) };
}

function groupOf({ role, name, types: [{ type }], onDemand, spot, ebs }: Part) {
  return {
    ...{ Name: name, InstanceRole: role, InstanceType: type, InstanceCount: onDemand + spot },
    Market: spot > 0 ? "SPOT" : "ON_DEMAND",
    ...(ebs ? { EbsConfiguration: ebsRequest(ebs) } : {}),
  };
}

function fleetOf(part: Part, spot: Machines["spot"], release: string) {
  const strategies = hasFeature(release, "an allocation strategy");
  return {
    ...{ Name: part.name, InstanceFleetType: part.role },
    ...{ TargetOnDemandCapacity: part.onDemand, TargetSpotCapacity: part.spot },
    InstanceTypeConfigs: part.types.map((one) => typeConfig(one, part)),
    LaunchSpecifications: {
      ...(part.spot > 0
        ? {
            SpotSpecification: {
              TimeoutDurationMinutes: spot.waitMinutes,
              TimeoutAction: spot.fallback === "end" ? "TERMINATE_CLUSTER" : "SWITCH_TO_ON_DEMAND",
              ...(strategies ? { AllocationStrategy: spot.allocation } : {}),
            },
          }
        : {}),
      ...(part.onDemand > 0 &&
      strategies &&
      part.types.some(({ priority }) => priority !== undefined)
        ? { OnDemandSpecification: { AllocationStrategy: "prioritized" } }
        : {}),
    },
  };
}

function typeConfig({ type, weight, priority, maxPrice }: FleetType, { role, ebs }: Part) {
  return {
    InstanceType: type,
    // API reference, InstanceTypeConfig: of a primary it is always one.
    ...(role === "MASTER" ? {} : { WeightedCapacity: weight }),
    ...(priority === undefined ? {} : { Priority: priority }),
    ...(maxPrice === undefined
      ? {}
      : maxPrice.endsWith("%")
        ? { BidPriceAsPercentageOfOnDemandPrice: Number.parseFloat(maxPrice) }
        : { BidPrice: maxPrice }),
    ...(ebs ? { EbsConfiguration: ebsRequest(ebs) } : {}),
  };
}

function ebsRequest({ size, type, count, iops, throughput }: Ebs) {
  return {
    EbsBlockDeviceConfigs: [
      {
        VolumeSpecification: {
          ...{ VolumeType: type, SizeInGB: size },
          ...(iops === undefined ? {} : { Iops: iops }),
          ...(throughput === undefined ? {} : { Throughput: throughput }),
        },
        VolumesPerInstance: count,
      },
    ],
  };
}

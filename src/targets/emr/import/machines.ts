import type { Flow, FlowFleet, FlowGroup } from "../plan/flow.ts";
import type { Tell, Words } from "./words.ts";

/** Groups or fleets as words of mayfly.yaml: the core's stand by themselves, the primary's and the tasks' below theirs. */
export function machinesEntry({ Instances }: Flow, tell: Tell): Words {
  const { InstanceGroups = [], InstanceFleets = [] } = Instances;
  if (InstanceFleets.length > 0) return fleetsEntry(InstanceFleets, tell);
  // What a group does not get on spot it waits for; without this word they would be fleets, which buy it on demand.
  const anySpot = InstanceGroups.some(({ Market }) => Market === "SPOT");
  return {
    ...groupsEntry(InstanceGroups, tell),
    ...(anySpot ? { spot: { fallback: "none" } } : {}),
  };
}

function groupsEntry(groups: readonly FlowGroup[], tell: Tell): Words {
  const of = (role: string) => groups.filter(({ InstanceRole }) => InstanceRole === role);
  const [primary] = of("MASTER");
  const [core] = of("CORE");
  if (!primary) return {};
  const first = groupWords(primary, tell);
  if (!core) return { ...first, workers: 0, ...tasksEntry(of("TASK"), tell) };
  const workers = groupWords(core, tell);
  const alike = JSON.stringify(first) === JSON.stringify(workers);
  return {
    ...workers,
    workers: core.InstanceCount,
    ...(alike ? {} : { primary: { ...(workers.market ? { market: "on-demand" } : {}), ...first } }),
    ...tasksEntry(of("TASK"), tell),
  };
}

function tasksEntry(tasks: FlowGroup[], tell: Tell): Words {
  if (tasks.length === 0) return {};
  return {
    tasks: tasks.map((one) => ({ ...groupWords(one, tell), workers: one.InstanceCount })),
  };
}

function groupWords(group: FlowGroup, tell: Tell): Words {
  const { InstanceRole, InstanceType, Market, BidPrice, EbsConfiguration, ...more } = group;
  if (BidPrice)
    tell(`BidPrice=${BidPrice} of ${InstanceRole}: spot is taken up to its price on demand`);
  for (const [member, value] of Object.entries(more))
    if (!/^(?:Name|InstanceCount)$/.test(member))
      tell(`${member} of ${InstanceRole}: ${JSON.stringify(value).slice(0, 120)}`);
  return {
    type: InstanceType,
    ...(Market === "SPOT" ? { market: "spot" } : {}),
    ...ebsWords(EbsConfiguration as Ebs | undefined, InstanceRole, tell),
  };
}

interface Ebs {
  EbsOptimized?: boolean;
  EbsBlockDeviceConfigs?: {
    VolumeSpecification?: {
      VolumeType?: string;
      SizeInGB?: number;
      Iops?: number;
      Throughput?: number;
    };
    VolumesPerInstance?: number;
  }[];
}

function ebsWords(ebs: Ebs | undefined, of: string, tell: Tell): Words {
  const [first, ...others] = ebs?.EbsBlockDeviceConfigs ?? [];
  if (others.length > 0) tell(`further volumes of ${of}: mayfly.yaml knows volumes of one form`);
  if (ebs?.EbsOptimized === false) tell(`EbsOptimized=false of ${of}`);
  const { VolumeType, SizeInGB, Iops, Throughput } = first?.VolumeSpecification ?? {};
  if (!first || SizeInGB === undefined) return {};
  return {
    ebs: {
      size: SizeInGB,
      ...(VolumeType ? { type: VolumeType } : {}),
      ...(first.VolumesPerInstance ? { count: first.VolumesPerInstance } : {}),
      ...(Iops ? { iops: Iops } : {}),
      ...(Throughput ? { throughput: Throughput } : {}),
    },
  };
}

interface Launch {
  SpotSpecification?: {
    TimeoutDurationMinutes?: number;
    TimeoutAction?: string;
    AllocationStrategy?: string;
    BlockDurationMinutes?: number;
  };
  OnDemandSpecification?: object;
}

function fleetsEntry(fleets: readonly FlowFleet[], tell: Tell): Words {
  const of = (type: string) => fleets.filter((one) => one.InstanceFleetType === type);
  const [primary] = of("MASTER");
  const [core] = of("CORE");
  const tasks = of("TASK");
  return {
    ...(core ? { ...typesOf(core, tell), ...capacityOf(core) } : { workers: 0 }),
    ...(primary ? { primary: { ...typesOf(primary, tell), ...marketOf(primary) } } : {}),
    ...(tasks.length > 0
      ? { tasks: tasks.map((one) => ({ ...typesOf(one, tell), ...capacityOf(one) })) }
      : {}),
    ...spotOf(fleets, tell),
  };
}

const marketOf = ({ TargetSpotCapacity = 0 }: FlowFleet) =>
  TargetSpotCapacity > 0 ? { market: "spot" } : { market: "on-demand" };

const capacityOf = ({
  TargetOnDemandCapacity: on_demand,
  TargetSpotCapacity: spot,
}: FlowFleet) => ({
  capacity: {
    ...(on_demand === undefined ? {} : { on_demand }),
    ...(spot === undefined ? {} : { spot }),
  },
});

function typesOf(fleet: FlowFleet, tell: Tell): Words {
  const { InstanceFleetType: of, InstanceTypeConfigs: all = [], ResizeSpecifications } = fleet;
  if (ResizeSpecifications) tell(`ResizeSpecifications of ${of}`);
  const types = all.map((config) => {
    const { InstanceType, WeightedCapacity, Priority, EbsConfiguration, ...more } = config;
    const { BidPrice, BidPriceAsPercentageOfOnDemandPrice: percent, ...left } = more;
    for (const member of Object.keys(left)) tell(`${member} of ${InstanceType} in ${of}`);
    const price = percent === undefined ? BidPrice : `${String(percent)}%`;
    const words = {
      ...(WeightedCapacity === undefined ? {} : { weight: WeightedCapacity }),
      ...(Priority === undefined ? {} : { priority: Number(Priority) }),
      ...(price === undefined ? {} : { max_price: String(price) }),
    };
    return Object.keys(words).length > 0 ? { type: InstanceType, ...words } : InstanceType;
  });
  const ebs = ebsWords(all[0]?.EbsConfiguration as Ebs | undefined, of, tell);
  return { types, ...ebs };
}

const FALLBACK: Readonly<Record<string, string>> = {
  TERMINATE_CLUSTER: "end",
  SWITCH_TO_ON_DEMAND: "on-demand",
};

/** What is said of spot is said once for all fleets. */
function spotOf(fleets: readonly FlowFleet[], tell: Tell): Words {
  const all = fleets.flatMap(({ InstanceFleetType, LaunchSpecifications }) => {
    const { SpotSpecification, OnDemandSpecification } = (LaunchSpecifications ?? {}) as Launch;
    if (OnDemandSpecification)
      tell(
        `OnDemandSpecification of ${InstanceFleetType}: ${JSON.stringify(OnDemandSpecification)}`,
      );
    return SpotSpecification ? [SpotSpecification] : [];
  });
  const [first, ...others] = all;
  if (!first) return {};
  if (others.some((one) => JSON.stringify(one) !== JSON.stringify(first)))
    tell("what is said of spot differs from fleet to fleet: the first one's counts for all");
  const { TimeoutDurationMinutes: minutes, TimeoutAction, AllocationStrategy } = first;
  if (first.BlockDurationMinutes) tell("BlockDurationMinutes: AWS has ended spot blocks");
  const fallback = FALLBACK[TimeoutAction ?? ""];
  return {
    spot: {
      ...(AllocationStrategy ? { allocation: AllocationStrategy } : {}),
      ...(minutes === undefined ? {} : { wait: `${minutes}m` }),
      ...(fallback ? { fallback } : {}),
    },
  };
}

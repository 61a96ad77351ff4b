import { sparkOfRelease } from "../../spark/releases.ts";
import { instanceTypesOf } from "../models/instance-types.ts";
import { validation } from "../protocol/errors.ts";
import type {
  Cluster,
  ClusterInstance,
  ClusterRequest,
  FleetRequest,
  Group,
  GroupRequest,
  Step,
  StepRequest,
} from "./cluster.ts";
import { newId } from "./ids.ts";

export interface Where {
  region: string;
  account: string;
}

/** A cluster as RunJobFlow asks for it. What EMR refuses before it begins is refused here, in its words where they are public. */
export function createCluster(request: ClusterRequest, where: Where, now: number): Cluster {
  requireRelease(request);
  const { Instances: wanted } = request;
  const groups = groupsOf(request, now);
  const id = newId("j");
  return {
    id,
    name: request.Name,
    ...where,
    request,
    state: "STARTING",
    reason: {},
    times: { created: now },
    terminationProtected: wanted.TerminationProtected ?? false,
    // API reference of RunJobFlow: true unless it is said otherwise.
    visible: request.VisibleToAllUsers ?? true,
    keepAlive: wanted.KeepJobFlowAliveWhenNoSteps ?? false,
    stepConcurrency: request.StepConcurrencyLevel ?? 1,
    groups,
    instances: groups.flatMap((group) =>
      wantedOf(group).flatMap(([market, count]) => instancesFor(group, market, count, now)),
    ),
    bootstrapActions: (request.BootstrapActions ?? []).map(
      ({ Name, ScriptBootstrapAction: { Path, Args } }) => ({
        Name,
        ScriptPath: Path,
        Args: Args ?? [],
      }),
    ),
    steps: (request.Steps ?? []).map((step) => createStep(step, now)),
    tags: request.Tags ?? [],
    ...(request.AutoTerminationPolicy
      ? { idleTimeout: idleSeconds(request.AutoTerminationPolicy) }
      : {}),
    ...(request.ManagedScalingPolicy ? { managedScaling: request.ManagedScalingPolicy } : {}),
  };
}

/** API reference of AutoTerminationPolicy: "a minimum of 60 seconds and a maximum of 604800 seconds (seven days)". */
export function idleSeconds(policy: { IdleTimeout?: number } | undefined): number {
  const seconds = policy?.IdleTimeout ?? 3600;
  if (seconds >= 60 && seconds <= 604_800) return seconds;
  throw validation("The idle timeout must be between 60 seconds and 604800 seconds.");
}

function requireRelease({
  ReleaseLabel,
  AmiVersion,
  JobFlowRole,
  ServiceRole,
}: ClusterRequest): void {
  // As quoted in delta-rho/install-emr#18.
  if (AmiVersion !== undefined) throw validation(`AMI version ${AmiVersion} is not supported.`);
  if (ReleaseLabel === undefined)
    throw validation("Must specify exactly one of the following: release label, custom AMI.");
  if (!/^emr-\d+\.\d+\.\d+$/.test(ReleaseLabel) || sparkOfRelease(ReleaseLabel) === undefined)
    throw validation(`The supplied release label is invalid: ${ReleaseLabel}.`);
  if (!JobFlowRole) throw validation("InstanceProfile is required for creating cluster.");
  if (!ServiceRole) throw validation("ServiceRole is required for creating cluster.");
}

/** What EMR does not have at all, or not in this release, as quoted in boto/botocore#1147. */
export function requireTypes(
  { ReleaseLabel = "" }: ClusterRequest,
  asked: (GroupRequest | FleetRequest)[],
): void {
  const supported = new Set(instanceTypesOf(ReleaseLabel).map(({ Type }) => Type));
  const types = asked.flatMap((one) =>
    "InstanceRole" in one
      ? [one.InstanceType]
      : (one.InstanceTypeConfigs ?? []).map(({ InstanceType }) => InstanceType),
  );
  const wrong = types.find((type) => !supported.has(type));
  if (wrong !== undefined) throw validation(`Instance type '${wrong}' is not supported.`);
}

function groupsOf(request: ClusterRequest, now: number): Group[] {
  const { Instances: wanted } = request;
  const given = [wanted.InstanceGroups, wanted.InstanceFleets, wanted.InstanceCount].filter(
    Boolean,
  );
  if (given.length > 1 && (wanted.InstanceFleets || wanted.InstanceGroups))
    throw validation(
      "Please configure instances using one and only one of the following: instance groups; instance fleets; instance count, master and slave instance type.",
    );
  const byGroup = wanted.InstanceGroups ?? (wanted.InstanceFleets ? [] : byCount(wanted));
  requireTypes(request, [...byGroup, ...(wanted.InstanceFleets ?? [])]);
  requireGroupQuota((wanted.InstanceGroups ?? wanted.InstanceFleets ?? []).length);
  const groups = wanted.InstanceFleets
    ? wanted.InstanceFleets.map((fleet) => createFleet(fleet, now))
    : byGroup.map((group) => createGroup(group, now));
  const masters = groups.filter(({ role }) => role === "MASTER");
  if (masters.length !== 1)
    throw validation("A job flow must have exactly one master instance group.");
  return groups;
}

function byCount({
  MasterInstanceType,
  SlaveInstanceType,
  InstanceCount = 1,
}: ClusterRequest["Instances"]): GroupRequest[] {
  if (!MasterInstanceType) throw validation("The master instance type must be specified.");
  const core = SlaveInstanceType ?? MasterInstanceType;
  return [
    {
      Name: "Master Instance Group",
      InstanceRole: "MASTER",
      InstanceType: MasterInstanceType,
      InstanceCount: 1,
    },
    ...(InstanceCount > 1
      ? [
          {
            Name: "Core Instance Group",
            InstanceRole: "CORE" as const,
            InstanceType: core,
            InstanceCount: InstanceCount - 1,
          },
        ]
      : []),
  ];
}

export function createGroup(config: GroupRequest, now: number): Group {
  if (config.InstanceCount < 1 && config.InstanceRole === "MASTER")
    throw validation("Instance count for the master instance group must be at least 1.");
  requireQuota(config.InstanceCount);
  return {
    id: newId("ig"),
    kind: "group",
    role: config.InstanceRole,
    name: config.Name ?? "",
    market: config.Market ?? "ON_DEMAND",
    type: config.InstanceType,
    wanted: config.InstanceCount,
    config: { ...config },
    created: now,
    ...(config.AutoScalingPolicy ? { scaling: config.AutoScalingPolicy } : {}),
  };
}

export function createFleet(config: FleetRequest, now: number): Group {
  const [first] = config.InstanceTypeConfigs ?? [];
  if (!first) throw validation("InstanceTypeConfigs must not be empty.");
  const fleet: Group = {
    id: newId("if"),
    kind: "fleet",
    role: config.InstanceFleetType,
    name: config.Name ?? "",
    market: config.TargetOnDemandCapacity ? "ON_DEMAND" : "SPOT",
    type: first.InstanceType,
    wanted: 0,
    config: { ...config },
    created: now,
  };
  requireFleetQuota(fleet.config);
  return fleet;
}

/** EMR's guide, "Amazon EMR service quotas": active instances of an instance group; the words are our own. */
const MOST_INSTANCES = 2000;

export function requireQuota(count: number): void {
  if (count >= 0 && count <= MOST_INSTANCES) return;
  throw validation(
    `An instance group or fleet has from 0 to ${MOST_INSTANCES} instances, not ${count}.`,
  );
}

/** EMR's guide, "Configure Amazon EMR cluster instance types": a primary, a core and up to 48 task groups. */
const MOST_GROUPS = 50;

export function requireGroupQuota(count: number): void {
  if (count > MOST_GROUPS)
    throw validation(`A cluster has up to ${MOST_GROUPS} instance groups, not ${count}.`);
}

export function requireFleetQuota(config: Group["config"]): void {
  for (const [, count] of wantedOfFleet(config)) requireQuota(count);
}

/** How many instances of each market; of a fleet's types only the first is ever taken. */
export function wantedOf(group: Group): [Group["market"], number][] {
  if (group.given) return group.given;
  if (group.kind === "group") return [[group.market, group.wanted]];
  return wantedOfFleet(group.config);
}

function wantedOfFleet(asked: Group["config"]): [Group["market"], number][] {
  const config = asked as unknown as FleetRequest;
  const weight = config.InstanceTypeConfigs?.[0]?.WeightedCapacity ?? 1;
  return [
    ["ON_DEMAND", Math.ceil((config.TargetOnDemandCapacity ?? 0) / weight)],
    ["SPOT", Math.ceil((config.TargetSpotCapacity ?? 0) / weight)],
  ];
}

export function instancesFor(
  group: Group,
  market: Group["market"],
  count: number,
  now: number,
): ClusterInstance[] {
  return Array.from({ length: count }, () => ({
    id: newId("ci"),
    ec2Id: "",
    group: group.id,
    type: group.type,
    market,
    address: "",
    state: "PROVISIONING",
    times: { created: now },
  }));
}

export function createStep(request: StepRequest, now: number): Step {
  return {
    id: newId("s"),
    name: request.Name,
    // API reference of StepConfig: "The default value is CONTINUE" for the API.
    onFailure: request.ActionOnFailure ?? "CONTINUE",
    jar: request.HadoopJarStep,
    state: "PENDING",
    times: { created: now },
  };
}

import type { Flow } from "../plan/flow.ts";
import { machinesEntry } from "./machines.ts";
import type { Tell, Words } from "./words.ts";

/**
 * The table of what a request's members are in mayfly.yaml (`model/file/emr-entry.ts`): each gives the words it becomes. A member that
 * stands in no row is told as left.
 */
const ROWS: Readonly<Record<string, (value: never, tell: Tell) => Words>> = {
  Name: () => ({}),
  ReleaseLabel: (release: string) => ({ release }),
  Applications: (all: { Name: string; Args?: string[] }[], tell) => {
    for (const { Name, Args } of all) if (Args) tell(`the arguments of ${Name}: ${Args.join(" ")}`);
    return { applications: all.map(({ Name }) => Name) };
  },
  LogUri: (logs: string, tell) => {
    if (/^s3[an]?:\/\/[^/]/.test(logs)) return { logs };
    tell(`--log-uri ${logs}: it names no bucket`);
    return {};
  },
  ServiceRole: (service: string) => (service === "EMR_DefaultRole" ? {} : { roles: { service } }),
  JobFlowRole: (instance: string) =>
    instance === "EMR_EC2_DefaultRole" ? {} : { roles: { instance } },
  AutoScalingRole: (autoscaling: string) => ({ roles: { autoscaling } }),
  ScaleDownBehavior: (behavior: string) => ({
    scale_down: behavior === "TERMINATE_AT_INSTANCE_HOUR" ? "instance-hour" : "task-completion",
  }),
  SecurityConfiguration: (security_configuration: string) => ({ security_configuration }),
  CustomAmiId: (ami: string) => ({ ami }),
  EbsRootVolumeSize: (size: number) => ({ root_volume: { size } }),
  EbsRootVolumeIops: (iops: number) => ({ root_volume: { iops } }),
  EbsRootVolumeThroughput: (throughput: number) => ({ root_volume: { throughput } }),
  StepConcurrencyLevel: (step_concurrency: number) => ({ step_concurrency }),
  AutoTerminationPolicy: ({ IdleTimeout }: { IdleTimeout?: number }) =>
    IdleTimeout === undefined ? {} : { idle: durationOf(IdleTimeout) },
  Configurations: (all: unknown, tell) => {
    if (Array.isArray(all)) return { configurations: all };
    tell(`--configurations ${String(all)}: bring the file here, and name it in configurations:`);
    return {};
  },
  BootstrapActions: (
    all: { Name: string; ScriptBootstrapAction: { Path: string; Args?: string[] } }[],
  ) => ({
    bootstrap: all.map(({ Name, ScriptBootstrapAction: { Path, Args = [] } }) => ({
      path: Path,
      ...(Name === "Bootstrap action" ? {} : { name: Name }),
      ...(Args.length > 0 ? { args: Args } : {}),
    })),
  }),
  Tags: (all: { Key: string; Value: string }[]) =>
    all.length === 0 ? {} : { tags: Object.fromEntries(all.map(({ Key, Value }) => [Key, Value])) },
  VisibleToAllUsers: (visible: boolean, tell) => {
    if (!visible) tell("--no-visible-to-all-users: EMR leaves that to IAM by now");
    return {};
  },
  ManagedScalingPolicy: (
    { ComputeLimits = {} }: { ComputeLimits?: Record<string, unknown> },
    tell,
  ) => {
    const { UnitType, MinimumCapacityUnits, MaximumCapacityUnits } = ComputeLimits;
    if (UnitType === "VCPU") {
      tell("--managed-scaling-policy in VCPU: scaling: counts instances, or a fleet's units");
      return {};
    }
    const { MaximumOnDemandCapacityUnits: onDemand, MaximumCoreCapacityUnits: core } =
      ComputeLimits;
    return {
      scaling: {
        ...{ min: MinimumCapacityUnits, max: MaximumCapacityUnits },
        ...(onDemand === undefined ? {} : { max_on_demand: onDemand }),
        ...(core === undefined ? {} : { max_core: core }),
      },
    };
  },
  Steps: () => ({}), // they are the job's
};

/** Members of `Instances` beside the machines themselves. */
const OF_INSTANCES: Readonly<Record<string, (value: never, tell: Tell) => Words>> = {
  KeepJobFlowAliveWhenNoSteps: () => ({}),
  TerminationProtected: (protectedNow: boolean) =>
    protectedNow ? { termination_protection: true } : {},
  UnhealthyNodeReplacement: (unhealthy_node_replacement: boolean) => ({
    unhealthy_node_replacement,
  }),
  Ec2KeyName: (key: string) => ({ key }),
  Ec2SubnetId: (subnet: string) => ({ subnet }),
  Ec2SubnetIds: (subnets: string[]) => ({ subnet: subnets.length === 1 ? subnets[0] : subnets }),
  EmrManagedMasterSecurityGroup: (primary: string) => ({ security_groups: { primary } }),
  EmrManagedSlaveSecurityGroup: (workers: string) => ({ security_groups: { workers } }),
  ServiceAccessSecurityGroup: (service: string) => ({ security_groups: { service } }),
  AdditionalMasterSecurityGroups: (primary: string[]) => ({ additional_groups: { primary } }),
  AdditionalSlaveSecurityGroups: (workers: string[]) => ({ additional_groups: { workers } }),
  InstanceGroups: () => ({}),
  InstanceFleets: () => ({}),
};

/** A target of mayfly.yaml from what a cluster was asked for with. */
export function targetEntry(flow: Flow, tell: Tell): Words {
  const entry: Words = { kind: "emr" };
  const { Instances, ...members } = flow;
  take(entry, members, ROWS, tell, "");
  take(entry, Instances, OF_INSTANCES, tell, "Instances.");
  const groups = entry.security_groups as Record<string, string> | undefined;
  if (groups && (groups.primary === undefined || groups.workers === undefined)) {
    tell("security groups of EMR: mayfly.yaml wants both, of the primary and of the workers");
    delete entry.security_groups;
  }
  return { ...entry, ...machinesEntry(flow, tell) };
}

function take(
  entry: Words,
  members: object,
  rows: Readonly<Record<string, (value: never, tell: Tell) => Words>>,
  tell: Tell,
  prefix: string,
): void {
  for (const [member, value] of Object.entries(members)) {
    if (value === undefined) continue;
    const row = Object.hasOwn(rows, member) ? rows[member] : undefined;
    if (!row) {
      tell(`${prefix}${member}: ${JSON.stringify(value).slice(0, 120)}`);
      continue;
    }
    for (const [word, its] of Object.entries(row(value as never, tell))) {
      const known = entry[word];
      // Members that are one word together: roles, security_groups, root_volume.
      entry[word] =
        typeof known === "object" && typeof its === "object" && !Array.isArray(its)
          ? { ...known, ...its }
          : its;
    }
  }
}

const durationOf = (seconds: number) =>
  seconds % 3600 === 0
    ? `${seconds / 3600}h`
    : seconds % 60 === 0
      ? `${seconds / 60}m`
      : `${seconds}s`;

import { asFolder } from "../logs.ts";
import { seconds } from "../protocol/times.ts";
import { clusterApplications } from "./applications.ts";
import type { Cluster, ClusterInstance, Group, Step } from "./cluster.ts";
import { wantedOf } from "./create.ts";

/** What EMR shows of what it has; JSON leaves out what is undefined. */

export function clusterArn({ id, region, account }: Cluster): string {
  return `arn:aws:elasticmapreduce:${region}:${account}:cluster/${id}`;
}

export function statusOf({ state, reason, times, errors }: Cluster) {
  return {
    State: state,
    StateChangeReason: reason,
    ...(errors ? { ErrorDetails: errors } : {}),
    Timeline: {
      CreationDateTime: seconds(times.created),
      ReadyDateTime: seconds(times.ready),
      EndDateTime: seconds(times.ended),
    },
  };
}

export function summaryOf(cluster: Cluster, now: number) {
  return {
    Id: cluster.id,
    Name: cluster.name,
    Status: statusOf(cluster),
    NormalizedInstanceHours: hoursOf(cluster, now),
    ClusterArn: clusterArn(cluster),
  };
}

export function viewCluster(cluster: Cluster, now: number) {
  const { request } = cluster;
  const {
    Instances: wanted,
    Steps: _steps,
    BootstrapActions: _actions,
    JobFlowRole,
    Name: _name,
    ...rest
  } = request;
  const shown = [
    "LogUri",
    "LogEncryptionKmsKeyId",
    "ReleaseLabel",
    "ServiceRole",
    "SecurityConfiguration",
    "AutoScalingRole",
    "ScaleDownBehavior",
    "CustomAmiId",
    "EbsRootVolumeSize",
    "RepoUpgradeOnBoot",
    "KerberosAttributes",
    "OSReleaseLabel",
    "EbsRootVolumeIops",
    "EbsRootVolumeThroughput",
    "ExtendedSupport",
    "MonitoringConfiguration",
    "SessionEnabled",
  ];
  return {
    ...Object.fromEntries(
      shown.filter((name) => rest[name] !== undefined).map((name) => [name, rest[name]]),
    ),
    Id: cluster.id,
    Name: cluster.name,
    Status: statusOf(cluster),
    Ec2InstanceAttributes: {
      Ec2KeyName: wanted.Ec2KeyName,
      Ec2SubnetId: cluster.place?.subnet ?? wanted.Ec2SubnetId ?? wanted.Ec2SubnetIds?.[0],
      RequestedEc2SubnetIds:
        wanted.Ec2SubnetIds ?? (wanted.Ec2SubnetId ? [wanted.Ec2SubnetId] : []),
      Ec2AvailabilityZone: zoneOf(cluster),
      EmrManagedMasterSecurityGroup: cluster.managed?.master,
      EmrManagedSlaveSecurityGroup: cluster.managed?.slave,
      RequestedEc2AvailabilityZones: [],
      IamInstanceProfile: JobFlowRole,
      ...groupsOfSecurity(wanted),
    },
    InstanceCollectionType: cluster.groups.some(({ kind }) => kind === "fleet")
      ? "INSTANCE_FLEET"
      : "INSTANCE_GROUP",
    AutoTerminate: !cluster.keepAlive,
    TerminationProtected: cluster.terminationProtected,
    UnhealthyNodeReplacement: Boolean(wanted.UnhealthyNodeReplacement ?? false),
    VisibleToAllUsers: cluster.visible,
    Applications: clusterApplications(request),
    Configurations: request.Configurations ?? [],
    Tags: cluster.tags,
    NormalizedInstanceHours: hoursOf(cluster, now),
    MasterPublicDnsName: cluster.times.ready === undefined ? undefined : nameOf(masterOf(cluster)),
    ClusterArn: clusterArn(cluster),
    StepConcurrencyLevel: cluster.stepConcurrency,
    PlacementGroups: (rest.PlacementGroupConfigs as unknown[] | undefined) ?? [],
  };
}

export function zoneOf({ place, request, region }: Cluster): string {
  return place?.zone ?? request.Instances.Placement?.AvailabilityZone ?? `${region}a`;
}

function groupsOfSecurity(wanted: Cluster["request"]["Instances"]) {
  const names = [
    "EmrManagedMasterSecurityGroup",
    "EmrManagedSlaveSecurityGroup",
    "ServiceAccessSecurityGroup",
    "AdditionalMasterSecurityGroups",
    "AdditionalSlaveSecurityGroups",
  ];
  return Object.fromEntries(
    names.filter((name) => wanted[name] !== undefined).map((name) => [name, wanted[name]]),
  );
}

/** EMR's guide, "View log files archived to Amazon S3": <cluster>/steps/<step>/stderr.gz, <cluster>/node/<instance>/… */
export function logFolder({ id, request: { LogUri } }: Cluster): string | undefined {
  return LogUri && `${asFolder(LogUri)}${id}/`;
}

export function masterOf({ instances, groups }: Cluster): ClusterInstance {
  const group = groups.find(({ role }) => role === "MASTER");
  return instances.find((one) => one.group === group?.id) as ClusterInstance;
}

/** As the private DNS of a VPC names an address. */
export function nameOf({ address }: ClusterInstance): string {
  return `ip-${address.replaceAll(".", "-")}.ec2.internal`;
}

/**
 * EMR's documents: "an approximation of the cost of the cluster, represented in m1.small/hours"; an m5.xlarge hour counts 8.
 * Only that order of magnitude is kept here.
 */
function hoursOf({ instances, times }: Cluster, now: number): number {
  if (times.ready === undefined) return 0;
  const hours = Math.ceil(((times.ended ?? now) - times.ready) / 3_600_000);
  return hours * 8 * instances.length;
}

export function viewStep(step: Step) {
  return {
    Id: step.id,
    Name: step.name,
    Config: {
      Jar: step.jar.Jar,
      Properties: Object.fromEntries(
        (step.jar.Properties ?? []).map(({ Key, Value }) => [Key, Value]),
      ),
      MainClass: step.jar.MainClass,
      Args: step.jar.Args ?? [],
    },
    ActionOnFailure: step.onFailure,
    Status: {
      State: step.state,
      StateChangeReason: {},
      FailureDetails: step.failure,
      Timeline: {
        CreationDateTime: seconds(step.times.created),
        StartDateTime: seconds(step.times.started),
        EndDateTime: seconds(step.times.ended),
      },
    },
  };
}

export function viewInstance(instance: ClusterInstance, group: Group | undefined) {
  return {
    Id: instance.id,
    ...(instance.ec2Id
      ? {
          Ec2InstanceId: instance.ec2Id,
          PublicDnsName: nameOf(instance),
          PublicIpAddress: instance.address,
          PrivateDnsName: nameOf(instance),
          PrivateIpAddress: instance.address,
        }
      : {}),
    Status: {
      State: instance.state,
      StateChangeReason: instance.reason ?? {},
      Timeline: {
        CreationDateTime: seconds(instance.times.created),
        ReadyDateTime: seconds(instance.times.ready),
        EndDateTime: seconds(instance.times.ended),
      },
    },
    ...(group?.kind === "fleet" ? { InstanceFleetId: group.id } : { InstanceGroupId: group?.id }),
    Market: instance.market,
    InstanceType: instance.type,
    EbsVolumes: [],
  };
}

export function viewGroup(group: Group, cluster: Cluster) {
  const running = cluster.instances.filter(
    (one) => one.group === group.id && one.state === "RUNNING",
  );
  const { Configurations, EbsConfiguration: _ebs, BidPrice, CustomAmiId } = group.config;
  return {
    Id: group.id,
    Name: group.name,
    Market: group.market,
    InstanceGroupType: group.role,
    BidPrice: BidPrice as string | undefined,
    InstanceType: group.type,
    RequestedInstanceCount: group.wanted,
    RunningInstanceCount: running.length,
    Status: {
      State: groupState(group, cluster),
      StateChangeReason: {},
      Timeline: { CreationDateTime: seconds(group.created) },
    },
    Configurations: (Configurations as unknown[] | undefined) ?? [],
    ConfigurationsVersion: 0,
    LastSuccessfullyAppliedConfigurations: [],
    LastSuccessfullyAppliedConfigurationsVersion: 0,
    EbsBlockDevices: [],
    ShrinkPolicy: {},
    AutoScalingPolicy: group.scaling && scalingOf(group.scaling),
    CustomAmiId: CustomAmiId as string | undefined,
  };
}

/** It is kept and shown; its rules are not looked at. */
export function scalingOf(policy: unknown) {
  return { Status: { State: "ATTACHED", StateChangeReason: {} }, ...(policy as object) };
}

export function viewFleet(group: Group, cluster: Cluster) {
  const { config } = group;
  const types = config.InstanceTypeConfigs as { InstanceType: string; WeightedCapacity?: number }[];
  const capacity = (market: string) =>
    (types[0]?.WeightedCapacity ?? 1) *
    cluster.instances.filter(
      (one) => one.group === group.id && one.market === market && one.state === "RUNNING",
    ).length;
  return {
    Id: group.id,
    Name: group.name,
    Status: {
      State: groupState(group, cluster),
      StateChangeReason: {},
      Timeline: { CreationDateTime: seconds(group.created) },
    },
    InstanceFleetType: group.role,
    TargetOnDemandCapacity: (config.TargetOnDemandCapacity as number | undefined) ?? 0,
    TargetSpotCapacity: (config.TargetSpotCapacity as number | undefined) ?? 0,
    ProvisionedOnDemandCapacity: capacity("ON_DEMAND"),
    ProvisionedSpotCapacity: capacity("SPOT"),
    InstanceTypeSpecifications: types.map(({ InstanceType, WeightedCapacity }) => ({
      InstanceType,
      WeightedCapacity: WeightedCapacity ?? 1,
    })),
    LaunchSpecifications: config.LaunchSpecifications,
  };
}

function groupState(group: Group, { state, instances }: Cluster): string {
  if (state === "STARTING") return "PROVISIONING";
  if (state === "BOOTSTRAPPING") return "BOOTSTRAPPING";
  if (state === "TERMINATING") return "TERMINATING";
  if (/^TERMINATED/.test(state)) return "TERMINATED";
  if (group.suspended) return "SUSPENDED";
  const there = instances.filter((one) => one.group === group.id && one.state !== "TERMINATED");
  const wanted = wantedOf(group).reduce((sum, [, count]) => sum + count, 0);
  const whole = there.length === wanted && there.every((one) => one.state === "RUNNING");
  return whole ? "RUNNING" : "RESIZING";
}

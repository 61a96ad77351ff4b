import type { Flow, FlowStep } from "../plan/flow.ts";
import type { Given } from "./options.ts";
import type { Value } from "./shorthand.ts";

type Some = Record<string, Value>;
/** JSON of any form is what it says it is; what is not there is undefined. */
const some = (value: Value | undefined): Some | undefined =>
  typeof value === "object" && !Array.isArray(value) ? value : undefined;
const list = (value: Value | undefined): Some[] =>
  Array.isArray(value) ? value.map(some).filter((one) => one !== undefined) : [];
const texts = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];

/** Options that are one member each, as they are. */
const SAME: Readonly<Record<string, string>> = {
  "release-label": "ReleaseLabel",
  "os-release-label": "OSReleaseLabel",
  "ami-version": "AmiVersion",
  "log-uri": "LogUri",
  "log-encryption-kms-key-id": "LogEncryptionKmsKeyId",
  "auto-scaling-role": "AutoScalingRole",
  "scale-down-behavior": "ScaleDownBehavior",
  "additional-info": "AdditionalInfo",
  "security-configuration": "SecurityConfiguration",
  "custom-ami-id": "CustomAmiId",
  "repo-upgrade-on-boot": "RepoUpgradeOnBoot",
  configurations: "Configurations",
  "kerberos-attributes": "KerberosAttributes",
  "managed-scaling-policy": "ManagedScalingPolicy",
  "auto-termination-policy": "AutoTerminationPolicy",
  "monitoring-configuration": "MonitoringConfiguration",
  "placement-group-configs": "PlacementGroupConfigs",
};
const NUMBERS: Readonly<Record<string, string>> = {
  "ebs-root-volume-size": "EbsRootVolumeSize",
  "ebs-root-volume-iops": "EbsRootVolumeIops",
  "ebs-root-volume-throughput": "EbsRootVolumeThroughput",
  "step-concurrency-level": "StepConcurrencyLevel",
};
const EC2: Readonly<Record<string, string>> = {
  KeyName: "Ec2KeyName",
  SubnetId: "Ec2SubnetId",
  SubnetIds: "Ec2SubnetIds",
  EmrManagedMasterSecurityGroup: "EmrManagedMasterSecurityGroup",
  EmrManagedSlaveSecurityGroup: "EmrManagedSlaveSecurityGroup",
  ServiceAccessSecurityGroup: "ServiceAccessSecurityGroup",
  AdditionalMasterSecurityGroups: "AdditionalMasterSecurityGroups",
  AdditionalSlaveSecurityGroups: "AdditionalSlaveSecurityGroups",
};

/** The request that aws-cli makes of its options (awscli, `customizations/emr/createcluster.py`, `_run_main_command`). */
export function flowOf({ options }: Given): Flow {
  const has = (name: string) => options.get(name) === true;
  const ec2 = some(options.get("ec2-attributes")) ?? {};
  const same = (names: Readonly<Record<string, string>>, as = (value: Value): Value => value) =>
    Object.fromEntries(
      Object.entries(names).flatMap(([name, member]) => {
        const value = options.get(name);
        return value === undefined ? [] : [[member, as(value)]];
      }),
    );
  const defaults = has("use-default-roles");
  const service = defaults ? "EMR_DefaultRole" : options.get("service-role");
  const profile = defaults ? "EMR_EC2_DefaultRole" : ec2.InstanceProfile;
  const steps = list(options.get("steps")).map(stepOf);
  const either = (yes: string, no: string) =>
    has(yes) || has(no) ? { value: has(yes) } : undefined;
  const unhealthy = either("unhealthy-node-replacement", "no-unhealthy-node-replacement");
  const bootstrap = list(options.get("bootstrap-actions"));
  return {
    Name: String(options.get("name") ?? "Development Cluster"),
    Instances: {
      ...instancesOf(options),
      KeepJobFlowAliveWhenNoSteps: !has("auto-terminate"),
      TerminationProtected: has("termination-protected"),
      ...(unhealthy ? { UnhealthyNodeReplacement: unhealthy.value } : {}),
      ...Object.fromEntries(
        Object.entries(EC2).flatMap(([name, member]) =>
          ec2[name] === undefined ? [] : [[member, ec2[name]]],
        ),
      ),
      ...(ec2.AvailabilityZone || ec2.AvailabilityZones
        ? {
            Placement: {
              ...(ec2.AvailabilityZone ? { AvailabilityZone: ec2.AvailabilityZone } : {}),
              ...(ec2.AvailabilityZones ? { AvailabilityZones: ec2.AvailabilityZones } : {}),
            },
          }
        : {}),
    },
    ...same(SAME),
    ...same(NUMBERS, Number),
    ...(service === undefined ? {} : { ServiceRole: String(service) }),
    ...(profile === undefined ? {} : { JobFlowRole: String(profile) }),
    VisibleToAllUsers: !has("no-visible-to-all-users"),
    Tags: texts(options.get("tags")).map((text) => {
      const [, Key = text, Value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
      return { Key, Value };
    }),
    ...(options.has("applications")
      ? { Applications: list(options.get("applications")) as unknown as { Name: string }[] }
      : {}),
    ...(bootstrap.length > 0
      ? {
          BootstrapActions: bootstrap.map(({ Name = "Bootstrap action", Path = "", Args }) => ({
            Name: String(Name),
            ScriptBootstrapAction: { Path: String(Path), ...(Args ? { Args: texts(Args) } : {}) },
          })),
        }
      : {}),
    ...(steps.length > 0 ? { Steps: steps } : {}),
  };
}

function instancesOf(options: Given["options"]) {
  const fleets = options.get("instance-fleets");
  if (fleets)
    return {
      InstanceFleets: list(fleets).map((one) => ({
        Name: one.Name ?? one.InstanceFleetType,
        ...one,
      })) as unknown as NonNullable<Flow["Instances"]["InstanceFleets"]>,
    };
  const groups = options.get("instance-groups");
  if (groups)
    return {
      InstanceGroups: list(groups).map(({ InstanceGroupType = "", BidPrice, ...same }) => ({
        Name: InstanceGroupType,
        ...same,
        InstanceRole: String(InstanceGroupType).toUpperCase(),
        Market: BidPrice === undefined ? "ON_DEMAND" : "SPOT",
        ...(BidPrice === undefined || BidPrice === "OnDemandPrice" ? {} : { BidPrice }),
      })) as unknown as NonNullable<Flow["Instances"]["InstanceGroups"]>,
    };
  const InstanceType = options.get("instance-type");
  if (InstanceType === undefined) return {};
  const group = (InstanceRole: string, InstanceCount: number) => ({
    ...{ Name: InstanceRole, InstanceRole, InstanceCount, Market: "ON_DEMAND" },
    InstanceType: String(InstanceType),
  });
  const count = Number(options.get("instance-count") ?? 1);
  return { InstanceGroups: [group("MASTER", 1), ...(count > 1 ? [group("CORE", count - 1)] : [])] };
}

/** What stands before a step's own words, by its type (awscli, `steputils.py`). */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  spark: ["spark-submit"],
  streaming: ["hadoop-streaming"],
  hive: ["hive-script", "--run-hive-script", "--args"],
  pig: ["pig-script", "--run-pig-script", "--args"],
};

function stepOf(step: Some): FlowStep {
  const type = String(step.Type ?? "custom_jar").toLowerCase();
  const before = BEFORE[type];
  const args = texts(step.Args);
  const Properties = String(step.Properties ?? "");
  return {
    Name: String(step.Name ?? NAMES[type] ?? "Custom JAR"),
    ActionOnFailure: String(step.ActionOnFailure ?? "CONTINUE"),
    HadoopJarStep: {
      Jar: before ? "command-runner.jar" : String(step.Jar ?? ""),
      ...(before || args.length > 0 ? { Args: [...(before ?? []), ...args] } : {}),
      ...(step.MainClass ? { MainClass: String(step.MainClass) } : {}),
      ...(Properties
        ? {
            Properties: Properties.split(",").map((text) => {
              const [, Key = text, Value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
              return { Key, Value };
            }),
          }
        : {}),
    },
  };
}

const NAMES: Readonly<Record<string, string>> = {
  spark: "Spark application",
  streaming: "Streaming program",
  hive: "Hive program",
  pig: "Pig program",
};

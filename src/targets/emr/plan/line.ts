import type { Flow, FlowGroup, FlowStep } from "./flow.ts";
import { shellWord } from "./shell.ts";

type Option = [name: string, ...values: string[]];

/** Members of `Instances` as `--ec2-attributes` calls them (aws-cli, `createcluster.py`, `_build_ec2_attributes`). */
const EC2: Readonly<Record<string, string>> = {
  Ec2KeyName: "KeyName",
  Ec2SubnetId: "SubnetId",
  Ec2SubnetIds: "SubnetIds",
  EmrManagedMasterSecurityGroup: "EmrManagedMasterSecurityGroup",
  EmrManagedSlaveSecurityGroup: "EmrManagedSlaveSecurityGroup",
  ServiceAccessSecurityGroup: "ServiceAccessSecurityGroup",
  AdditionalMasterSecurityGroups: "AdditionalMasterSecurityGroups",
  AdditionalSlaveSecurityGroups: "AdditionalSlaveSecurityGroups",
};

/** Members that are one word each there. */
const WORDS: Readonly<Record<string, string>> = {
  Name: "name",
  ReleaseLabel: "release-label",
  OSReleaseLabel: "os-release-label",
  LogUri: "log-uri",
  LogEncryptionKmsKeyId: "log-encryption-kms-key-id",
  ServiceRole: "service-role",
  AutoScalingRole: "auto-scaling-role",
  ScaleDownBehavior: "scale-down-behavior",
  AdditionalInfo: "additional-info",
  SecurityConfiguration: "security-configuration",
  CustomAmiId: "custom-ami-id",
  EbsRootVolumeSize: "ebs-root-volume-size",
  EbsRootVolumeIops: "ebs-root-volume-iops",
  EbsRootVolumeThroughput: "ebs-root-volume-throughput",
  RepoUpgradeOnBoot: "repo-upgrade-on-boot",
  StepConcurrencyLevel: "step-concurrency-level",
};

/** Members that are given as JSON, as they are. */
const JSONS: Readonly<Record<string, string>> = {
  Applications: "applications",
  Configurations: "configurations",
  AutoTerminationPolicy: "auto-termination-policy",
  ManagedScalingPolicy: "managed-scaling-policy",
  PlacementGroupConfigs: "placement-group-configs",
  KerberosAttributes: "kerberos-attributes",
  MonitoringConfiguration: "monitoring-configuration",
};

/**
 * The same request as a line of `aws emr create-cluster` (aws-cli, `customizations/emr`), and the members that this command has
 * no option for.
 */
export function createLine(
  flow: Flow,
  region: string,
  profile?: string,
): { line: string; left: string[] } {
  const options: Option[] = [["region", region]];
  if (profile !== undefined) options.push(["profile", profile]);
  const left: string[] = [];
  const json = (value: unknown) => JSON.stringify(value);
  const attributes: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(flow)) {
    if (value === undefined) continue;
    const word = WORDS[member];
    const asJson = JSONS[member];
    if (word !== undefined) options.push([word, String(value)]);
    else if (asJson !== undefined) options.push([asJson, json(value)]);
    else if (member === "JobFlowRole") attributes.InstanceProfile = value;
    else if (member === "VisibleToAllUsers")
      options.push([value ? "visible-to-all-users" : "no-visible-to-all-users"]);
    else if (member === "Tags")
      options.push(["tags", ...(flow.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`)]);
    else if (member === "Steps") options.push(["steps", json((flow.Steps ?? []).map(stepOf))]);
    else if (member === "BootstrapActions")
      options.push([
        "bootstrap-actions",
        json(
          (flow.BootstrapActions ?? []).map(({ Name, ScriptBootstrapAction }) => ({
            Name,
            ...ScriptBootstrapAction,
          })),
        ),
      ]);
    else if (member === "Instances") options.push(...instancesOf(flow, attributes, left));
    else left.push(member);
  }
  if (Object.keys(attributes).length > 0) options.push(["ec2-attributes", json(attributes)]);
  const words = options.map(([name, ...values]) =>
    [`--${name}`, ...values.map(shellWord)].join(" "),
  );
  return { line: ["aws emr create-cluster", ...words].join(" \\\n  "), left };
}

function instancesOf(flow: Flow, attributes: Record<string, unknown>, left: string[]): Option[] {
  const options: Option[] = [];
  for (const [member, value] of Object.entries(flow.Instances)) {
    if (value === undefined) continue;
    const attribute = EC2[member];
    if (attribute !== undefined) attributes[attribute] = value;
    else if (member === "InstanceGroups")
      options.push(["instance-groups", JSON.stringify((value as FlowGroup[]).map(groupOf))]);
    else if (member === "InstanceFleets") options.push(["instance-fleets", JSON.stringify(value)]);
    else if (member === "KeepJobFlowAliveWhenNoSteps")
      options.push([value ? "no-auto-terminate" : "auto-terminate"]);
    else if (member === "TerminationProtected")
      options.push([value ? "termination-protected" : "no-termination-protected"]);
    else if (member === "UnhealthyNodeReplacement")
      options.push([value ? "unhealthy-node-replacement" : "no-unhealthy-node-replacement"]);
    else if (member === "Placement") {
      const { AvailabilityZone, AvailabilityZones } = value as Record<string, unknown>;
      if (AvailabilityZone) attributes.AvailabilityZone = AvailabilityZone;
      if (AvailabilityZones) attributes.AvailabilityZones = AvailabilityZones;
    } else left.push(`Instances.${member}`);
  }
  return options;
}

/** That command knows no market: a bid makes it spot, and this one is up to the price on demand. */
function groupOf({ InstanceRole, Market, BidPrice, ...same }: FlowGroup): object {
  return {
    InstanceGroupType: InstanceRole,
    ...same,
    ...(Market === "SPOT" ? { BidPrice: BidPrice ?? "OnDemandPrice" } : {}),
  };
}

function stepOf({ Name, ActionOnFailure, HadoopJarStep }: FlowStep): object {
  const { Properties, ...jar } = HadoopJarStep;
  return {
    ...{ Type: "CUSTOM_JAR", Name, ActionOnFailure, ...jar },
    ...(Properties
      ? { Properties: Properties.map(({ Key, Value }) => `${Key}=${Value}`).join(",") }
      : {}),
  };
}

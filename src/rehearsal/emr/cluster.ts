import type { Classification } from "../instances/inside/classifications.ts";

/** What is kept of a cluster: the request as it came, and what has become of it since. Times are milliseconds. */
export interface Cluster {
  id: string;
  name: string;
  region: string;
  account: string;
  request: ClusterRequest;
  state: ClusterState;
  reason: { Code?: string; Message?: string };
  /** API reference of ErrorDetail. */
  errors?: { ErrorCode: string; ErrorData: Record<string, string>[]; ErrorMessage: string }[];
  times: { created: number; ready?: number; ended?: number };
  terminationProtected: boolean;
  visible: boolean;
  keepAlive: boolean;
  stepConcurrency: number;
  groups: Group[];
  instances: ClusterInstance[];
  bootstrapActions: { Name: string; ScriptPath: string; Args: string[] }[];
  steps: Step[];
  tags: { Key: string; Value: string }[];
  /** Seconds without a step until it ends by itself. */
  idleTimeout?: number;
  managedScaling?: unknown;
  /** Names of the event logs that its Spark applications have left. */
  eventLogs?: string[];
  appUi?: { id: string; created: number; tags: { Key: string; Value: string }[] };
  /** Where its instances stand, once EC2 has given them. */
  place?: { subnet: string; vpc: string; zone: string };
  /** Its security groups, given or made. */
  managed?: { master: string; slave: string } | undefined;
}

export type ClusterState =
  | "STARTING"
  | "BOOTSTRAPPING"
  | "RUNNING"
  | "WAITING"
  | "TERMINATING"
  | "TERMINATED"
  | "TERMINATED_WITH_ERRORS";

export const hasEnded = ({ state }: Cluster) => /^TERMINATED/.test(state);
export const isEnding = ({ state }: Cluster) => /^TERMINAT/.test(state);

export interface Group {
  id: string;
  kind: "group" | "fleet";
  role: "MASTER" | "CORE" | "TASK";
  name: string;
  market: "ON_DEMAND" | "SPOT";
  type: string;
  wanted: number;
  /** As it was asked for. */
  config: Record<string, unknown>;
  /** All that EC2 has for it, until it is resized. */
  given?: [Group["market"], number][];
  created: number;
  scaling?: unknown;
  /** New instances did not come up: none is asked for until it is resized. */
  suspended?: boolean;
}

export interface ClusterInstance {
  id: string;
  /** Empty until EC2 has given it, as the address. */
  ec2Id: string;
  group: string;
  type: string;
  market: "ON_DEMAND" | "SPOT";
  address: string;
  state: "PROVISIONING" | "BOOTSTRAPPING" | "RUNNING" | "TERMINATED";
  reason?: { Code?: string; Message?: string };
  times: { created: number; ready?: number; ended?: number };
}

export interface Step {
  id: string;
  name: string;
  onFailure: "TERMINATE_JOB_FLOW" | "TERMINATE_CLUSTER" | "CANCEL_AND_WAIT" | "CONTINUE";
  jar: StepJar;
  state: StepState;
  failure?: { Reason?: string; Message?: string; LogFile?: string };
  times: { created: number; started?: number; ended?: number };
}

export type StepState =
  | "PENDING"
  | "CANCEL_PENDING"
  | "RUNNING"
  | "COMPLETED"
  | "CANCELLED"
  | "FAILED"
  | "INTERRUPTED";

export interface StepJar {
  Jar: string;
  Args?: string[];
  MainClass?: string;
  Properties?: { Key: string; Value: string }[];
}

export interface StepRequest {
  Name: string;
  ActionOnFailure?: Step["onFailure"];
  HadoopJarStep: StepJar;
}

export interface GroupRequest {
  Name?: string;
  Market?: "ON_DEMAND" | "SPOT";
  InstanceRole: Group["role"];
  InstanceType: string;
  InstanceCount: number;
  AutoScalingPolicy?: unknown;
}

export interface FleetRequest {
  Name?: string;
  InstanceFleetType: Group["role"];
  TargetOnDemandCapacity?: number;
  TargetSpotCapacity?: number;
  InstanceTypeConfigs?: { InstanceType: string; WeightedCapacity?: number }[];
}

/** The members of RunJobFlow that we look at; the others are kept and shown as they came. */
export interface ClusterRequest {
  Name: string;
  LogUri?: string;
  ReleaseLabel?: string;
  AmiVersion?: string;
  Instances: {
    MasterInstanceType?: string;
    SlaveInstanceType?: string;
    InstanceCount?: number;
    InstanceGroups?: GroupRequest[];
    InstanceFleets?: FleetRequest[];
    KeepJobFlowAliveWhenNoSteps?: boolean;
    TerminationProtected?: boolean;
    Ec2KeyName?: string;
    Ec2SubnetId?: string;
    Ec2SubnetIds?: string[];
    Placement?: { AvailabilityZone?: string };
    [more: string]: unknown;
  };
  Steps?: StepRequest[];
  BootstrapActions?: { Name: string; ScriptBootstrapAction: { Path: string; Args?: string[] } }[];
  Applications?: { Name: string; Version?: string }[];
  Configurations?: Classification[];
  VisibleToAllUsers?: boolean;
  JobFlowRole?: string;
  ServiceRole?: string;
  Tags?: { Key: string; Value: string }[];
  StepConcurrencyLevel?: number;
  AutoTerminationPolicy?: { IdleTimeout?: number };
  ManagedScalingPolicy?: unknown;
  [more: string]: unknown;
}

/** RunJobFlow's input as far as it is read here (botocore `emr/2009-03-31`); what it says beyond is kept as it is. */
export interface Flow {
  Name: string;
  ReleaseLabel?: string;
  LogUri?: string;
  ServiceRole?: string;
  JobFlowRole?: string;
  AutoScalingRole?: string;
  VisibleToAllUsers?: boolean;
  EbsRootVolumeSize?: number;
  EbsRootVolumeIops?: number;
  EbsRootVolumeThroughput?: number;
  Instances: FlowInstances;
  Applications?: readonly { Name: string; Args?: readonly string[] }[];
  Configurations?: readonly object[];
  BootstrapActions?: readonly FlowBootstrap[];
  Steps?: readonly FlowStep[];
  Tags?: readonly { Key: string; Value: string }[];
  AutoTerminationPolicy?: { IdleTimeout?: number };
  ManagedScalingPolicy?: { ComputeLimits?: { MaximumCapacityUnits?: number; UnitType?: string } };
  [more: string]: unknown;
}

export interface FlowInstances {
  InstanceGroups?: readonly FlowGroup[];
  InstanceFleets?: readonly FlowFleet[];
  MasterInstanceType?: string;
  SlaveInstanceType?: string;
  InstanceCount?: number;
  KeepJobFlowAliveWhenNoSteps?: boolean;
  TerminationProtected?: boolean;
  [more: string]: unknown;
}

export interface FlowGroup {
  Name?: string;
  InstanceRole: string;
  InstanceType: string;
  InstanceCount: number;
  Market?: string;
  BidPrice?: string;
  EbsConfiguration?: FlowEbs;
  [more: string]: unknown;
}

export interface FlowFleet {
  Name?: string;
  InstanceFleetType: string;
  TargetOnDemandCapacity?: number;
  TargetSpotCapacity?: number;
  InstanceTypeConfigs?: readonly {
    InstanceType: string;
    WeightedCapacity?: number;
    EbsConfiguration?: FlowEbs;
    [more: string]: unknown;
  }[];
  [more: string]: unknown;
}

export interface FlowEbs {
  EbsBlockDeviceConfigs?: readonly {
    VolumeSpecification: { VolumeType: string; SizeInGB: number };
    VolumesPerInstance?: number;
  }[];
}

export interface FlowBootstrap {
  Name: string;
  ScriptBootstrapAction: { Path: string; Args?: readonly string[] };
}

export interface FlowStep {
  Name: string;
  ActionOnFailure?: string;
  HadoopJarStep: {
    Jar: string;
    Args?: readonly string[];
    MainClass?: string;
    Properties?: readonly { Key: string; Value: string }[];
  };
  [more: string]: unknown;
}

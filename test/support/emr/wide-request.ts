import type { Flow } from "../../../src/targets/emr/plan/flow.ts";

/** A request that says much of what one can say. */
export const WIDE: Flow = {
  Name: "it's wide",
  ReleaseLabel: "emr-7.12.0",
  LogUri: "s3://b/logs/",
  Applications: [{ Name: "Spark" }, { Name: "Hive" }],
  Instances: {
    InstanceFleets: [
      {
        ...{ Name: "primary", InstanceFleetType: "MASTER", TargetOnDemandCapacity: 1 },
        InstanceTypeConfigs: [{ InstanceType: "m5.xlarge" }],
      },
      {
        ...{ Name: "core", InstanceFleetType: "CORE", TargetSpotCapacity: 8 },
        InstanceTypeConfigs: [
          {
            InstanceType: "r5.xlarge",
            WeightedCapacity: 2,
            BidPriceAsPercentageOfOnDemandPrice: 60,
          },
          { InstanceType: "r5.2xlarge", WeightedCapacity: 4 },
        ],
        LaunchSpecifications: {
          SpotSpecification: {
            TimeoutDurationMinutes: 10,
            TimeoutAction: "SWITCH_TO_ON_DEMAND",
            AllocationStrategy: "price-capacity-optimized",
          },
        },
      },
    ],
    KeepJobFlowAliveWhenNoSteps: true,
    TerminationProtected: false,
    Ec2KeyName: "mine",
    Ec2SubnetIds: ["subnet-1", "subnet-2"],
    AdditionalMasterSecurityGroups: ["sg-1"],
  },
  BootstrapActions: [
    { Name: "tools", ScriptBootstrapAction: { Path: "s3://b/boot.sh", Args: ["a b", "c"] } },
  ],
  Configurations: [{ Classification: "spark-defaults", Properties: { "spark.a": "1,2" } }],
  ServiceRole: "EMR_DefaultRole",
  JobFlowRole: "Mine",
  EbsRootVolumeSize: 20,
  StepConcurrencyLevel: 2,
  VisibleToAllUsers: true,
  AutoTerminationPolicy: { IdleTimeout: 900 },
  ManagedScalingPolicy: {
    ComputeLimits: {
      ...{ UnitType: "InstanceFleetUnits", MaximumCapacityUnits: 20 },
      ...({ MinimumCapacityUnits: 2 } as object),
    },
  },
  Tags: [{ Key: "team", Value: "data = good, cheap" }],
  Steps: [
    {
      ...{ Name: "count", ActionOnFailure: "CONTINUE" },
      HadoopJarStep: {
        Jar: "command-runner.jar",
        Args: ["spark-submit", "--conf", "a=b", "s3://b/count.py", "in", "--x"],
      },
    },
  ],
};

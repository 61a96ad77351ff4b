import type { Job } from "../../../model/job.ts";
import { applicationOf, hasFeature } from "./features.ts";
import { instancesRequest } from "./instances.ts";
import type { Configuration, EmrSettings } from "./settings.ts";

export const RUN_TAG = "mayfly:run";
export const OWNER_TAG = "mayfly:owner";
/**
 * EMR's guide, "Tagging resources to use managed policies": the second version of EMR's own policies lets EMR do things only with
 * what carries it.
 */
export const MANAGED_TAG = "for-use-with-amazon-emr-managed-policies";

/** The run's id stands in the name and in a tag from the beginning: it can be found whatever gets lost. */
function clusterName(job: string, run: string): string {
  return `mayfly ${job} ${run}`;
}

/** What of the account a cluster is given, found or made for it. */
export interface Surroundings {
  /** None: EMR's choice. */
  subnets: string[];
  /** None: EMR's own for all clusters. */
  groups?: { primary: string; workers: string; service?: string };
  key?: string;
  securityConfiguration?: string;
}

export interface RequestWish {
  job: Job;
  run: string;
  owner: string;
  bucket: string;
  settings: EmrSettings;
  surroundings: Surroundings;
  /** Where each bootstrap action's script lies, for the cluster. */
  staged: (path: string) => string;
  configurations: Configuration[];
}

/** Where EMR puts a cluster's logs; ends with a slash. */
export const logsOf = ({ logs }: EmrSettings, bucket: string) =>
  logs ?? `s3://${bucket}/mayfly/logs/`;

/** A cluster as RunJobFlow takes it: alive until it is ended, and ended by EMR when it is idle for long. */
export function clusterRequest(wish: RequestWish) {
  const { job, run, owner, bucket, settings, surroundings, configurations } = wish;
  const { scaling, machines, rootVolume, additionalGroups, roles } = settings;
  const release = releaseOf(job, settings);
  const tags = { ...settings.tags, [MANAGED_TAG]: "true", [RUN_TAG]: run, [OWNER_TAG]: owner };
  const { subnets, groups, key, securityConfiguration } = surroundings;
  const some = <T>(name: string, value: T | undefined) =>
    value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [name]: value };
  return {
    Name: clusterName(job.name, run),
    ReleaseLabel: release,
    LogUri: logsOf(settings, bucket),
    Applications: settings.applications.map((named) => ({
      Name: applicationOf(named, release).name,
    })),
    Instances: {
      ...instancesRequest(machines, release),
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: settings.terminationProtection,
      ...some("UnhealthyNodeReplacement", settings.unhealthyNodeReplacement),
      ...some("Ec2KeyName", key),
      ...(machines.as === "fleets"
        ? some("Ec2SubnetIds", subnets)
        : some("Ec2SubnetId", subnets[0])),
      ...some("EmrManagedMasterSecurityGroup", groups?.primary),
      ...some("EmrManagedSlaveSecurityGroup", groups?.workers),
      ...some("ServiceAccessSecurityGroup", groups?.service),
      ...some("AdditionalMasterSecurityGroups", additionalGroups.primary),
      ...some("AdditionalSlaveSecurityGroups", additionalGroups.workers),
    },
    ...some(
      "BootstrapActions",
      settings.bootstrap.map(({ name, path, args }) => ({
        Name: name.slice(0, 256),
        ScriptBootstrapAction: { Path: wish.staged(path), Args: args },
      })),
    ),
    ...some("Configurations", configurations),
    ServiceRole: roles.service,
    JobFlowRole: roles.instance,
    ...some("AutoScalingRole", roles.autoscaling),
    ...some("ScaleDownBehavior", settings.scaleDown),
    ...some("CustomAmiId", settings.ami),
    ...some("EbsRootVolumeSize", rootVolume.size),
    ...some("EbsRootVolumeIops", rootVolume.iops),
    ...some("EbsRootVolumeThroughput", rootVolume.throughput),
    ...some("SecurityConfiguration", securityConfiguration),
    ...some("StepConcurrencyLevel", settings.stepConcurrency),
    VisibleToAllUsers: true,
    ...(hasFeature(release, "an idle limit")
      ? { AutoTerminationPolicy: { IdleTimeout: settings.idleSeconds } }
      : {}),
    ...(scaling
      ? {
          ManagedScalingPolicy: {
            ComputeLimits: {
              UnitType: machines.as === "fleets" ? "InstanceFleetUnits" : "Instances",
              MinimumCapacityUnits: scaling.min,
              MaximumCapacityUnits: scaling.max,
              ...some("MaximumOnDemandCapacityUnits", scaling.maxOnDemand),
              ...some("MaximumCoreCapacityUnits", scaling.maxCore),
            },
          },
        }
      : {}),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

export const releaseOf = (job: Job, settings: EmrSettings) => job.release ?? settings.release;

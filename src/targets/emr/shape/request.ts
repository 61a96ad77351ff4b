import type { Job } from "../../../model/job.ts";
import type { EmrSettings } from "./settings.ts";

export const RUN_TAG = "mayfly:run";

/** The run's id stands in the name and in a tag from the beginning: it can be found whatever gets lost. */
function clusterName(job: string, run: string): string {
  return `mayfly ${job} ${run}`;
}

export interface RequestWish {
  job: Job;
  run: string;
  owner: string;
  bucket: string;
  settings: EmrSettings;
}

/** A cluster as RunJobFlow takes it: alive until it is ended, and ended by EMR when it is idle for long. */
export function clusterRequest({ job, run, owner, bucket, settings }: RequestWish) {
  const { instanceType, instanceCount } = settings;
  const group = (InstanceRole: "MASTER" | "CORE", InstanceCount: number) => ({
    Name: InstanceRole === "MASTER" ? "primary" : "core",
    ...{ InstanceRole, InstanceCount, InstanceType: instanceType, Market: "ON_DEMAND" },
  });
  const tags = { ...settings.tags, [RUN_TAG]: run, "mayfly:owner": owner };
  return {
    Name: clusterName(job.name, run),
    ReleaseLabel: releaseOf(job, settings),
    LogUri: `s3://${bucket}/mayfly/logs/`,
    Applications: settings.applications.map((Name) => ({ Name })),
    Instances: {
      InstanceGroups: [
        group("MASTER", 1),
        ...(instanceCount > 1 ? [group("CORE", instanceCount - 1)] : []),
      ],
      KeepJobFlowAliveWhenNoSteps: true,
      TerminationProtected: false,
      ...(settings.subnet ? { Ec2SubnetId: settings.subnet } : {}),
    },
    ServiceRole: settings.roles.service,
    JobFlowRole: settings.roles.instance,
    VisibleToAllUsers: true,
    AutoTerminationPolicy: { IdleTimeout: settings.idleSeconds },
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

export const releaseOf = (job: Job, settings: EmrSettings) => job.release ?? settings.release;

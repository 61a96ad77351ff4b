import type { EmrSettings } from "./settings.ts";

/** The run's id stands in the name and in a tag from the beginning: it can be found whatever gets lost. */
export function clusterName(label: string, run: string): string {
  return `mayfly ${label} ${run}`;
}

export interface RequestWish {
  /** A job, or the name under which it stays. */
  label: string;
  release: string;
  run: string;
  bucket: string;
  settings: EmrSettings;
  /** Those of ours; they stand over those of the settings. */
  tags: Record<string, string>;
  /** What ends it at its time to live. */
  timer: object;
}

/** A cluster as RunJobFlow takes it: alive until it is ended, and ended by EMR when it is idle for long. */
export function clusterRequest(wish: RequestWish) {
  const { label, release, run, bucket, settings, timer } = wish;
  const { instanceType, instanceCount } = settings;
  const group = (InstanceRole: "MASTER" | "CORE", InstanceCount: number) => ({
    Name: InstanceRole === "MASTER" ? "primary" : "core",
    ...{ InstanceRole, InstanceCount, InstanceType: instanceType, Market: "ON_DEMAND" },
  });
  const tags = { ...settings.tags, ...wish.tags };
  return {
    Name: clusterName(label, run),
    ReleaseLabel: release,
    LogUri: `s3://${bucket}/mayfly/logs/`,
    Applications: settings.applications.map((Name) => ({ Name })),
    BootstrapActions: [timer],
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

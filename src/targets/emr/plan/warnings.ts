import { sparkOfRelease } from "../../../spark/releases.ts";
import type { Flow } from "./flow.ts";

/** What the job ran with on this machine, as far as that is known. */
export interface Laptop {
  spark?: string;
  /** `3.11`. */
  python?: string;
}

/** What goes well on the day and is regretted later. */
export function warningsOf(flow: Flow, laptop: Laptop, python: string | undefined): string[] {
  const { InstanceGroups = [], InstanceFleets = [], KeepJobFlowAliveWhenNoSteps } = flow.Instances;
  const primaryIsSpot =
    InstanceGroups.some((one) => one.InstanceRole === "MASTER" && one.Market === "SPOT") ||
    InstanceFleets.some(
      (one) => one.InstanceFleetType === "MASTER" && (one.TargetSpotCapacity ?? 0) > 0,
    );
  const release = flow.ReleaseLabel ?? "";
  const spark = sparkOfRelease(release);
  return [
    ...(primaryIsSpot
      ? [
          "the primary is a spot instance: when EC2 takes it back, the whole cluster and its HDFS go",
        ]
      : []),
    ...(KeepJobFlowAliveWhenNoSteps && !flow.AutoTerminationPolicy
      ? ["no idle limit: EMR itself would never end it, whatever happens to this machine"]
      : []),
    ...(spark && laptop.spark && line(spark) !== line(laptop.spark)
      ? [`${release} has Spark ${spark}; here the job ran with ${laptop.spark}`]
      : []),
    ...(python && laptop.python && python !== laptop.python
      ? [`${release} runs it with Python ${python}; this machine has ${laptop.python}`]
      : []),
  ];
}

const line = (version: string) => version.split(".").slice(0, 2).join(".");

/** Buckets that a job names, and where its cluster would read them from. */
export function farBuckets(regions: ReadonlyMap<string, string>, region: string): string[] {
  return [...regions]
    .filter(([, its]) => its !== region)
    .map(
      ([bucket, its]) =>
        `s3://${bucket} is in ${its} and the cluster in ${region}: each gigabyte across costs, and is slower`,
    );
}

import { sparkOfRelease } from "../../../spark/releases.ts";
import type { Flow } from "./flow.ts";

/** What the job ran with on this machine, as far as that is known. */
export interface Laptop {
  spark?: string;
  /** `3.11`. */
  python?: string;
}

/** What goes well on the day and is regretted later. */
export function warningsOf(flow: Flow, laptop: Laptop, needsPython: boolean): string[] {
  const { InstanceGroups = [], InstanceFleets = [], KeepJobFlowAliveWhenNoSteps } = flow.Instances;
  const primaryIsSpot =
    InstanceGroups.some((one) => one.InstanceRole === "MASTER" && one.Market === "SPOT") ||
    InstanceFleets.some(
      (one) => one.InstanceFleetType === "MASTER" && (one.TargetSpotCapacity ?? 0) > 0,
    );
  const release = flow.ReleaseLabel ?? "";
  const spark = sparkOfRelease(release);
  const python = pythonOfRelease(release);
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
    ...(needsPython && python && laptop.python && python !== laptop.python
      ? [`${release} has Python ${python}; this machine has ${laptop.python}`]
      : []),
  ];
}

const line = (version: string) => version.split(".").slice(0, 2).join(".");

/**
 * The `python3` of the release's Amazon Linux: 2023 has 3.9 (Amazon Linux 2023 User Guide, "Python in AL2023") and is EMR 7's;
 * Linux 2 has 3.7 and is EMR 6's and 5's from 5.30 on (EMR Management Guide, "default Amazon Linux AMI"). Of others nothing is
 * said here.
 */
function pythonOfRelease(label: string): string | undefined {
  const [, major = 0, minor = 0] = (/^emr-(\d+)\.(\d+)/.exec(label) ?? []).map(Number);
  if (major === 7) return "3.9";
  return major === 6 || (major === 5 && minor >= 30) ? "3.7" : undefined;
}

/** Buckets that a job names, and where its cluster would read them from. */
export function farBuckets(regions: ReadonlyMap<string, string>, region: string): string[] {
  return [...regions]
    .filter(([, its]) => its !== region)
    .map(
      ([bucket, its]) =>
        `s3://${bucket} is in ${its} and the cluster in ${region}: each gigabyte across costs, and is slower`,
    );
}

import { didYouMean } from "../../../base/nearest.ts";
import { compareVersions } from "../../../spark/versions.ts";

/**
 * From which release of each line on EMR has something; of lines after the last one all have it. Source of each: the EMR Management
 * Guide's page of the same subject, and for applications the Release Guide's "About Amazon EMR releases" (2026-08).
 */
const SINCE = {
  "an idle limit": ["5.30.0", "6.1.0"],
  "managed scaling": ["5.30.0", "6.1.0"],
  "steps side by side": ["5.28.0", "6.0.0"],
  "an image of your own": ["5.7.0", "6.0.0"],
  "instance fleets": ["4.8.0", "5.1.0"],
  "an allocation strategy": ["5.12.1", "6.0.0"],
  "IMDSv2 alone": ["5.32.0", "6.2.0"],
  "iops and throughput of the root volume": ["6.15.0"],
} as const;

export type Feature = keyof typeof SINCE;

export function hasFeature(release: string, feature: Feature): boolean {
  return isSince(release, SINCE[feature]);
}

/** Applications that not every release has: [from each line's first, up to before]. */
const APPLICATIONS: Record<string, { since?: readonly string[]; before?: string }> = {
  Spark: {},
  Hadoop: {},
  Hive: {},
  Zeppelin: { since: ["5.0.0"] },
  Livy: { since: ["5.9.0", "6.0.0"] },
  JupyterHub: { since: ["5.14.0", "6.0.0"] },
  JupyterEnterpriseGateway: { since: ["5.32.0", "6.2.0"] },
  Ganglia: { since: ["4.2.0"], before: "7.0.0" },
  HBase: {},
  HCatalog: {},
  Hue: {},
  Oozie: {},
  Pig: {},
  Presto: {},
  Tez: {},
  Trino: { since: ["6.4.0"] },
  Flink: { since: ["5.1.0"] },
  ZooKeeper: {},
};

/** EMR's spelling of an application, and why this release does not have it. */
export function applicationOf(
  named: string,
  release: string,
): { name: string; wrong?: string; remedy?: string } {
  const name = Object.keys(APPLICATIONS).find((one) => one.toLowerCase() === named.toLowerCase());
  if (!name) {
    const hint = didYouMean(named, Object.keys(APPLICATIONS));
    // Of what is not like any of them EMR itself says whether it knows it.
    return hint ? { name: named, wrong: "no application of EMR", remedy: hint } : { name: named };
  }
  const { since, before } = APPLICATIONS[name] ?? {};
  if (before && compareVersions(versionOf(release), before) >= 0)
    return {
      name,
      wrong: `gone since emr-${before}, and this is ${release}`,
      remedy:
        name === "Ganglia"
          ? "leave it out: of a cluster's metrics CloudWatch has them since then; or take emr-6.15.0"
          : "leave it out, or take an older release",
    };
  if (since && !isSince(release, since))
    return {
      name,
      wrong: `not in ${release}: it is there since emr-${since[0]}`,
      remedy: "leave it out, or take a newer release",
    };
  return { name };
}

/** `emr-7.12.0`, `emr-spark-8.0.0`. */
export const isRelease = (label: string) =>
  /^emr-(?:spark-)?\d+\.\d+(?:\.\d+|-preview)$/.test(label);

const versionOf = (release: string) =>
  release.replace(/^emr-(?:spark-)?/, "").replace("-preview", ".0");

function isSince(release: string, since: readonly string[]): boolean {
  const version = versionOf(release);
  const major = (one: string) => Number(one.split(".")[0]);
  const line = since.findLast((one) => major(one) <= major(version));
  return line !== undefined && compareVersions(version, line) >= 0;
}

import { compareVersions } from "./versions.ts";

/**
 * Which Spark an EMR release label brings, as of 2026-08: no package carries this.
 *
 * Source: AWS, Amazon EMR Release Guide, page "Spark release history"
 * (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Spark-release-history.html), and for the last
 * two lines the guides' pages "emr-spark-8.0.0" and "emr-spark-8.0-preview". AWS's own suffix
 * ("3.5.6-amzn-1") is left off. Not listed, as the page does not name them: 5.0.1, 5.0.2.
 */
const BY_SPARK: Readonly<Record<string, string>> = {
  "1.4.1": "4.0.0",
  "1.5.0": "4.1.0",
  "1.5.2": "4.2.0",
  "1.6.0": "4.3.0 4.4.0",
  "1.6.1": "4.5.0 4.6.0 4.7.0 4.7.1",
  "1.6.2": "4.7.2 4.7.4 4.8.0 4.8.2",
  "1.6.3": "4.8.3 4.8.4 4.8.5 4.9.1 4.9.2 4.9.3 4.9.4 4.9.5 4.9.6",
  "2.0.0": "5.0.0",
  "2.0.1": "5.0.3 5.1.0 5.1.1",
  "2.0.2": "5.2.0 5.2.1 5.2.2 5.2.3",
  "2.1.0": "5.3.0 5.3.1 5.3.2 5.4.0 5.4.1 5.5.0 5.5.1 5.5.2 5.5.3 5.5.4",
  "2.1.1": "5.6.0 5.6.1 5.7.0 5.7.1",
  "2.2.0": "5.8.0 5.8.1 5.8.2 5.8.3 5.9.0 5.9.1 5.10.0 5.10.1",
  "2.2.1": "5.11.0 5.11.1 5.11.2 5.11.3 5.11.4 5.12.0 5.12.1 5.12.2 5.12.3",
  "2.3.0": "5.13.0 5.13.1 5.14.0 5.14.1 5.14.2 5.15.0 5.15.1",
  "2.3.1": "5.16.0 5.16.1 5.17.0 5.17.1 5.17.2",
  "2.3.2": "5.18.0 5.18.1 5.19.0 5.19.1",
  "2.4.0": "5.20.0 5.20.1 5.21.0 5.21.1 5.21.2 5.22.0 5.23.0 5.23.1",
  "2.4.2": "5.24.0 5.24.1",
  "2.4.3": "5.25.0 5.26.0",
  "2.4.4": "5.27.0 5.27.1 5.28.0 5.28.1 5.29.0 6.0.0 6.0.1",
  "2.4.5": "5.30.0 5.30.1 5.30.2",
  "2.4.6": "5.31.0 5.31.1",
  "2.4.7": "5.32.0 5.32.1 5.33.0 5.33.1",
  "2.4.8": "5.34.0 5.35.0 5.36.0 5.36.1 5.36.2",
  "3.0.0": "6.1.0 6.1.1",
  "3.0.1": "6.2.0 6.2.1",
  "3.1.1": "6.3.0 6.3.1",
  "3.1.2": "6.4.0 6.5.0",
  "3.2.0": "6.6.0",
  "3.2.1": "6.7.0",
  "3.3.0": "6.8.0 6.8.1 6.9.0 6.9.1",
  "3.3.1": "6.10.0 6.10.1",
  "3.3.2": "6.11.0 6.11.1",
  "3.4.0": "6.12.0",
  "3.4.1": "6.13.0 6.14.0 6.15.0",
  "3.5.0": "7.0.0 7.1.0",
  "3.5.1": "7.2.0 7.3.0",
  "3.5.2": "7.4.0 7.5.0",
  "3.5.3": "7.6.0 7.7.0",
  "3.5.4": "7.8.0",
  "3.5.5": "7.9.0 7.10.0",
  "3.5.6": "7.11.0 7.12.0 7.13.0",
  "4.0.1": "spark-8.0-preview",
  "4.0.2": "spark-8.0.0",
};

const SPARK_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_SPARK).flatMap(([spark, labels]) =>
    labels.split(" ").map((label) => [`emr-${label}`, spark] as const),
  ),
);

/** "7.12.0" and "EMR-7.12.0" are what people write for emr-7.12.0; "emr-7.12.0-latest" is EMR on EKS's name. */
export function releaseLabel(text: string): string {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/-latest$/, "");
  return plain.startsWith("emr-") ? plain : `emr-${plain}`;
}

export function sparkOfRelease(label: string): string | undefined {
  return SPARK_OF.get(label);
}

export function knownReleases(): string[] {
  return [...SPARK_OF.keys()];
}

/**
 * The first release of each Hadoop in its line of releases; AWS's suffix ("3.4.1-amzn-4") is left off.
 *
 * Source: AWS, Amazon EMR Release Guide, page "Hadoop version history", as of 2026-08.
 */
const HADOOP_SINCE = [
  ...[
    ["4.0.0", "2.6.0"],
    ["4.3.0", "2.7.1"],
    ["4.5.0", "2.7.2"],
    ["4.8.2", "2.7.3"],
  ],
  ...[
    ["5.0.0", "2.7.2"],
    ["5.0.3", "2.7.3"],
    ["5.12.0", "2.8.3"],
    ["5.16.0", "2.8.4"],
  ],
  ...[
    ["5.19.0", "2.8.5"],
    ["5.31.0", "2.10.0"],
    ["5.32.0", "2.10.1"],
  ],
  ...[
    ["6.0.0", "3.2.1"],
    ["6.9.0", "3.3.3"],
    ["6.15.0", "3.3.6"],
  ],
  ...[
    ["7.0.0", "3.3.6"],
    ["7.4.0", "3.4.0"],
    ["7.8.0", "3.4.1"],
    ["7.13.0", "3.4.2"],
  ],
] as [string, string][];

export function hadoopOfRelease(label: string): string | undefined {
  const version = /^emr-(\d+\.\d+\.\d+)$/.exec(label)?.[1];
  if (version === undefined || !SPARK_OF.has(label)) return undefined;
  return HADOOP_SINCE.findLast(([since]) => compareVersions(version, since) >= 0)?.[1];
}

/**
 * The Pythons of a release, the one that its Spark takes first, and the C library of its machines.
 *
 * Source: AWS, Amazon EMR Release Guide, row "Python" of "Application versions in Amazon EMR 7.x releases" (7.0.0: 3.9; from 7.1.0
 * on: 3.9, 3.11), "… 6.x releases" and "… 5.x releases" (3.7), and "emr-spark-8.0.0" (3.11, 3.12, 3.13). Patches are the oldest that
 * Amazon Linux 2 and 2023 had them in; glibc is 2.26 on the first and 2.34 on the second ("What's in Amazon Linux 2023").
 */
export function pythonsOfRelease(
  label: string,
): { pythons: [string, ...string[]]; glibc: string } | undefined {
  const version = /^emr-(\d+\.\d+\.\d+)$/.exec(label)?.[1];
  if (/^emr-spark-8\./.test(label))
    return { pythons: ["3.11.6", "3.12.2", "3.13.1"], glibc: "2.34" };
  if (version === undefined || compareVersions(version, "5.30.0") < 0) return undefined;
  if (compareVersions(version, "7.0.0") < 0) return { pythons: ["3.7.10"], glibc: "2.26" };
  const later = compareVersions(version, "7.1.0") >= 0 ? ["3.11.6"] : [];
  return { pythons: ["3.9.16", ...later], glibc: "2.34" };
}

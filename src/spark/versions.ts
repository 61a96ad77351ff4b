/** What one line of Spark is made of and runs on. */
export interface SparkLine {
  line: string;
  /** The newest patch known here; an exact number beyond it is taken as it is. */
  newestPatch: number;
  hadoop: string;
  scala: string;
  java: readonly number[];
  /** Minor versions of Python 3: `from` to `to` are tested by its makers, up to `runs` was seen to work here. */
  python: { from: number; to: number; runs: number };
}

/**
 * As of PySpark 4.3.0. Hadoop and Scala are read from the jar names in the sdists, Python from their
 * classifiers (and runs of DataFrames, RDDs and ML with 3.12 and 3.13), Java from Spark's overview page.
 */
export const LINES: readonly SparkLine[] = [
  {
    line: "3.4",
    newestPatch: 4,
    hadoop: "3.3.4",
    scala: "2.12",
    java: [8, 11, 17],
    python: { from: 9, to: 11, runs: 12 },
  },
  {
    line: "3.5",
    newestPatch: 9,
    hadoop: "3.3.4",
    scala: "2.12",
    java: [8, 11, 17],
    python: { from: 9, to: 11, runs: 13 },
  },
  {
    line: "4.0",
    newestPatch: 5,
    hadoop: "3.4.1",
    scala: "2.13",
    java: [17, 21],
    python: { from: 9, to: 13, runs: 13 },
  },
  {
    line: "4.1",
    newestPatch: 4,
    hadoop: "3.4.2",
    scala: "2.13",
    java: [17, 21],
    python: { from: 10, to: 14, runs: 14 },
  },
  {
    line: "4.2",
    newestPatch: 1,
    hadoop: "3.5.0",
    scala: "2.13",
    java: [17, 21, 25],
    python: { from: 10, to: 14, runs: 14 },
  },
  {
    line: "4.3",
    newestPatch: 0,
    hadoop: "3.5.0",
    scala: "2.13",
    java: [17, 21, 25],
    python: { from: 11, to: 14, runs: 14 },
  },
];

/** EMR 7 is built on it. */
export const DEFAULT_SPARK = "3.5.6";
/** The oldest that today's Python and Java can run. */
export const OLDEST_SPARK = "3.4.4";

/** Its line, or the nearest below for a Spark that came after this table, or the first one. */
export function lineOf(version: string): SparkLine {
  const found = LINES.findLast(({ line }) => compareVersions(line, version) <= 0);
  return found ?? (LINES[0] as SparkLine);
}

/** By numbers, part by part: 3.10 is newer than 3.9, and 3.5 is not newer than 3.5.0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/[.-]/).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] || 0) - (right?.[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the extras of the pyspark package stand for; the rest of it lies in Spark's own folder. */
const EXTRAS: Readonly<Record<string, readonly string[]>> = {
  sql: ["pandas", "pyarrow"],
  pandas_on_spark: ["pandas", "pyarrow"],
  connect: ["pandas", "pyarrow", "grpcio", "grpcio-status", "googleapis-common-protos"],
};
/** Spark 3 is written for these; Python 3.13 came after the last numpy 1. */
const PINS_OF_3: Readonly<Record<string, string>> = {
  numpy: "numpy<2",
  pandas: "pandas<2.3",
  pyarrow: "pyarrow<18",
};

/** The newest that this Spark is written for, of what a job may ask for itself. */
export function pinsFor(spark: string, pythonMinor: number): string[] {
  return compareVersions(spark, "4.0") >= 0 || pythonMinor >= 13 ? [] : Object.values(PINS_OF_3);
}

/** What every Python program of this Spark may count on, as on EMR, and what its extras bring. */
export function packagesFor(
  spark: string,
  pythonMinor: number,
  extras: readonly string[] = [],
): string[] {
  const names = new Set(["numpy", ...extras.flatMap((extra) => EXTRAS[extra] ?? [])]);
  if (compareVersions(spark, "4.0") >= 0) return [...names];
  // Its ML and pandas parts import distutils, which left Python in 3.12; setuptools brings one.
  if (pythonMinor >= 12) names.add("setuptools<81");
  return [...names].map((name) => (pythonMinor < 13 && PINS_OF_3[name]) || name);
}

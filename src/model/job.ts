/** A job says what to run; where it runs is not its business. */
export interface Job {
  name: string;
  /** Working folder of its steps; relative paths in the job are relative to it. */
  folder: string;
  description?: string;
  steps: Step[];
  release?: string;
  spark?: string;
  python?: { requirements?: string; pyproject?: string; lock?: string };
  /** What is there before it runs; looked at first. */
  inputs: Record<string, string>;
  outputs: Record<string, string>;
  options: SparkOptions;
  env: Record<string, string>;
}

interface StepBase {
  name: string;
  args: string[];
  onFailure: "stop" | "continue";
}

export interface SparkStep extends StepBase {
  kind: "pyspark" | "scala" | "sql" | "jar";
  /** A local path, or a URI that Spark can read. */
  main: string;
  options: SparkOptions;
}

/** Plain Python: the job's environment, no Spark. */
export interface PythonStep extends StepBase {
  kind: "python";
  main: string;
}

export interface CommandStep extends StepBase {
  kind: "command";
  command: string;
}

export interface CopyStep extends StepBase {
  kind: "copy";
  from: string;
  to: string;
}

export type Step = SparkStep | PythonStep | CommandStep | CopyStep;

export function isSpark(step: Step): step is SparkStep {
  return "options" in step;
}

/** What `spark-submit` takes beside the program and its arguments. */
export interface SparkOptions {
  conf: Record<string, string>;
  packages: string[];
  excludePackages: string[];
  repositories: string[];
  jars: string[];
  pyFiles: string[];
  files: string[];
  archives: string[];
  className?: string;
  appName?: string;
  driverMemory?: string;
  propertiesFile?: string;
  /** Options that speak of a cluster (`--num-executors`, `--master` …), as they were given. */
  cluster: Record<string, string>;
}

export function noOptions(): SparkOptions {
  return {
    conf: {},
    packages: [],
    excludePackages: [],
    repositories: [],
    jars: [],
    pyFiles: [],
    files: [],
    archives: [],
    cluster: {},
  };
}

/** The second has the last word; lists add up, as they do in `spark-submit`. */
export function mergeOptions(first: SparkOptions, second: SparkOptions): SparkOptions {
  return {
    ...first,
    ...second,
    conf: { ...first.conf, ...second.conf },
    packages: [...first.packages, ...second.packages],
    excludePackages: [...first.excludePackages, ...second.excludePackages],
    repositories: [...first.repositories, ...second.repositories],
    jars: [...first.jars, ...second.jars],
    pyFiles: [...first.pyFiles, ...second.pyFiles],
    files: [...first.files, ...second.files],
    archives: [...first.archives, ...second.archives],
    cluster: { ...first.cluster, ...second.cluster },
  };
}

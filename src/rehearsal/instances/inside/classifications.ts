/** What RunJobFlow takes as Configurations (EMR Release Guide, "Configure applications"). */
export interface Classification {
  Classification?: string;
  Properties?: Record<string, string>;
  Configurations?: Classification[];
}

/** A cluster's settings, by the file that they belong to. */
export interface ClusterSettings {
  spark: Record<string, string>;
  hadoop: Record<string, string>;
  /** Lines of spark-env.sh. */
  environment: Record<string, string>;
}

const HADOOP = /^(?:core|hdfs|mapred|yarn|emrfs)-site$/;
/** What makes a rehearsed cluster work at all, whatever the one that it stands for is set up with. */
const OURS =
  /^(?:spark\.master|spark\.submit\.deployMode|spark\.(?:driver|executor)\.extraClassPath|fs\.defaultFS|fs\.\w+\.impl|mapreduce\.framework\.name|spark\.eventLog\.dir|(?:hadoop|yarn)\..*\.(?:dir|dirs))$/;

/** Of the rest, such as Hive's, there is nothing here that would read it. */
export function clusterSettings(asked: readonly Classification[]): ClusterSettings {
  const found: ClusterSettings = { spark: {}, hadoop: {}, environment: {} };
  for (const one of asked) {
    const name = one.Classification ?? "";
    if (name === "spark-defaults") Object.assign(found.spark, allowed(one));
    else if (HADOOP.test(name)) Object.assign(found.hadoop, allowed(one));
    else if (name === "spark-env" || name === "hadoop-env") {
      for (const inner of one.Configurations ?? []) {
        if (inner.Classification === "export") Object.assign(found.environment, inner.Properties);
      }
    }
  }
  return found;
}

function allowed({ Properties = {} }: Classification): Record<string, string> {
  return Object.fromEntries(Object.entries(Properties).filter(([name]) => !OURS.test(name)));
}

/** As the shell reads it: a value may name other variables, as it may on EMR. */
export function environmentFile(variables: Record<string, string>): string {
  return Object.entries(variables)
    .filter(([name]) => /^\w+$/.test(name))
    .map(([name, value]) => `export ${name}="${value.replace(/["`\\]/g, "\\$&")}"\n`)
    .join("");
}

/** Spark's own parts are there already, and Scala with them (SparkSubmitUtils.IVY_DEFAULT_EXCLUDES). */
const SPARKS_OWN =
  "catalyst core graphx kvstore launcher mllib mllib-local network-common network-shuffle repl sketch sql streaming tags unsafe"
    .split(" ")
    .map((part) => `org.apache.spark:spark-${part}_*`);

export interface Coordinates {
  packages: string[];
  excludePackages: string[];
  repositories: string[];
}

const text = (value: string) =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** Ivy's own matcher for globs needs a library more. */
const asRegexp = (glob: string) => glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");

/** What is asked for, as Ivy reads it; of each what its programs need when they run, as Spark asks. */
export function ivyFile({ packages, excludePackages }: Coordinates): string {
  const wanted = packages.map((one) => {
    const [org = "", name = "", rev = ""] = one.split(":").map(text);
    return `<dependency org="${org}" name="${name}" rev="${rev}" conf="default->default(runtime)"/>`;
  });
  const without = [...SPARKS_OWN, "org.scala-lang:*", ...excludePackages].map((one) => {
    const [org = "", module = ""] = one.split(":").map((part) => text(asRegexp(part)));
    return `<exclude org="${org}" module="${module}" matcher="regexp"/>`;
  });
  return `<ivy-module version="2.0"><info organisation="mayfly" module="job"/>
<configurations><conf name="default"/></configurations>
<dependencies>
${[...wanted, ...without].join("\n")}
</dependencies></ivy-module>
`;
}

/** Where Spark looks, in its order: this machine's own repository, those that are named, and Maven's central one, which Ivy knows. */
export function ivySettings(
  { repositories }: Coordinates,
  cache: string,
  env: NodeJS.ProcessEnv,
): string {
  const roots = [`file://${env.HOME ?? ""}/.m2/repository`, ...repositories];
  const chain = [...roots, env.DEFAULT_ARTIFACT_REPOSITORY].map((root, i) => {
    const at = root ? ` root="${text(root.replace(/\/*$/, "/"))}"` : "";
    return `<ibiblio name="r${i}" m2compatible="true"${at}/>`;
  });
  return `<ivysettings><settings defaultResolver="all"/>
<caches defaultCacheDir="${text(cache)}"/>
<resolvers><chain name="all" returnFirst="true">
${chain.join("\n")}
</chain></resolvers></ivysettings>
`;
}

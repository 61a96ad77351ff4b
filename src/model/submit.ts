import { MayflyError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { noOptions, type SparkOptions } from "./job.ts";

type ListOption =
  | "packages"
  | "excludePackages"
  | "repositories"
  | "jars"
  | "pyFiles"
  | "files"
  | "archives";

const LISTS: Record<string, ListOption> = {
  "--packages": "packages",
  "--exclude-packages": "excludePackages",
  "--repositories": "repositories",
  "--jars": "jars",
  "--py-files": "pyFiles",
  "--files": "files",
  "--archives": "archives",
};

/** These size or place a cluster; each kind of target maps them in its own way and says how. */
const CLUSTER = [
  "--master",
  "--deploy-mode",
  "--num-executors",
  "--executor-cores",
  "--executor-memory",
  "--total-executor-cores",
  "--driver-cores",
  "--queue",
  "--principal",
  "--keytab",
  "--proxy-user",
];

const SINGLE = ["--class", "--name", "--driver-memory", "--properties-file"];
const OWN_CONF: Record<string, string> = {
  "--driver-java-options": "spark.driver.extraJavaOptions",
  "--driver-library-path": "spark.driver.extraLibraryPath",
  "--driver-class-path": "spark.driver.extraClassPath",
};
const FLAGS = ["--supervise", "--verbose", "-v"];

/** Every option of `spark-submit` that takes a value. */
export const SUBMIT_VALUES = [
  "--conf",
  ...Object.keys(LISTS),
  ...CLUSTER,
  ...SINGLE,
  ...Object.keys(OWN_CONF),
];
export const SUBMIT_FLAGS = FLAGS;

/** Reads `spark-submit` options given as an array; anything else in it is an error that quotes it. */
export function parseSubmit(args: readonly string[], where: string): SparkOptions {
  const options = noOptions();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (FLAGS.includes(arg)) continue;
    const equals = arg.indexOf("=");
    const short = arg === "-c" ? "--conf" : arg;
    const name = arg.startsWith("--") && equals > 0 ? arg.slice(0, equals) : short;
    if (!SUBMIT_VALUES.includes(name)) {
      throw new MayflyError(
        "usage",
        `cannot read ${where}: "${arg}" is not an option of spark-submit`,
        didYouMean(name, SUBMIT_VALUES) ??
          "arguments of the program itself go into args, or after --",
      );
    }
    const value = name === arg || short !== arg ? args[++i] : arg.slice(equals + 1);
    if (value === undefined) {
      throw new MayflyError(
        "usage",
        `cannot read ${where}: "${name}" needs a value`,
        `write ${name} VALUE`,
      );
    }
    setOption(options, name, value, where);
  }
  return options;
}

export function setOption(options: SparkOptions, name: string, value: string, where: string): void {
  const list = LISTS[name];
  if (list) {
    options[list].push(...value.split(",").filter((part) => part !== ""));
  } else if (name === "--conf") {
    const equals = value.indexOf("=");
    if (equals < 1) {
      throw new MayflyError(
        "usage",
        `cannot read ${where}: --conf "${value}" has no "="`,
        "write --conf key=value, for example --conf spark.sql.shuffle.partitions=8",
      );
    }
    options.conf[value.slice(0, equals).trim()] = value.slice(equals + 1);
  } else if (CLUSTER.includes(name)) options.cluster[name] = value;
  else if (name === "--class") options.className = value;
  else if (name === "--name") options.appName = value;
  else if (name === "--driver-memory") options.driverMemory = value;
  else if (name === "--properties-file") options.propertiesFile = value;
  else options.conf[OWN_CONF[name] as string] = value;
}

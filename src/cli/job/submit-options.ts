import { noOptions, type SparkOptions } from "../../model/job.ts";
import { SUBMIT_FLAGS, SUBMIT_VALUES, setOption } from "../../model/submit.ts";
import type { Input, Option } from "../command.ts";

const HELP: Record<string, string> = {
  "--conf": "a Spark setting, key=value",
  "--packages": "jars by their Maven names, comma-separated",
  "--jars": "jars, comma-separated",
  "--py-files": "Python modules, comma-separated",
  "--files": "files for the program, comma-separated",
  "--class": "the main class of a jar",
  "--driver-memory": "memory of the driver, 4g",
};

/** The options of spark-submit, accepted as they are; those made for a cluster are mapped. */
export const submitOptions: Record<string, Option> = Object.fromEntries([
  ...SUBMIT_VALUES.map((name) => [
    name.slice(2),
    {
      type: "string",
      help: HELP[name] ?? "as in spark-submit",
      ...(name === "--conf" ? { short: "c" } : {}),
    } as Option,
  ]),
  ...SUBMIT_FLAGS.filter((name) => name.startsWith("--")).map((name) => [
    name.slice(2),
    { type: "boolean", help: "as in spark-submit" } as Option,
  ]),
]);

export function readSubmitOptions(input: Input): SparkOptions {
  const options = noOptions();
  for (const { name, value } of input.ordered) {
    if (SUBMIT_VALUES.includes(`--${name}`))
      setOption(options, `--${name}`, value, "the command line");
  }
  return options;
}

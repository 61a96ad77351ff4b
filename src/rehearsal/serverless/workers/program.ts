import type { Application } from "../application.ts";
import type { JobRun } from "../job-run.ts";
import { sparkSettings, submitWords } from "./settings.ts";

/** What a worker runs as the driver. */
export interface DriverProgram {
  command: string[];
  env: Record<string, string>;
}

/** How EMR Serverless's drivers name themselves and their event logs in public logs: by the job run. */
const named = (id: string) => [
  ...["--conf", `spark.test.appId=${id}`],
  // A program may make one context after another.
  ...["--conf", "spark.eventLog.overwrite=true"],
];

const DRIVER_ENV = "spark.emr-serverless.driverEnv.";

export function driverProgram(run: JobRun, application: Application): DriverProgram {
  const { entryPoint = "", entryPointArguments = [] } = run.request.jobDriver?.sparkSubmit ?? {};
  const settings = Object.entries(sparkSettings(run, application));
  return {
    command: [
      "emr-serverless-driver",
      ...named(run.id),
      ...submitWords(run),
      entryPoint,
      ...entryPointArguments,
    ],
    env: Object.fromEntries(
      settings
        .filter(([name]) => name.startsWith(DRIVER_ENV))
        .map(([name, value]) => [name.slice(DRIVER_ENV.length), value]),
    ),
  };
}

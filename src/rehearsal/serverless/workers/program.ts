import type { Application } from "../application.ts";
import type { JobRun } from "../job-run.ts";
import { sparkSettings, submitWords } from "./settings.ts";

/** What a worker runs as the driver. */
export interface DriverProgram {
  command: string[];
  env: Record<string, string>;
}

const DRIVER_ENV = "spark.emr-serverless.driverEnv.";

export function driverProgram(run: JobRun, application: Application): DriverProgram {
  const { entryPoint = "", entryPointArguments = [] } = run.request.jobDriver?.sparkSubmit ?? {};
  const settings = Object.entries(sparkSettings(run, application));
  return {
    command: ["emr-serverless-driver", ...submitWords(run), entryPoint, ...entryPointArguments],
    env: Object.fromEntries(
      settings
        .filter(([name]) => name.startsWith(DRIVER_ENV))
        .map(([name, value]) => [name.slice(DRIVER_ENV.length), value]),
    ),
  };
}

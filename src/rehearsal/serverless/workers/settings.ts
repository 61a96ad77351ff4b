import { splitOptions } from "../../../spark/jvm.ts";
import {
  type Application,
  asClassification,
  type Monitoring,
  type ServerlessClassification,
} from "../application.ts";
import type { JobRun } from "../job-run.ts";

/** The application's settings, and above them those of the run (EMR Serverless's guide, "Default application configuration"). */
export function classificationsOf(
  run: JobRun,
  { settings }: Application,
): ServerlessClassification[] {
  return [
    ...(settings.runtimeConfiguration ?? []),
    ...(run.request.configurationOverrides?.applicationConfiguration ?? []),
  ];
}

/** As RunJobFlow has them, for the machine that runs it. */
export const machineSettings = (run: JobRun, application: Application) =>
  classificationsOf(run, application).map(asClassification);

export function monitoringOf(run: JobRun, { settings }: Application): Monitoring {
  return {
    ...settings.monitoringConfiguration,
    ...run.request.configurationOverrides?.monitoringConfiguration,
  };
}

export function submitWords(run: JobRun): string[] {
  return splitOptions(run.request.jobDriver?.sparkSubmit?.sparkSubmitParameters ?? "");
}

const OPTIONS: Record<string, string> = {
  "--driver-memory": "spark.driver.memory",
  "--driver-cores": "spark.driver.cores",
  "--executor-memory": "spark.executor.memory",
  "--executor-cores": "spark.executor.cores",
  "--num-executors": "spark.executor.instances",
};

/** What Spark will be told, from all places that say it; the words of spark-submit have the last one. */
export function sparkSettings(run: JobRun, application: Application): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { classification, properties } of classificationsOf(run, application))
    if (classification === "spark-defaults") Object.assign(found, properties);
  const words = submitWords(run).flatMap((word) => {
    const [, name, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    return name === undefined ? [word] : [name, value ?? ""];
  });
  for (const [i, word] of words.entries()) {
    const value = words[i + 1] ?? "";
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
    if ((word === "--conf" || word === "-c") && key !== undefined) found[key] = text ?? "";
    const option = OPTIONS[word];
    if (option !== undefined) found[option] = value;
  }
  return found;
}

import { resolve } from "node:path";
import type { EmrStepRequest } from "../../../aws/emr.ts";
import {
  type Job,
  mergeOptions,
  type SparkOptions,
  type SparkStep,
  type Step,
} from "../../../model/job.ts";
import { readProperties } from "../../../spark/defaults.ts";
import type { EmrSettings } from "../shape/settings.ts";
import type { Staged } from "./stage.ts";

/** A step's name says whose it is: AddJobFlowSteps has neither a token nor tags. */
export const stepPrefix = (run: string, index: number) => `mayfly ${run} ${index}`;

export function stepRequest(
  step: Step,
  index: number,
  run: string,
  at: { job: Job; settings: EmrSettings; staged: Staged },
): EmrStepRequest {
  return {
    Name: `${stepPrefix(run, index)} ${step.name}`.slice(0, 256),
    // Whether the next one runs is the job's matter, not the cluster's.
    ActionOnFailure: "CONTINUE",
    HadoopJarStep: { Jar: "command-runner.jar", Args: argsOf(step, at) },
  };
}

/** The driver runs on a machine of YARN's choice, in a container; shells cannot (SparkSubmit refuses it). */
export function inContainer(step: Step, job: Job, settings: EmrSettings): boolean {
  if (step.kind !== "pyspark" && step.kind !== "jar") return false;
  const { cluster } = mergeOptions(job.options, step.options);
  return (cluster["--deploy-mode"] ?? settings.deployMode) === "cluster";
}

function argsOf(
  step: Step,
  { job, settings, staged }: { job: Job; settings: EmrSettings; staged: Staged },
): string[] {
  if (step.kind === "copy") return ["s3-dist-cp", `--src=${step.from}`, `--dest=${step.to}`];
  if (step.kind === "command") {
    // Words without a shell, and the job's variables.
    const variables = Object.entries(job.env).map(([name, value]) => `${name}=${value}`);
    return variables.length > 0
      ? ["env", ...variables, step.command, ...step.args]
      : [step.command, ...step.args];
  }
  if (step.kind === "pyspark" || step.kind === "jar")
    return [
      "spark-submit",
      ...submitWords(step, job, settings, staged),
      staged(step.main),
      ...step.args,
    ];
  throw new Error(`a ${step.kind} step came as far as EMR`);
}

function submitWords(step: SparkStep, job: Job, settings: EmrSettings, staged: Staged): string[] {
  const options: SparkOptions = mergeOptions(job.options, step.options);
  const { "--deploy-mode": asked, "--master": _master, ...cluster } = options.cluster;
  const mode = asked ?? settings.deployMode;
  const list = (word: string, values: string[]) =>
    values.length > 0 ? [`--${word}`, values.map(staged).join(",")] : [];
  const one = (word: string, value: string | undefined) =>
    value === undefined ? [] : [`--${word}`, value];
  const { propertiesFile } = options;
  const conf = {
    ...(propertiesFile ? readProperties(resolve(job.folder, propertiesFile)) : {}),
    ...options.conf,
  };
  const variables = Object.entries(job.env).flatMap(([name, value]) => [
    ...["--conf", `spark.yarn.appMasterEnv.${name}=${value}`],
    ...["--conf", `spark.executorEnv.${name}=${value}`],
  ]);
  return [
    ...["--deploy-mode", mode],
    ...one("name", options.appName ?? step.name),
    ...one("class", options.className),
    ...one("driver-memory", options.driverMemory),
    ...list("packages", options.packages),
    ...list("exclude-packages", options.excludePackages),
    ...list("repositories", options.repositories),
    ...list("jars", options.jars),
    ...list("py-files", options.pyFiles),
    ...list("files", options.files),
    ...list("archives", options.archives),
    ...Object.entries(cluster).flat(),
    ...variables,
    ...Object.entries(conf).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
  ];
}

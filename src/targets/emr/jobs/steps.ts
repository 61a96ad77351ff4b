import { basename, resolve } from "node:path";
import type { EmrStepRequest } from "../../../aws/emr.ts";
import {
  type CopyStep,
  type Job,
  mergeOptions,
  type SparkOptions,
  type SparkStep,
  type Step,
} from "../../../model/job.ts";
import { readProperties } from "../../../spark/defaults.ts";
import { OWN_JAR } from "../../own-jar.ts";
import type { EmrSettings } from "../shape/settings.ts";
import { inputsOf } from "./arguments.ts";
import { type Packages, packagesEnv, submitPackages, withPackages } from "./packages.ts";
import type { StagedJob } from "./stage.ts";
import { below, isElsewhere, pathOf, splitArgument } from "./there.ts";
import { type Brought, withBrought, withEmptyWords } from "./words.ts";

/** A step's name says whose it is: AddJobFlowSteps has neither a token nor tags. */
export const stepPrefix = (run: string, index: number) => `mayfly ${run} ${index}`;

export interface StepWish extends StagedJob {
  /** As the cluster runs it. */
  job: Job;
  settings: EmrSettings;
  packages?: Packages;
}

export function stepRequest(step: Step, index: number, run: string, at: StepWish): EmrStepRequest {
  return {
    Name: `${stepPrefix(run, index)} ${step.name}`.slice(0, 256),
    // Whether the next one runs is the job's matter, not the cluster's.
    ActionOnFailure: "CONTINUE",
    HadoopJarStep: { Jar: "command-runner.jar", Args: withEmptyWords(argsOf(step, at)) },
  };
}

/** The driver runs on a machine of YARN's choice, in a container; shells cannot (SparkSubmit refuses it). */
export function inContainer(step: Step, job: Job, settings: EmrSettings): boolean {
  if (step.kind !== "pyspark" && step.kind !== "jar") return false;
  const { cluster } = mergeOptions(job.options, step.options);
  return (cluster["--deploy-mode"] ?? settings.deployMode) === "cluster";
}

function argsOf(step: Step, at: StepWish): string[] {
  const { settings, packages } = at;
  if (step.kind === "copy") return copyWords(step, at);
  const job = { ...at.job, env: packagesEnv(at.job.env, packages) };
  const words = wordsOf(step, { ...at, job });
  return withPackages(words, step, packages, inContainer(step, job, settings));
}

function wordsOf(step: Exclude<Step, CopyStep>, at: StepWish): string[] {
  const { job, settings, staged, inputs } = at;
  // As on the laptop a program has the job's variables; no shell looks at any word of it.
  const variables = Object.entries(job.env).map(([name, value]) => `${name}=${value}`);
  const withVariables = (words: string[]) =>
    variables.length > 0 ? ["env", ...variables, ...words] : words;
  if (step.kind === "command")
    return withBrought(filesOf(step, at), withVariables([step.command, ...step.args]));
  if (step.kind === "python") {
    const to = placeOf(step.main, job);
    // Each line comes when it is printed, as on the laptop.
    const words = withVariables(["python3", "-u", to, ...step.args]);
    return withBrought([{ uri: staged(step.main), to }, ...filesOf(step, at)], words);
  }
  const contained = inContainer(step, job, settings);
  const words = [
    step.kind === "sql" ? "spark-sql" : "spark-submit",
    ...submitWords(step, contained ? "cluster" : "client", at),
    ...(step.kind === "scala" ? ["--class", "mayfly.ScalaScript", staged(OWN_JAR)] : []),
    // Spark's own client reads it by Hadoop's file systems (Spark's guide, "Spark SQL CLI": -f s3://…).
    ...(step.kind === "sql" ? ["-f"] : []),
    staged(step.main),
    // A file or folder of this machine is where it was put.
    ...step.args.map((arg) => {
      const [prefix, value] = splitArgument(arg);
      return prefix + (inputs.get(value) ?? value);
    }),
  ];
  // In a container the driver has them from its settings.
  return contained ? words : withVariables(words);
}

/** From the job's folder, which is the working folder there. */
function placeOf(main: string, job: Job): string {
  const place = isElsewhere(main) ? undefined : below(pathOf(main, job.folder), job.folder);
  return place ?? basename(main);
}

/** What a plain program names, under the same names. */
function filesOf(step: Step, { job, inputs }: StepWish): Brought[] {
  return inputsOf(step, job).flatMap(({ named, path, folder }) => {
    const [uri, to] = [inputs.get(named), below(path, job.folder)];
    if (uri === undefined || to === undefined) return [];
    return [folder ? { uri: `${uri}/`, to: `${to}/` } : { uri, to }];
  });
}

function copyWords(step: CopyStep, { job, inputs }: StepWish): string[] {
  const [input] = inputsOf(step, job);
  const from = inputs.get(step.from) ?? step.from;
  // s3-dist-cp knows folders; one file comes under the name that is asked for, as cp has it.
  if (input && !input.folder) return ["hadoop", "fs", "-cp", "-f", from, step.to];
  return ["s3-dist-cp", `--src=${from}`, `--dest=${step.to}`];
}

function submitWords(step: SparkStep, mode: string, at: StepWish): string[] {
  const { job, staged } = at;
  const packed = submitPackages(step, at.packages);
  const options: SparkOptions = mergeOptions(job.options, step.options);
  const { "--deploy-mode": _asked, "--master": _master, ...cluster } = options.cluster;
  const list = (word: string, values: string[]) =>
    values.length > 0 ? [`--${word}`, values.map(staged).join(",")] : [];
  const one = (word: string, value: string | undefined) =>
    value === undefined ? [] : [`--${word}`, value];
  const { propertiesFile } = options;
  const conf = {
    ...packed.conf,
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
    ...one("class", step.kind === "jar" ? options.className : undefined),
    ...one("driver-memory", options.driverMemory),
    ...list("packages", options.packages),
    ...list("exclude-packages", options.excludePackages),
    ...list("repositories", options.repositories),
    ...list("jars", options.jars),
    ...list("py-files", options.pyFiles),
    ...list("files", options.files),
    ...list("archives", [...packed.archives, ...options.archives]),
    ...Object.entries(cluster).flat(),
    ...variables,
    ...Object.entries(conf).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
  ];
}

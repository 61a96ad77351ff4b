import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { basename, join, resolve } from "node:path";
import { cacheFolder } from "../../base/places.ts";
import { freePort } from "../../base/port.ts";
import { MARKER } from "../../base/processes.ts";
import { type Job, mergeOptions, type SparkOptions, type SparkStep } from "../../model/job.ts";
import { mapForOneMachine } from "../../spark/cluster-options.ts";
import { laptopDefaults, readProperties, writeConfFolder } from "../../spark/defaults.ts";
import type { Jvm } from "../../spark/jvm.ts";
import { liveS3 } from "../../spark/live-s3.ts";
import type { Runtime } from "../../spark/runtime.ts";
import { archivePath } from "../../spark/warm/archive.ts";
import { localPath, parseUri, rootsOf } from "../../storage/places.ts";
import { OWN_JAR } from "../own-jar.ts";
import type { TargetContext } from "../target.ts";

/** A Spark step made ready: its configuration is on the disk, its program is a local file. */
export interface Prepared {
  jvm: Jvm;
  env: NodeJS.ProcessEnv;
  main: string;
  /** Classes as a JVM of this kind maps them, where that was made. */
  archive: string | undefined;
  python: string;
  /** Where its steps work. */
  cwd: string;
  index: number;
  /** The settings of the step, as spark-submit reads them. */
  settings: string;
  /** Where what its JVM is told is put. */
  requests: string;
  /** Put before the program's own folder on Python's path. */
  pythonPath: string[];
  logs: string;
  ui: string;
}

/** What a step is made ready from. */
export type StepSurroundings = Pick<
  TargetContext,
  "run" | "folder" | "places" | "env" | "expectedMs"
>;

export function stagingOf(context: Pick<TargetContext, "folder">): string {
  return join(context.folder, "staging");
}

export function logsOf(context: Pick<TargetContext, "folder">, index: number): string {
  return join(context.folder, "logs", String(index));
}

export function thisMachine(): { cores: number; memoryMb: number } {
  return { cores: availableParallelism(), memoryMb: Math.floor(totalmem() / 1024 / 1024) };
}

export async function prepare(
  job: Job,
  step: SparkStep,
  index: number,
  runtime: Runtime,
  context: StepSurroundings,
): Promise<Prepared> {
  const { places } = context;
  const roots = rootsOf(places.state, places.mounts);
  const staging = stagingOf(context);
  const live = places.liveS3 ? liveS3(runtime.hadoop, context.env) : undefined;
  const own = mergeOptions(job.options, step.options);
  const options = live
    ? {
        ...own,
        packages: [...live.packages, ...own.packages],
        excludePackages: [...live.excludes, ...own.excludePackages],
      }
    : own;
  const mapped = mapForOneMachine(options, thisMachine());
  const port = await freePort();
  const fetched = (uri: string) => fetchFile(uri, join(staging, "code"), job.folder, roots);
  const lists = (uris: string[]) => uris.map((uri) => absolute(uri, job.folder)).join(",");

  const conf: Record<string, string> = {
    ...laptopDefaults({ run: context.folder, staging }, roots, places.liveS3),
    ...live?.conf,
    "spark.jars.ivy": join(cacheFolder(context.env), "ivy"),
    "spark.ui.port": String(port),
    ...personDefaults(runtime, context.env),
    ...(options.propertiesFile ? readProperties(resolve(job.folder, options.propertiesFile)) : {}),
    ...submitLists(options, lists),
    ...mapped.conf,
    "spark.app.name": options.appName ?? mapped.conf["spark.app.name"] ?? step.name,
  };
  const confFolder = join(staging, `conf-${index}`);
  const logs = logsOf(context, index);
  const files = writeConfFolder(confFolder, conf, join(logs, "spark.log"));
  const jvm: Jvm = {
    javaHome: runtime.javaHome,
    sparkHome: runtime.sparkHome,
    tmp: join(staging, "tmp"),
    logging: files.logging,
    ownJar: OWN_JAR,
    conf,
    short: (context.expectedMs(index) ?? SHORT_MS) < SHORT_MS,
  };
  const archive = archivePath(jvm, context.env);
  return {
    jvm,
    archive: archive && existsSync(archive) ? archive : undefined,
    env: sparkEnvironment(job, runtime, confFolder, context),
    python: runtime.python,
    cwd: job.folder,
    index,
    settings: files.settings,
    requests: staging,
    main: fetched(step.main),
    pythonPath: pythonFiles(options, fetched, join(staging, `py-${index}`)),
    logs,
    ui: `http://127.0.0.1:${conf["spark.ui.port"]}`,
  };
}

/** The second compiler makes long programs twice as fast, and costs short ones a third of their time. */
const SHORT_MS = 20_000;

function submitLists(
  options: SparkOptions,
  lists: (uris: string[]) => string,
): Record<string, string> {
  const all: [string, string][] = [
    ["spark.jars", lists(options.jars)],
    ["spark.files", lists(options.files)],
    ["spark.archives", lists(options.archives)],
    ["spark.submit.pyFiles", lists(options.pyFiles)],
    ["spark.jars.packages", options.packages.join(",")],
    ["spark.jars.excludes", options.excludePackages.join(",")],
    ["spark.jars.repositories", options.repositories.join(",")],
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== ""));
}

/** What the person has set up for every Spark on this machine. */
function personDefaults(runtime: Runtime, env: NodeJS.ProcessEnv): Record<string, string> {
  const folder = env.SPARK_CONF_DIR ?? join(runtime.sparkHome, "conf");
  const conf = readProperties(join(folder, "spark-defaults.conf"));
  // A cluster's master in it would send the laptop's run there.
  delete conf["spark.master"];
  delete conf["spark.submit.deployMode"];
  return conf;
}

export function stepEnvironment(
  job: Job,
  runtime: Runtime | undefined,
  context: Pick<TargetContext, "run" | "env">,
): NodeJS.ProcessEnv {
  const { PYSPARK_SUBMIT_ARGS: _, HADOOP_CONF_DIR: __, YARN_CONF_DIR: ___, ...env } = context.env;
  // The launcher's, for ourselves; a program that is Node too has its own.
  if (env.NODE_COMPILE_CACHE === join(cacheFolder(env), "compile")) delete env.NODE_COMPILE_CACHE;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return {
    ...env,
    // A JVM decodes its arguments by the locale: without one, every accent would be lost.
    ...(/utf-?8/i.test(locale) ? {} : { LC_ALL: "C.UTF-8" }),
    ...(runtime?.sparkHome
      ? {
          JAVA_HOME: runtime.javaHome,
          SPARK_HOME: runtime.sparkHome,
          PATH: `${join(runtime.sparkHome, "bin")}:${join(runtime.python, "..")}:${env.PATH ?? ""}`,
        }
      : {}),
    PYTHONUNBUFFERED: "1",
    ...job.env,
    [MARKER]: context.run,
  };
}

function sparkEnvironment(
  job: Job,
  runtime: Runtime,
  confFolder: string,
  context: Pick<TargetContext, "run" | "env">,
): NodeJS.ProcessEnv {
  return {
    SPARK_LOCAL_IP: "127.0.0.1",
    // As bin/spark-submit does: else strings hash differently in each Python worker.
    PYTHONHASHSEED: "0",
    ...stepEnvironment(job, runtime, context),
    SPARK_CONF_DIR: confFolder,
    PYSPARK_PYTHON: runtime.python,
    PYSPARK_DRIVER_PYTHON: runtime.python,
  };
}

/** Python finds .py files by their folder, archives by their own path; both before the program starts. */
function pythonFiles(
  options: SparkOptions,
  fetched: (uri: string) => string,
  folder: string,
): string[] {
  const path = new Set<string>();
  for (const uri of options.pyFiles) {
    const file = fetched(uri);
    if (!file.endsWith(".py")) path.add(file);
    else {
      mkdirSync(folder, { recursive: true });
      copyFileSync(file, join(folder, basename(file)));
      path.add(folder);
    }
  }
  return [...path];
}

/** A program at s3:// or hdfs:// is copied beside the run; a local one stays where it is. */
function fetchFile(
  uri: string,
  folder: string,
  cwd: string,
  roots: Parameters<typeof localPath>[1],
): string {
  const path = localPath(uri, roots, cwd);
  if (parseUri(uri).scheme === "file") return path;
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, basename(path));
  copyFileSync(path, copy);
  return copy;
}

function absolute(uri: string, cwd: string): string {
  return parseUri(uri).scheme === "file" && !/^[a-z][a-z0-9+.-]*:/i.test(uri)
    ? resolve(cwd, uri)
    : uri;
}

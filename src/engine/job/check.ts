import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import { formatBytes } from "../../base/format.ts";
import { didYouMean } from "../../base/nearest.ts";
import { isSpark, type Job, mergeOptions, type SparkStep, type Step } from "../../model/job.ts";
import { suggestPath } from "../../storage/missing.ts";
import { localPath, parseUri, type Roots, rootsOf } from "../../storage/places.ts";
import type { Places } from "../../targets/target.ts";
import { classesOf } from "./jar.ts";

/** Looks at every file that a job names before anything is started: a typing error costs no start-up. */
export function checkJob(job: Job, places: Places, remote = false): void {
  const roots = rootsOf(places.state, places.mounts);
  const live = (uri: string) => {
    const { scheme } = parseUri(uri);
    return places.liveS3 && (scheme === "s3" || (remote && scheme === "hdfs"));
  };
  const need = (uri: string, what: string, made: boolean) => {
    if (!made && !live(uri)) requireFile(uri, what, job, roots);
  };
  for (const file of Object.values(job.python ?? {})) need(file, "python requirements", false);
  for (const uri of Object.values(job.outputs)) if (!live(uri)) localPath(uri, roots, job.folder);
  for (const [key, value] of Object.entries(job.env)) requireText(value, `the variable ${key}`);
  for (const [index, step] of job.steps.entries()) {
    for (const arg of step.args) requireArgument(arg, index);
    // What an earlier step may make cannot be asked for now.
    const made = index > 0;
    if (places.liveS3 && !remote) refuseLive(step);
    if (step.kind === "copy") continue;
    if (step.kind === "command") {
      requireArgument(step.command, index);
      if (step.command === "") {
        throw new MayflyError(
          "job-file",
          `cannot run "${job.name}": the command of step ${index} is empty`,
          'write a program and its arguments: command: [sh, -c, "echo hello"]',
        );
      }
      continue;
    }
    need(step.main, `step ${index}`, made);
    if (!isSpark(step)) continue;
    const options = mergeOptions(job.options, step.options);
    for (const [list, what] of [
      [options.jars, "--jars"],
      [options.pyFiles, "--py-files"],
      [options.files, "--files"],
      [options.archives, "--archives"],
    ] as const) {
      for (const uri of list)
        if (!/^(https?|local|ivy):/.test(uri)) need(uri.split("#")[0] ?? uri, what, made);
    }
    for (const [key, value] of Object.entries(options.conf))
      requireText(key + value, `--conf ${key}`);
    for (const name of options.packages) requireCoordinate(name);
    if (options.propertiesFile) need(options.propertiesFile, "--properties-file", false);
    if (!made && !live(step.main))
      checkProgram(step, options.jars, localPath(step.main, roots, job.folder));
  }
}

/** What Mayfly itself would have to fetch from S3 waits for `mayfly fs`; what Spark reads works. */
function refuseLive(step: Step): void {
  const uris =
    step.kind === "copy" ? [step.from, step.to] : step.kind === "command" ? [] : [step.main];
  const live = uris.find((uri) => parseUri(uri).scheme === "s3");
  if (live === undefined) return;
  throw new MayflyError(
    "refused",
    `cannot use "${live}" in step "${step.name}" while s3:// is S3 itself`,
    "with live S3 a program must lie on this machine, and copies are made by the program or by aws s3 cp",
  );
}

function requireFile(uri: string, what: string, job: Job, roots: Roots): void {
  const path = localPath(uri, roots, job.folder);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) {
    throw new MayflyError(
      "not-found",
      `cannot run "${job.name}": "${uri}" (${what}) does not exist`,
      suggestPath(uri, roots, job.folder) ?? `looked for ${path}`,
    );
  }
  if (!stat.isFile()) {
    throw new MayflyError(
      "refused",
      `cannot run "${job.name}": "${uri}" (${what}) is not a file`,
      "name a file",
    );
  }
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new MayflyError(
      "permission",
      `cannot run "${job.name}": "${uri}" (${what}) is not readable`,
      `make it readable: chmod u+r ${path}`,
    );
  }
}

function requireText(text: string, what: string): void {
  if (!text.includes("\0")) return;
  throw new MayflyError(
    "usage",
    `cannot use ${what}: it holds a NUL character`,
    "leave the NUL out",
  );
}

/** What Linux takes of a single argument. */
const LONGEST = 128 * 1024 - 1;

function requireArgument(text: string, step: number): void {
  requireText(text, `an argument of step ${step}`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= LONGEST) return;
  throw new MayflyError(
    "usage",
    `cannot use an argument of step ${step}: it has ${formatBytes(bytes)}, beginning "${text.slice(0, 40)}…"`,
    "an argument has 131 KB at most; put it into a file and pass its name",
  );
}

function requireCoordinate(name: string): void {
  if (/^[^:\s]+:[^:\s]+:[^:\s]+$/.test(name)) return;
  throw new MayflyError(
    "usage",
    `cannot use --packages "${name}": a package is named group:artifact:version`,
    "for example org.apache.spark:spark-avro_2.12:3.5.6",
  );
}

function checkProgram(step: SparkStep, jars: string[], path: string): void {
  if (step.kind === "jar") {
    checkJar(step, jars, path);
    return;
  }
  const bytes = readFileSync(path);
  if (bytes.length === 0) {
    throw new MayflyError(
      "job-file",
      `cannot run "${step.main}": the file is empty`,
      "write the program into it",
    );
  }
  const declares =
    step.kind === "pyspark" && /^#.*coding[:=]/m.test(bytes.toString("latin1", 0, 200));
  if (declares) return;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const line =
      bytes
        .toString("latin1")
        .split("\n")
        .findIndex((l) => !isUtf8(Buffer.from(l, "latin1"))) + 1;
    throw new MayflyError(
      "job-file",
      `cannot run "${step.main}": line ${line} is not UTF-8 text`,
      step.kind === "pyspark"
        ? 'save it as UTF-8, or say what it is in its first line: "# -*- coding: latin-1 -*-"'
        : "save it as UTF-8",
    );
  }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function checkJar(step: SparkStep, jars: string[], path: string): void {
  const classes = classesOf(path);
  const wanted = step.options.className;
  // Without --class the jar's manifest must say it, which Spark reads itself.
  if (wanted === undefined || classes.includes(wanted) || jars.length > 0) return;
  throw new MayflyError(
    "not-found",
    `cannot run "${step.main}": it has no class "${wanted}"`,
    didYouMean(wanted, classes) ??
      `classes in it: ${
        classes
          .filter((name) => !name.includes("$"))
          .slice(0, 5)
          .join(", ") || "none"
      }`,
  );
}

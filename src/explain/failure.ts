import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { readFileIfThere } from "../base/files.ts";
import { withoutLogLines } from "../base/format.ts";
import { redactText } from "../base/redact.ts";
import type { Step } from "../model/job.ts";
import type { Failure } from "../model/run.ts";
import { suggestPath } from "../storage/missing.ts";
import { localPath, type Roots } from "../storage/places.ts";
import { ownFrame, readJavaError } from "./java-error.ts";
import { readScalaError, readSqlError } from "./program-error.ts";
import { readTraceback } from "./traceback.ts";

export interface FailedStep {
  index: number;
  step: Step;
  exitCode: number;
  signal?: string;
  /** Folder with stdout.log and stderr.log. */
  logs: string;
  cwd: string;
  /** Folders that stand for buckets; absent where s3:// is S3 itself. */
  roots: Roots;
  liveS3: boolean;
}

/** Why a step failed, from what it printed: the person's own line first, not the Java wrapping. */
export function explainFailure(failed: FailedStep): Failure {
  const { index, step, exitCode, signal, cwd } = failed;
  const stderr = withoutLogLines(readTail(join(failed.logs, "stderr.log")));
  const base = { step: index, exitCode };
  const isPython = step.kind === "pyspark" || step.kind === "python";
  // spark-submit itself, which a cluster runs, passes on what Python says on either stream as one.
  const traceback = isPython
    ? (readTraceback(stderr) ?? readTraceback(readTail(join(failed.logs, "stdout.log"))))
    : undefined;
  if (traceback) {
    const file = relative(cwd, hereOf(traceback.file, failed));
    const message = short(traceback.error);
    return {
      ...base,
      where: `${file.startsWith("..") ? traceback.file : file}:${traceback.line}`,
      ...(traceback.code === "" ? {} : { line: traceback.code }),
      message,
      ...(masterHint(failed) ?? hint(message, failed)),
    };
  }
  const program =
    step.kind === "scala"
      ? readScalaError(stderr)
      : step.kind === "sql"
        ? readSqlError(stderr, sourceOf(failed))
        : undefined;
  if (program) {
    const message = short(program.message);
    const where =
      step.kind === "sql" && program.where
        ? program.where.replace(/^line (\d+)$/, `${step.main}:$1`)
        : program.where && hereAs(program.where, failed);
    return { ...base, ...program, ...(where ? { where } : {}), message, ...hint(message, failed) };
  }
  if (signal) {
    const memory =
      signal === "SIGKILL" ? "; the system may have run out of memory (driver_memory)" : "";
    return { ...base, message: `${step.name} was ended by ${signal}${memory}` };
  }
  const java = readJavaError(stderr);
  const last = stderr
    .trimEnd()
    .split("\n")
    .findLast((line) => line.trim() !== "");
  const message = short(
    java ?? last ?? `${step.name} ended with exit code ${exitCode} and said nothing`,
  );
  return { ...base, ...ownLine(stderr, failed), message, ...hint(message, failed) };
}

/** A program that ran elsewhere lay in a folder of that place; the person knows it as it lies here. */
function hereOf(file: string, { step, cwd }: FailedStep): string {
  if (existsSync(file) || !("main" in step) || basename(step.main) !== basename(file)) return file;
  const here = resolve(cwd, step.main);
  return existsSync(here) ? here : file;
}

/** The same of a place in it: `s3://…/count.scala:3` is line 3 of the person's file. */
function hereAs(where: string, { step, cwd }: FailedStep): string {
  const [, file = where, line = ""] = /^(.+)(:\d+)$/.exec(where) ?? [];
  if (file.startsWith(`${cwd}/`)) return `${relative(cwd, file)}${line}`;
  const isMain = "main" in step && basename(step.main) === basename(file);
  return isMain ? `${step.main}${line}` : where;
}

/** The line of a compiled program that a stack trace passes through, with its text where the source lies here. */
function ownLine(stderr: string, failed: FailedStep): Pick<Failure, "where" | "line"> {
  const frame = failed.step.kind === "copy" ? undefined : ownFrame(stderr);
  if (!frame) return {};
  const { file, line } = frame;
  const main = "main" in failed.step ? failed.step.main : "";
  if (basename(main) !== file) return { where: `${file}:${line}` };
  const code = sourceOf(failed).split(/\r?\n/)[line - 1]?.trim();
  return { where: `${main}:${line}`, ...(code ? { line: code } : {}) };
}

/** The program of a step, where it lies on this machine. */
function sourceOf({ step, cwd, roots, liveS3 }: FailedStep): string {
  if (!("main" in step) || (liveS3 && /^s3/.test(step.main))) return "";
  try {
    return readFileIfThere(localPath(step.main, roots, cwd)) ?? "";
  } catch {
    return "";
  }
}

/** Some messages list every class that was asked; the log has them whole. */
function short(message: string, most = 600): string {
  const text = redactText(message);
  return text.length > most ? `${text.slice(0, most)} …` : text;
}

/** A program that names a cluster's master itself never meets the one it is given, here or anywhere. */
function masterHint(failed: FailedStep): { hint: string } | undefined {
  const text = sourceOf(failed);
  const named = /\b(?:master|setMaster)\(\s*["']((?:yarn|spark:|mesos:|k8s:)[^"']*)["']/.exec(text);
  if (!named) return undefined;
  return {
    hint: `the program names its master itself ("${named[1]}"), and there is none here: take that out, then each place that runs it gives its own`,
  };
}

/** Where a message names a path that is not there, the nearest that is. */
function hint(message: string, { roots, cwd, liveS3 }: FailedStep): { hint?: string } {
  if (!/does not exist|NoSuchBucket|not found|No such file|PATH_NOT_FOUND/i.test(message))
    return {};
  if (/Nearest:|mkdir -p/.test(message)) return {}; // our file system has said it
  const uri = /\b(?:s3[an]?|hdfs|file):\/*[^\s"',;)\]]+/.exec(message)?.[0]?.replace(/[.:]+$/, "");
  if (!uri || (liveS3 && uri.startsWith("s3"))) return {};
  try {
    if (/^FileNotFoundError/.test(message) && !uri.startsWith("file:")) {
      return {
        hint: `only Spark knows ${uri.replace(/:.*/s, "://")} paths here; for open() and other libraries it is ${localPath(uri, roots, cwd)}`,
      };
    }
    const found = suggestPath(uri.replace(/^file:\/*/, "/"), roots, cwd);
    return { hint: found ?? `on this machine that is ${localPath(uri, roots, cwd)}` };
  } catch {
    return {};
  }
}

/** The end of a log is where it says why; a log may be very long. */
function readTail(path: string, most = 256 * 1024): string {
  if (!existsSync(path)) return "";
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, most));
    readSync(file, bytes, 0, bytes.length, Math.max(0, size - bytes.length));
    return bytes.toString("utf8");
  } finally {
    closeSync(file);
  }
}

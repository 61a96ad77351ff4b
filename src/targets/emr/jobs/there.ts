import { relative, resolve } from "node:path";
import { STEPS_BUCKET } from "../../../model/file/read-steps-file.ts";
import type { Job, Step } from "../../../model/job.ts";
import { parseUri } from "../../../storage/places.ts";

/** `s3://…`, `hdfs://…`, `local:…`, a coordinate; `file://` is this machine, as a plain path is. */
export const isElsewhere = (text: string) =>
  /^[a-z][a-z0-9+.-]*:/i.test(text) && !text.startsWith("file:");

/** A file of this machine as the job names it. */
export const pathOf = (text: string, folder: string) =>
  resolve(folder, text.startsWith("file:") ? parseUri(text).key : text);

/** Where `path` lies below `base`; undefined where it does not. */
export function below(path: string, base: string): string | undefined {
  const rest = relative(base, path);
  return rest === ".." || rest.startsWith("../") || rest.startsWith("/") ? undefined : rest;
}

/** `--output=./out` is an argument that names a path, too. */
export function splitArgument(arg: string): [prefix: string, value: string] {
  const [, prefix = "", value = ""] = /^(--?[\w.-]+=)?(.*)$/s.exec(arg) ?? [];
  return [prefix, value];
}

export interface There {
  job: Job;
  /** Output → the path on this machine that the job declares for it. */
  homes: Record<string, string>;
}

/**
 * The job with its outputs on S3: one that is declared with a path of this machine lies below the run's own name, for every
 * argument that names it; the bucket that only stands for a stack's own is the target's, unless the account has one so named.
 */
export function jobThere(
  job: Job,
  { bucket, run, buckets }: { bucket: string; run: string; buckets: string[] },
): There {
  const homes: Record<string, string> = {};
  const outputs: Record<string, string> = {};
  const stack = buckets.includes(STEPS_BUCKET) ? undefined : `s3://${STEPS_BUCKET}/`;
  const moved = (uri: string) =>
    stack && uri.startsWith(stack)
      ? `s3://${bucket}/mayfly/${STEPS_BUCKET}/${uri.slice(stack.length)}`
      : uri;
  for (const [name, uri] of Object.entries(job.outputs)) {
    if (!isElsewhere(uri)) homes[name] = pathOf(uri, job.folder);
    outputs[name] = isElsewhere(uri) ? moved(uri) : `s3://${bucket}/mayfly/outputs/${run}/${name}`;
  }
  const place = (value: string) => {
    if (value === "" || isElsewhere(value)) return moved(value);
    const path = pathOf(value, job.folder);
    for (const [name, home] of Object.entries(homes)) {
      const rest = below(path, home);
      if (rest !== undefined) return `${outputs[name]}${rest && `/${rest}`}`;
    }
    return value;
  };
  const argument = (arg: string) => {
    const [prefix, value] = splitArgument(arg);
    return prefix + place(value);
  };
  const steps = job.steps.map((step): Step => {
    if (step.kind === "copy") return { ...step, from: place(step.from), to: place(step.to) };
    // Commands and plain Python open files, not URIs: theirs stay paths.
    if (step.kind === "command" || step.kind === "python") return step;
    return { ...step, args: step.args.map(argument) };
  });
  return { job: { ...job, outputs, steps }, homes };
}

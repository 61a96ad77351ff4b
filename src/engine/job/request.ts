import { MayflyError } from "../../base/errors.ts";
import { redactArgs, redactValue } from "../../base/redact.ts";
import { isSpark, type Job, mergeOptions, type SparkOptions } from "../../model/job.ts";
import type { Json } from "../../model/json.ts";

/** What someone asks for on the command line or from a program. */
export interface RunRequest {
  job: string;
  cwd: string;
  on?: string;
  args?: string[];
  /** The step that gets the arguments: its name, or its number from 0; the last one otherwise. */
  step?: string;
  small?: boolean;
  options?: SparkOptions;
  env?: Record<string, string>;
  release?: string;
  spark?: string;
  strictRelease?: boolean;
  liveS3?: boolean;
  /** What the command line says of the target, over what mayfly.yaml says. */
  target?: TargetWish;
  /** Outputs that lie elsewhere are brought to this machine. */
  fetch?: boolean;
}

/** Words of a target that a command line has too. */
export interface TargetWish {
  linger?: string;
  reuse?: boolean;
  ttl?: string;
  /** `$5` */
  budget?: string;
}

/** The request has the last word over the job's own file. */
export function applyRequest(job: Job, request: RunRequest): Job {
  const steps = [...job.steps];
  if (request.args && request.args.length > 0) {
    const index = stepIndex(job, request.step);
    const step = steps[index];
    if (!step || step.kind === "copy") {
      throw new MayflyError(
        "usage",
        `cannot give arguments to step ${index} of "${job.name}": it is a copy`,
        "name another step with --step",
      );
    }
    steps[index] = { ...step, args: request.args };
  } else if (request.step !== undefined) {
    stepIndex(job, request.step);
  }
  const options = request.options;
  return {
    ...job,
    steps: options
      ? steps.map((step) =>
          isSpark(step) ? { ...step, options: mergeOptions(step.options, options) } : step,
        )
      : steps,
    env: { ...job.env, ...request.env },
    ...versionOf(job, request),
  };
}

/** A version asked for now replaces both kinds of version in the file. */
function versionOf(job: Job, request: RunRequest): Pick<Job, "release" | "spark"> {
  if (request.release === undefined && request.spark === undefined) return {};
  delete job.release;
  delete job.spark;
  return {
    ...(request.release === undefined ? {} : { release: request.release }),
    ...(request.spark === undefined ? {} : { spark: request.spark }),
  };
}

function stepIndex(job: Job, wanted: string | undefined): number {
  if (wanted === undefined) return job.steps.length - 1;
  const byName = job.steps.findIndex((step) => step.name === wanted);
  const index = byName >= 0 ? byName : /^\d+$/.test(wanted) ? Number(wanted) : -1;
  if (job.steps[index]) return index;
  throw new MayflyError(
    "usage",
    `cannot find step "${wanted}" of "${job.name}"`,
    `its steps: ${job.steps.map((step, i) => `${i} ${step.name}`).join(", ")}`,
  );
}

/** As it is kept in run.json: what looks like a secret loses its value. */
export function storedRequest(request: RunRequest): Json {
  const hide = (settings: Record<string, string>) =>
    Object.fromEntries(Object.entries(settings).map(([k, v]) => [k, redactValue(k, v)]));
  const stored = {
    ...request,
    ...(request.args ? { args: redactArgs(request.args) } : {}),
    ...(request.env ? { env: hide(request.env) } : {}),
    ...(request.options
      ? { options: { ...request.options, conf: hide(request.options.conf) } }
      : {}),
  };
  return JSON.parse(JSON.stringify(stored)) as Json;
}

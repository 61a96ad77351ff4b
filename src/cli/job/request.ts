import { MayflyError } from "../../base/errors.ts";
import type { RunRequest, TargetWish } from "../../engine/job/request.ts";
import { readAge, readBudget } from "../../model/age.ts";
import type { Input, Io, Option } from "../command.ts";
import { readSubmitOptions, submitOptions } from "./submit-options.ts";

export const requestOptions: Record<string, Option> = {
  on: {
    type: "string",
    value: "WHERE",
    help: "a target of mayfly.yaml or a kind; local by default",
  },
  small: { type: "boolean", help: "the small form that the job's file describes" },
  step: {
    type: "string",
    value: "STEP",
    help: "which step gets the arguments; the last by default",
  },
  env: { type: "string", value: "KEY=VALUE", help: "a variable for the job's programs" },
  release: { type: "string", value: "LABEL", help: "an EMR release: its Spark version is used" },
  spark: { type: "string", value: "VERSION", help: "a Spark version, 3.4 to 4.x" },
  "strict-release": { type: "boolean", help: "refuse a release whose Spark cannot run here" },
  "live-s3": { type: "boolean", help: "s3:// is S3 itself, with the credentials that are there" },
  linger: { type: "string", value: "TIME", help: "the cluster stays for so long, to look around" },
  reuse: { type: "boolean", help: "a free cluster of the same making, and this one for the next" },
  ttl: { type: "string", value: "TIME", help: "the cluster ends itself after so long" },
  budget: { type: "string", value: "USD", help: "the run is ended when it has cost so much: $5" },
  "no-input": { type: "boolean", help: "never ask" },
  ...submitOptions,
};

/** The job and how it is to run, for every command that runs one. */
export function readRequest(command: string, input: Input, io: Io): RunRequest {
  const [job, ...args] = input.words;
  if (job === undefined) {
    throw new MayflyError(
      "usage",
      `mayfly ${command} needs a job`,
      `mayfly ${command} JOB: a script, a jar, a folder or a job of mayfly.yaml`,
    );
  }
  const text = (name: "on" | "step" | "release" | "spark") => {
    const value = input.value(name);
    return value === undefined ? {} : { [name]: value };
  };
  const target = readTarget(input);
  return {
    job,
    ...(Object.keys(target).length > 0 ? { target } : {}),
    cwd: io.cwd,
    args,
    options: readSubmitOptions(input),
    env: Object.fromEntries(input.values("env").map(readVariable(io))),
    ...text("on"),
    ...text("step"),
    ...text("release"),
    ...text("spark"),
    small: input.flags.has("small"),
    strictRelease: input.flags.has("strict-release"),
    // An endpoint someone has set means a real or a rehearsed S3, in every command alike.
    liveS3: input.flags.has("live-s3") || Boolean(io.env.AWS_ENDPOINT_URL),
  };
}

function readTarget(input: Input): TargetWish {
  const time = (name: "linger" | "ttl") => {
    const value = input.value(name);
    if (value !== undefined) readAge(value, `--${name}`);
    return value === undefined ? {} : { [name]: value };
  };
  const budget = input.value("budget");
  return {
    ...time("linger"),
    ...time("ttl"),
    ...(budget === undefined ? {} : { budget: readBudget(budget) }),
    ...(input.flags.has("reuse") ? { reuse: true } : {}),
  };
}

/** KEY=VALUE, or KEY alone for the value it has here. */
function readVariable(io: Io) {
  return (text: string): [string, string] => {
    const equals = text.indexOf("=");
    const key = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? io.env[key] : text.slice(equals + 1);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) || value === undefined) {
      throw new MayflyError(
        "usage",
        `cannot read --env "${text}"`,
        "write --env KEY=VALUE, or --env KEY for a variable that is set",
      );
    }
    return [key, value];
  };
}

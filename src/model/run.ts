import type { Json } from "./json.ts";
import type { Cost, Money } from "./money/money.ts";

/** What is about to be done that creates, changes or removes something; written before it is done. */
export interface Intent {
  do: string;
  /** Names the thing within its run: `step-0`, `bucket-results`. */
  id: string;
  [more: string]: Json | undefined;
}

/** Everything that creates, changes or removes something goes through this; only the engine makes one. */
export type Act = <T>(
  intent: Intent,
  call: () => T | Promise<T>,
  seen?: (result: T) => Json,
) => Promise<T>;

/** An intent read back from a journal, with what is known to have come of it. */
export interface Attempt {
  intent: Intent;
  /** When it was about to be done. */
  at: number;
  seen?: Json;
  done: boolean;
}

export type RunState = "running" | "succeeded" | "failed" | "cancelled" | "killed";

export interface StepRecord {
  index: number;
  name: string;
  kind: string;
  state: "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
  exitCode?: number;
  startedAt?: number;
  endedAt?: number;
  appIds?: string[];
}

/** `run.json`: the summary of a run, whole at any moment. Recovery reads the journal, not this. */
export interface RunRecord {
  version: 1;
  id: string;
  job: string;
  source: string;
  target: string;
  kind: string;
  spark?: string;
  state: RunState;
  /** What it ended with; a run that was killed could not say. */
  exitCode?: number;
  createdAt: number;
  endedAt?: number;
  steps: StepRecord[];
  outputs?: OutputRecord[];
  time?: TimeSplit;
  /** Of what it ran on, where that is paid for. */
  cost?: Cost;
  failure?: Failure;
  receipt?: Receipt;
  /** What was asked, so that `rerun` can ask it again. Secrets are not in it. */
  request: Json;
}

const STATES = ["running", "succeeded", "failed", "cancelled", "killed"];

/** Of what a file holds: somebody else may have written or cut it. All that is asked of a record without a look is there. */
export function isRunRecord(value: unknown): value is RunRecord {
  const record = fieldsOf(value);
  const texts = (of: Record<string, unknown>, ...names: string[]) =>
    names.every((name) => typeof of[name] === "string");
  const all = (of: unknown, each: (one: Record<string, unknown>) => boolean) =>
    Array.isArray(of) && of.every((one) => each(fieldsOf(one)));
  return (
    record.version === 1 &&
    STATES.includes(String(record.state)) &&
    Number.isFinite(new Date(record.createdAt as number).getTime()) &&
    texts(record, "job", "target") &&
    all(record.steps, (step) => texts(step, "name", "state")) &&
    all(record.outputs ?? [], (output) => texts(output, "name", "uri", "path", "format")) &&
    (record.failure === undefined || texts(fieldsOf(record.failure), "message"))
  );
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

export interface OutputRecord {
  name: string;
  uri: string;
  path: string;
  files: number;
  bytes: number;
  format: string;
  rows?: number;
  schema?: { name: string; type: string }[];
  missing?: true;
  /** It lies at the URI, and was brought to the path. */
  brought?: true;
}

export interface TimeSplit {
  startMs: number;
  workMs: number;
  stopMs: number;
}

/** Why a run failed, the person's own line first. */
export interface Failure {
  step: number;
  where?: string;
  line?: string;
  message: string;
  hint?: string;
  exitCode: number;
}

export interface Receipt {
  created: string[];
  gone: string[];
  remains: string[];
  /** What remains costs a month; absent where that is not known. */
  usdPerMonth?: number;
  /** The same, with what is not known of it and the day of its prices. */
  perMonth?: Money;
}

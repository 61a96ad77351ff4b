import type { Emit } from "../model/event.ts";
import type { Job, Step } from "../model/job.ts";
import type { Cost } from "../model/money/money.ts";
import type { Plan } from "../model/plan.ts";
import type { Act, Attempt } from "../model/run.ts";

/** Where things of a project lie on this machine, and what stands for its buckets. */
export interface Places {
  /** The folder `.mayfly` of the project. */
  state: string;
  /** Bucket name → folder, from `mounts:`. */
  mounts: Record<string, string>;
  /** `s3://` means S3 itself, not folders. */
  liveS3: boolean;
}

export interface TargetContext {
  run: string;
  /** The folder of this run; targets keep their logs and staging in it. */
  folder: string;
  places: Places;
  strictRelease: boolean;
  /** Someone is looking: ask for progress. */
  progress: boolean;
  /** How long a step took the last time that the same was asked for. */
  expectedMs(step: number): number | undefined;
  /** Spare drivers: whether one may be used, and whether one is left for the next run. */
  warm: { use: boolean; keep: boolean };
  act: Act;
  emit: Emit;
  /** Events that nobody has taken yet: a program that prints faster than its reader reads is held back. */
  backlog(): number;
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
}

/**
 * A kind of place that can run a job. All that creates, changes or removes something goes through
 * `context.act`; `plan` touches nothing.
 */
export interface Target {
  kind: string;
  name: string;
  /** Its programs run elsewhere: `s3://` is S3 itself, `hdfs://` the place's own. */
  remote?: true;
  plan(job: Job, context: PlanContext): Promise<Plan>;
  open(plan: Plan, context: TargetContext): Promise<Session>;
  /** Starts a driver ahead of a run, where the kind has such a thing. */
  warm?(job: Job | undefined, context: WarmContext): Promise<WarmDriver | undefined>;
  /** Ends what a run whose process died left behind, from its journal's intents alone. */
  recover(left: LeftBehind): Promise<Closing>;
}

export interface WarmContext extends PlanContext {
  cwd: string;
  say(text: string): void;
}

export interface WarmDriver {
  id: string;
  /** The folder whose runs will use it. */
  cwd: string;
}

export interface PlanContext extends Pick<TargetContext, "places" | "strictRelease" | "env"> {
  /** Somebody wants to read the plan: what it would cost, ask for and make, looked up where it may be. */
  read?: true;
  /** How long the job may take, and who says so. */
  expected?: { hours: number; from: string };
  /** What it ran with on this machine. */
  laptop?: { spark?: string; python?: string };
}

export interface Session {
  /** The version that really runs, where the kind knows it. */
  spark?: string;
  /** Starts a step; returns when it has begun. */
  submit(step: Step, index: number): Promise<Submitted>;
  /** Emits what happens until the step has ended. */
  watch(submitted: Submitted): Promise<StepResult>;
  cancel(submitted: Submitted): Promise<void>;
  /** Where each output lies, for listing it. */
  outputs(): Promise<FoundOutput[]>;
  close(): Promise<Closing>;
}

export interface Submitted {
  index: number;
  step: Step;
}

export interface StepResult {
  exitCode: number;
  /** Died by a signal rather than by its own will. */
  signal?: string;
  apps: AppTime[];
}

export interface AppTime {
  id: string;
  startedAt: number;
  endedAt?: number;
}

export interface FoundOutput {
  name: string;
  uri: string;
  /** On this machine; empty where it lies elsewhere. */
  path: string;
  /** What was found there, where it lies elsewhere. */
  holds?: { files: number; bytes: number; format: string };
}

export interface LeftBehind {
  run: string;
  folder: string;
  places: Places;
  attempts: Attempt[];
  act: Act;
}

/** What closing did: what is confirmed gone, and what stays. */
export interface Closing {
  gone: string[];
  remains: string[];
  /** What it has cost, where it is paid for. */
  cost?: Cost;
}

import type { Emit } from "../model/event.ts";
import type { Job, Step } from "../model/job.ts";
import type { Plan } from "../model/plan.ts";
import type { Act, Attempt } from "../model/run.ts";
import type { ClusterKeeper } from "./clusters.ts";
import type { Closing, Ended, Places, TargetContext } from "./context.ts";

export type { Closing, Ended, Places, TargetContext };

/**
 * A kind of place that can run a job. All that creates, changes or removes something goes through
 * `context.act`; `plan` touches nothing.
 */
export interface Target {
  kind: string;
  name: string;
  /** What is done with clusters that stay, where the kind has such. */
  clusters?: ClusterKeeper;
  /** Its programs run elsewhere: `s3://` is S3 itself, `hdfs://` the place's own. */
  remote?: true;
  plan(job: Job, context: PlanContext): Promise<Plan>;
  open(plan: Plan, context: TargetContext): Promise<Session>;
  /** Starts a driver ahead of a run, where the kind has such a thing. */
  warm?(job: Job | undefined, context: WarmContext): Promise<WarmDriver | undefined>;
  /** Ends what a run whose process died, or that never opened, left behind: from its journal's intents alone. */
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
  /** No job: a cluster that is opened under this name, and stays. */
  stays?: true;
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
  /** Brings an output that lies elsewhere into a folder of this machine, also when all else is closed. */
  bring?(output: FoundOutput, to: string): Promise<void>;
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
  /** The job wants it at this path of this machine. */
  home?: string;
  /** What was found there, where it lies elsewhere. */
  holds?: { files: number; bytes: number; format: string };
}

export interface LeftBehind {
  run: string;
  folder: string;
  places: Places;
  attempts(): Attempt[];
  act: Act;
  env: NodeJS.ProcessEnv;
  /** Until all is gone; otherwise it is asked to go, and `pending` tells what is not gone yet. */
  wait: boolean;
  signal?: AbortSignal;
  emit?: Emit;
}

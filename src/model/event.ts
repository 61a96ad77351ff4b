import type { Difference, RowChanges } from "./difference.ts";
import type { Cost } from "./money/money.ts";
import type { Failure, OutputRecord, Receipt, RunState, TimeSplit } from "./run.ts";

/** One thing that happened. The library emits these; a host shows them. */
export type Event = { at: number; run: string } & EventBody;

export type EventBody =
  | {
      code: "run.started";
      job: string;
      target: string;
      folder: string;
      /** Where its `.mayfly` lies, with the folders that stand for buckets. */
      project: string;
      steps: string[];
    }
  | { code: "note"; text: string }
  | { code: "fetch.progress"; what: string; bytes: number; total?: number }
  | { code: "step.started"; step: number; name: string; kind: string }
  | { code: "step.output"; step: number; stream: "stdout" | "stderr"; text: string }
  | { code: "step.app"; step: number; app: string; ui: string }
  | { code: "step.progress"; step: number; progress: Progress }
  | {
      code: "step.finished";
      step: number;
      name: string;
      state: string;
      exitCode: number;
      ms: number;
    }
  /** What the run has cost so far, where what it runs on is paid for. */
  | { code: "cost"; cost: Cost }
  | { code: "output"; output: OutputRecord }
  | { code: "step.failed"; failure: Failure }
  | {
      code: "run.finished";
      state: RunState;
      ms: number;
      /** Steps that failed; with `on_failure: continue` a run succeeds all the same. */
      failed: number;
      time?: TimeSplit;
      cost?: Cost;
      receipt: Receipt;
    }
  | { code: "watch.waiting"; files: number }
  | { code: "watch.changed"; files: string[] }
  /** What is another one than in the last run that went well. */
  | { code: "watch.compared"; with: string; outputs: Difference[]; printed?: RowChanges }
  /** As it is now, the job cannot be run at all. */
  | { code: "watch.refused"; message: string; remedy?: string };

export type EventCode = EventBody["code"];

/** What Spark's REST API tells of a running application. */
export interface Progress {
  stages: {
    id: number;
    name: string;
    done: number;
    active: number;
    failed: number;
    total: number;
  }[];
}

export type Emit = (event: EventBody) => void;

/** The public library. Events are an async iterable; nothing here writes to a terminal. */
export { type ErrorCode, MayflyError } from "./base/errors.ts";
export type { RunRequest } from "./engine/job/request.ts";
export { type Outcome, plan, type RunHandle, type RunOptions, run } from "./engine/run.ts";
export { type WatchHandle, type WatchRequest, watch } from "./engine/watch/watch.ts";
export type { Difference, RowChanges } from "./model/difference.ts";
export type { Event, EventCode } from "./model/event.ts";
export type { Job, SparkOptions, Step } from "./model/job.ts";
export type { Cost, Money } from "./model/money/money.ts";
export type { Plan } from "./model/plan.ts";
export type { Failure, OutputRecord, Receipt, RunRecord, RunState } from "./model/run.ts";

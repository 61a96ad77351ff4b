import type { MayflyError } from "../base/errors.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import type { Emit } from "../model/event.ts";
import type { Cost, Money } from "../model/money/money.ts";
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
  /** What the journal holds so far. */
  attempts(): Attempt[];
  emit: Emit;
  /** Events that nobody has taken yet: a program that prints faster than its reader reads is held back. */
  backlog(): number;
  signal: AbortSignal;
  /** Ends the run, as Ctrl-C does, and says why. */
  stop(why: MayflyError): void;
  env: NodeJS.ProcessEnv;
}

/** What became of what was to end. */
export type Ended = Required<Pick<Closing, "gone" | "remains" | "pending">>;

/** What closing did: what is confirmed gone, and what stays. */
export interface Closing {
  gone: string[];
  remains: string[];
  /** What it has cost, where it is paid for. */
  cost?: Cost;
  /** What remains costs a month, where that was counted. */
  perMonth?: Money;
  /** A cluster that stays, as was asked for. */
  kept?: ClusterRecord;
  /** Asked to go, or not even known to be there: to be asked again. */
  pending?: string[];
}

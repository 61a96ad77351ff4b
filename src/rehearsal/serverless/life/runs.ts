import type { Clock } from "../../../base/clock.ts";
import type { Records } from "../../records.ts";
import type { Application } from "../application.ts";
import {
  type Attempt,
  isActive,
  isOver,
  type JobRun,
  type JobRunState,
  lastAttempt,
  timeoutMinutes,
  type Worker,
} from "../job-run.ts";
import { allot, type Demand, neverFits } from "./capacity.ts";
import { attemptsLeft } from "./retry.ts";
import type { Waiting } from "./waiting.ts";

/** What really runs a job: on this machine, behind walls. */
export interface Machines {
  demand(run: JobRun, application: Application): Demand;
  /**
   * Runs an attempt to its end; what is wrong, where it fails. `begun` hears when its driver starts; its logs are where
   * they belong when this settles.
   */
  run(
    application: Application,
    run: JobRun,
    attempt: Attempt,
    signal: AbortSignal,
    begun: () => void,
  ): Promise<string | undefined>;
}

export interface RunLifeOptions {
  runs: Records<JobRun>;
  machines: Machines;
  clock: Clock;
  /** How many times as fast a run waits in its queue; it runs as fast as it does. */
  speed: number;
  waiting: Waiting;
  /** A run has ended: its application may have nothing to do. */
  ended(application: Application): void;
}

export interface RunLife {
  begin(application: Application, run: JobRun): void;
  /** False where it is too late. */
  cancel(run: JobRun): boolean;
  isBusy(application: Application): boolean;
  close(): Promise<void>;
}

export const INTERRUPTED = "The rehearsal ended while the job run was active.";

/** EMR Serverless's guide, "Job run states"; their details as public logs of Airflow's operator have them. */
const DETAILS: Partial<Record<JobRunState, string>> = {
  PENDING: "The JobRun is pending scheduling.",
  SCHEDULED: "The job has been scheduled and is acquiring resources to run.",
};

/** API reference of SchedulerConfiguration: what holds where only the other one is said. */
const CONCURRENT = 15;
const QUEUE_MINUTES = 360;
/** What a timer takes at once. */
const LONGEST_MS = 2 ** 31 - 1;

export function openRunLife(options: RunLifeOptions): RunLife {
  const { runs, machines, clock, speed, waiting, ended } = options;
  const active = new Map<JobRun, { stop: AbortController; done: Promise<void> }>();
  /** Those that are past the queue. */
  const admitted = new Set<JobRun>();
  /** Workers that are given out. */
  const given = new Map<JobRun, Worker[]>();
  let closing = false;

  const become = (run: JobRun, state: JobRunState, details = DETAILS[state] ?? "") => {
    const attempt = lastAttempt(run);
    attempt.state = state;
    attempt.details = details.slice(0, 256);
    attempt.times.updated = clock.now();
    if (state === "RUNNING") attempt.times.started = clock.now();
    if (isOver(attempt)) attempt.times.ended = clock.now();
    runs.note(run);
  };
  const of = ({ id }: Application) => [...active.keys()].filter((run) => run.application === id);
  const taken = (application: Application) =>
    of(application).flatMap((run) => given.get(run) ?? []);

  /** Why it fails, or undefined. `begun` hears when it runs. */
  const attempt = async (
    application: Application,
    run: JobRun,
    signal: AbortSignal,
    begun: () => void,
  ) => {
    const { settings } = application;
    const queue = settings.schedulerConfiguration;
    if (queue) {
      const most = queue.maxConcurrentRuns ?? CONCURRENT;
      const isFree = () => {
        if (of(application).filter((one) => admitted.has(one)).length >= most) return false;
        admitted.add(run);
        return true;
      };
      become(run, "QUEUED");
      const limit = new AbortController();
      void clock
        .sleep(((queue.queueTimeoutMinutes ?? QUEUE_MINUTES) * 60_000) / speed, limit.signal)
        .then(() => limit.abort());
      const came = await waiting.until(isFree, AbortSignal.any([signal, limit.signal]));
      limit.abort();
      const last = lastAttempt(run);
      last.times.queued = clock.now() - last.times.created;
      if (!came) return signal.aborted ? undefined : "The job run timed out in the queue.";
    }
    become(run, "PENDING");
    if (!(await waiting.until(() => application.state === "STARTED", signal))) return undefined;
    const demand = machines.demand(run, application);
    become(run, "SCHEDULED");
    const wrong = neverFits(demand, settings.maximumCapacity);
    if (wrong) return wrong;
    const roomFor = () => {
      const workers = allot(demand, application.settings.maximumCapacity, taken(application));
      if (workers) given.set(run, workers);
      return workers !== undefined;
    };
    if (!(await waiting.until(roomFor, signal))) return undefined;
    lastAttempt(run).workers = given.get(run) ?? [];
    const runs = () => {
      if (signal.aborted) return;
      become(run, "RUNNING");
      begun();
    };
    return machines.run(application, run, lastAttempt(run), signal, runs);
  };

  const live = async (application: Application, run: JobRun, stop: AbortController) => {
    const minutes = timeoutMinutes(run.request);
    const over = new AbortController();
    // Of all attempts together.
    const limitTime = async () => {
      let left = minutes * 60_000;
      for (; left > 0 && !over.signal.aborted; left -= LONGEST_MS)
        await clock.sleep(Math.min(left, LONGEST_MS), over.signal);
      if (over.signal.aborted || stop.signal.aborted) return;
      become(run, "CANCELLING", `The job run exceeded its timeout of ${minutes} minutes.`);
      stop.abort();
    };
    let timed = minutes === 0;
    const begun = () => {
      if (!timed) void limitTime();
      timed = true;
    };
    for (;;) {
      const wrong = await attempt(application, run, stop.signal, begun).catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      given.delete(run);
      admitted.delete(run);
      if (closing) become(run, "FAILED", INTERRUPTED);
      else if (stop.signal.aborted) become(run, "CANCELLED", lastAttempt(run).details);
      else if (wrong === undefined) become(run, "SUCCESS");
      else {
        become(run, "FAILED", wrong);
        if (attemptsLeft(run, clock.now())) {
          again(run);
          waiting.stir();
          continue;
        }
      }
      break;
    }
    over.abort();
    active.delete(run);
    waiting.stir();
    ended(application);
  };
  const again = (run: JobRun) => {
    const now = clock.now();
    const number = lastAttempt(run).number + 1;
    const times = { created: now, updated: now };
    run.attempts.push({ number, state: "SUBMITTED", details: "", times });
    runs.note(run);
  };

  return {
    begin(application, run) {
      const stop = new AbortController();
      const entry = { stop, done: Promise.resolve() };
      active.set(run, entry);
      // Whoever has asked for it sees SUBMITTED.
      entry.done = Promise.resolve().then(() => live(application, run, stop));
    },
    cancel(run) {
      const found = active.get(run);
      if (!found || !isActive(run)) return false;
      if (lastAttempt(run).state !== "CANCELLING") become(run, "CANCELLING");
      found.stop.abort();
      return true;
    },
    isBusy: (application) => of(application).length > 0,
    async close() {
      closing = true;
      const all = [...active.values()];
      for (const { stop } of all) stop.abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

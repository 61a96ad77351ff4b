import type { Clock } from "../../../base/clock.ts";
import type { Records } from "../../records.ts";
import type { Application, ApplicationState } from "../application.ts";

export interface ApplicationLifeOptions {
  applications: Records<Application>;
  /** How long an application is on its way from one state to the next. */
  stepMs: number;
  clock: Clock;
  /** How many times as fast an application is idle. */
  speed: number;
  isBusy(application: Application): boolean;
  /** An application has arrived in a state. */
  arrived(application: Application): void;
}

export interface ApplicationLife {
  /** From CREATING, and after a restart from where it was. */
  resume(application: Application): void;
  start(application: Application, details: string): void;
  stop(application: Application, details: string): void;
  /** It may have nothing to do from now on. */
  watchIdle(application: Application): void;
  close(): void;
}

/** What a state on the way leads to. */
const NEXT: Partial<Record<ApplicationState, ApplicationState>> = {
  CREATING: "CREATED",
  STARTING: "STARTED",
  STOPPING: "STOPPED",
};

/** EMR Serverless's guide, "Application states". */
export function openApplicationLife(options: ApplicationLifeOptions): ApplicationLife {
  const { applications, clock, stepMs, speed } = options;
  const closing = new AbortController();
  const idle = new Map<string, AbortController>();

  const become = (one: Application, state: ApplicationState, details: string) => {
    one.state = state;
    one.details = details;
    one.times.updated = clock.now();
    applications.note(one);
  };
  const walk = async (one: Application) => {
    const from = one.state;
    const to = NEXT[from];
    if (!to) return;
    await clock.sleep(stepMs, closing.signal);
    // It may have been sent elsewhere meanwhile.
    if (closing.signal.aborted || one.state !== from) return;
    become(one, to, one.details);
    watchIdle(one);
    options.arrived(one);
  };
  const go = (one: Application, state: ApplicationState, details: string) => {
    become(one, state, details);
    void walk(one);
  };
  const watchIdle = (one: Application) => {
    idle.get(one.id)?.abort();
    const { enabled, idleTimeoutMinutes } = one.settings.autoStopConfiguration;
    if (one.state !== "STARTED" || !enabled || options.isBusy(one)) return;
    const watch = new AbortController();
    idle.set(one.id, watch);
    const signal = AbortSignal.any([watch.signal, closing.signal]);
    void clock.sleep((idleTimeoutMinutes * 60_000) / speed, signal).then(() => {
      if (!signal.aborted && one.state === "STARTED" && !options.isBusy(one))
        go(one, "STOPPING", "Auto-stopped: the application was idle.");
    });
  };

  return {
    resume(one) {
      void walk(one);
      watchIdle(one);
    },
    start: (one, details) => go(one, "STARTING", details),
    stop: (one, details) => go(one, "STOPPING", details),
    watchIdle,
    close: () => closing.abort(),
  };
}

import { type Clock, systemClock } from "../../base/clock.ts";
import { type Cluster, type ClusterInstance, hasEnded, isEnding, type Step } from "./cluster.ts";
import { NotProvided } from "./machines/refused.ts";
import { type Growth, keepSizes } from "./machines/sizes.ts";
import { masterOf } from "./view.ts";

/** An instance has ended by itself. */
export type Lost = (why: string, one: ClusterInstance) => void;

/** What a cluster's life needs of the world; what it really runs is the nodes' matter. */
export interface Nodes extends Growth {
  /** The instances, each with its root; fails when they cannot be had. */
  provide(cluster: Cluster, lost: Lost): Promise<void>;
  /** All bootstrap actions on all instances; what is wrong, in EMR's words. */
  bootstrap(cluster: Cluster, signal: AbortSignal): Promise<string | undefined>;
  /** The cluster's tags are others now; these keys are gone. */
  retag(cluster: Cluster, gone: string[]): Promise<void>;
  /** Runs a step to its end; what is wrong where it fails. */
  run(cluster: Cluster, step: Step, signal: AbortSignal): Promise<Step["failure"] | undefined>;
  /** Ends them, when all that they have written is where it belongs. */
  release(cluster: Cluster): Promise<void>;
}

export interface LifeOptions {
  /** How long STARTING takes at least. */
  startMs: number;
  /** Passes of every change: it must be on the disk before anybody hears of it. */
  changed: (cluster: Cluster) => void;
  clock?: Clock;
}

/** A cluster from its first state to its last. */
export interface Life {
  /** There are new steps, or another number of them may run at once. */
  wake(): void;
  /** Ends the running step, or takes back one that waits; false where it is too late. */
  cancel(step: Step): boolean;
  terminate(reason: Cluster["reason"], withErrors?: boolean): void;
  ended: Promise<void>;
}

export function live(cluster: Cluster, nodes: Nodes, options: LifeOptions): Life {
  const { changed, clock = systemClock } = options;
  const stop = new AbortController();
  const running = new Map<Step, AbortController>();
  let end: { reason: Cluster["reason"]; withErrors: boolean } | undefined;
  let wake = () => {};
  let idleSince = clock.now();
  const sizes = keepSizes(cluster, nodes, { changed, now: clock.now, signal: stop.signal });

  const become = (state: Cluster["state"], reason: Cluster["reason"] = {}) => {
    cluster.state = state;
    cluster.reason = reason;
    if (hasEnded(cluster)) cluster.times.ended = clock.now();
    changed(cluster);
  };
  const setStep = (step: Step, state: Step["state"]) => {
    step.state = state;
    if (state === "RUNNING") step.times.started = clock.now();
    else if (state !== "CANCEL_PENDING") step.times.ended = clock.now();
    changed(cluster);
  };
  const terminate: Life["terminate"] = (reason, withErrors = false) => {
    if (end || hasEnded(cluster)) return;
    end = { reason, withErrors };
    become("TERMINATING", reason);
    stop.abort();
    wake();
  };

  const runStep = async (step: Step) => {
    const abort = new AbortController();
    running.set(step, abort);
    setStep(step, "RUNNING");
    const signal = AbortSignal.any([abort.signal, stop.signal]);
    const failure = await nodes.run(cluster, step, signal).catch((error: unknown) => ({
      Reason: "Unknown Error.",
      Message: String(error),
    }));
    running.delete(step);
    if (stop.signal.aborted) setStep(step, "INTERRUPTED");
    else if (abort.signal.aborted) setStep(step, "CANCELLED");
    else if (!failure) setStep(step, "COMPLETED");
    else {
      step.failure = failure;
      setStep(step, "FAILED");
      afterFailure(step);
    }
    wake();
  };
  const cancelPending = () => {
    for (const step of cluster.steps) if (step.state === "PENDING") setStep(step, "CANCELLED");
  };
  /** EMR's guide, "Submit work to a cluster": what ActionOnFailure means. */
  const afterFailure = (step: Step) => {
    if (step.onFailure === "CANCEL_AND_WAIT") cancelPending();
    if (step.onFailure === "TERMINATE_CLUSTER" || step.onFailure === "TERMINATE_JOB_FLOW") {
      cancelPending();
      terminate({ Code: "STEP_FAILURE", Message: "Shut down as step failed" }, true);
    }
  };

  const work = async () => {
    while (!end) {
      sizes.fit();
      const waiting = cluster.steps.filter(({ state }) => state === "PENDING");
      for (const step of waiting.slice(0, Math.max(0, cluster.stepConcurrency - running.size)))
        void runStep(step);
      const busy = running.size > 0 || waiting.length > 0;
      if (!busy && !cluster.keepAlive) {
        terminate({ Code: "ALL_STEPS_COMPLETED", Message: "Steps completed" });
        break;
      }
      const state = busy ? "RUNNING" : "WAITING";
      if (cluster.state !== state) {
        idleSince = clock.now();
        // As a cluster that waits says of itself in public traces.
        become(state, busy ? {} : { Message: "Cluster ready to run steps." });
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (!busy && cluster.idleTimeout !== undefined) watchIdle(cluster.idleTimeout, resolve);
      });
    }
  };
  const watchIdle = (seconds: number, resolve: () => void) => {
    const left = idleSince + seconds * 1000 - clock.now();
    const timer = setTimeout(
      () => {
        if (
          cluster.state === "WAITING" &&
          cluster.idleTimeout !== undefined &&
          clock.now() - idleSince >= cluster.idleTimeout * 1000
        )
          terminate({
            Code: "USER_REQUEST",
            Message: "Cluster was idle for too long: auto-termination policy",
          });
        resolve();
      },
      Math.max(0, left),
    );
    timer.unref();
    stop.signal.addEventListener("abort", () => clearTimeout(timer));
  };

  const run = async () => {
    try {
      const began = clock.now();
      await nodes.provide(cluster, (why, one) => {
        if (one !== masterOf(cluster)) return sizes.lost(one);
        // Its beginning is EMR's, which mrjob knows it by (Yelp/mrjob#1822).
        const Message = `The master node was terminated: ${why}`;
        terminate({ Code: "INSTANCE_FAILURE", Message }, true);
      });
      await clock.sleep(Math.max(0, options.startMs - (clock.now() - began)), stop.signal);
      if (!end) {
        if (cluster.bootstrapActions.length > 0) become("BOOTSTRAPPING");
        const wrong = await nodes.bootstrap(cluster, stop.signal);
        if (wrong && !end) terminate({ Code: "BOOTSTRAP_FAILURE", Message: wrong }, true);
      }
      if (!end) {
        cluster.times.ready = clock.now();
        await work();
      }
    } catch (error) {
      terminate(
        {
          Code: error instanceof NotProvided ? error.code : "INTERNAL_ERROR",
          Message: error instanceof Error ? error.message : String(error),
        },
        true,
      );
    }
    while (running.size > 0) await new Promise<void>((resolve) => (wake = resolve));
    cancelPending();
    await sizes.settled();
    await nodes.release(cluster).catch(() => {});
    become(end?.withErrors ? "TERMINATED_WITH_ERRORS" : "TERMINATED", end?.reason ?? {});
  };

  return {
    ended: run(),
    wake: () => wake(),
    terminate,
    cancel(step) {
      if (step.state === "PENDING") setStep(step, "CANCELLED");
      else if (step.state === "RUNNING" && !isEnding(cluster)) {
        setStep(step, "CANCEL_PENDING");
        running.get(step)?.abort();
      } else return false;
      wake();
      return true;
    },
  };
}

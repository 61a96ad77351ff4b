import { type Clock, systemClock } from "../../base/clock.ts";
import { type Faults, noFaults } from "../faults/faults.ts";
import { type Cluster, type ClusterInstance, hasEnded, isEnding, type Step } from "./cluster.ts";
import { NotProvided } from "./machines/refused.ts";
import { type Growth, keepSizes } from "./machines/sizes.ts";
import { bootstrapWith } from "./mishaps/bootstrap.ts";
import { befall } from "./mishaps/during.ts";
import { provisionWith } from "./mishaps/provision.ts";
import { masterOf } from "./view.ts";

/** An instance has ended, and nobody here has asked for it. */
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
  /** Hears of every change before anybody else does; never fails. */
  changed: (cluster: Cluster) => void;
  clock?: Clock;
  /** What is rehearsed to go wrong. */
  faults?: Faults;
  /** Nothing that is rehearsed to take its time holds up the rehearsal's own end. */
  closing?: AbortSignal;
  /** So many times as fast goes the time that a cluster waits. */
  speed?: number;
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
  const { changed, clock = systemClock, faults = noFaults, speed = 1 } = options;
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

  const lost: Lost = (why, one) => {
    if (one !== masterOf(cluster)) return sizes.lost(one, why);
    Object.assign(one, { state: "TERMINATED", reason: { Code: "INSTANCE_FAILURE", Message: why } });
    one.times.ended = clock.now();
    // As mrjob has seen it, and still looks for it; EMR says no more than the first sentence.
    const Message = `The master node was terminated. ${why}`;
    terminate({ Code: "INSTANCE_FAILURE", Message }, true);
  };
  /** For as long as it is rehearsed to stay in its state, `least` at any rate. */
  const linger = async (state: string, began: number, least = 0) => {
    const strike = faults.next("slow-state", { cluster: cluster.name, state });
    const ms = Math.max(least, strike?.ms ?? 0) - (clock.now() - began);
    await clock.sleep(Math.max(0, ms), state === "TERMINATING" ? options.closing : stop.signal);
  };

  const runStep = async (step: Step) => {
    const abort = new AbortController();
    running.set(step, abort);
    setStep(step, "RUNNING");
    const { killed, over } = befall(faults, cluster, step, { clock, stop: stop.signal, lost });
    const signal = AbortSignal.any([abort.signal, stop.signal, killed]);
    const failure = await nodes.run(cluster, step, signal).catch((error: unknown) => ({
      Reason: "Unknown Error.",
      Message: String(error),
    }));
    over();
    running.delete(step);
    if (stop.signal.aborted) setStep(step, "INTERRUPTED");
    else if (abort.signal.aborted) setStep(step, "CANCELLED");
    else if (!failure && !killed.aborted) setStep(step, "COMPLETED");
    else {
      step.failure = failure ?? { Reason: "Unknown Error." };
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
    const most = (seconds * 1000) / speed;
    const left = idleSince + most - clock.now();
    const over = () => {
      if (
        cluster.state === "WAITING" &&
        cluster.idleTimeout !== undefined &&
        clock.now() - idleSince >= (cluster.idleTimeout * 1000) / speed
      )
        terminate({
          Code: "USER_REQUEST",
          Message: "Cluster was idle for too long: auto-termination policy",
        });
      resolve();
    };
    void clock.sleep(Math.max(0, left), stop.signal).then(over);
  };

  const bootstrap = async () => {
    const began = clock.now();
    if (cluster.bootstrapActions.length > 0 || faults.has("slow-state")) become("BOOTSTRAPPING");
    const wrong = bootstrapWith(faults, cluster) ?? (await nodes.bootstrap(cluster, stop.signal));
    await linger("BOOTSTRAPPING", began);
    if (wrong && !end) terminate({ Code: "BOOTSTRAP_FAILURE", Message: wrong }, true);
  };

  const run = async () => {
    try {
      const began = clock.now();
      const minutes = (count: number) => clock.sleep((count * 60_000) / speed, stop.signal);
      const trouble = await provisionWith(faults, cluster, { minutes, now: clock.now });
      if (trouble?.details) cluster.errors = trouble.details;
      if (!trouble && !end) await nodes.provide(cluster, lost);
      await linger("STARTING", began, options.startMs);
      if (trouble) terminate(trouble.reason, true);
      if (!end) await bootstrap();
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
    await linger("TERMINATING", clock.now());
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

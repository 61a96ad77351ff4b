import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import { formatUsd } from "../../../model/money/money.ts";
import type { TargetContext } from "../../context.ts";
import type { Account } from "../account.ts";
import { costOf } from "../plan/actual.ts";

/** Instances come and go, and prices change, seldom within a minute. */
const LOOK_MS = 60_000;
const SOON_MS = 1000;

export interface Meter {
  /** Of this cluster; only what comes after `since` counts, where it was there before. */
  begin(cluster: string, since?: number): void;
  end(): void;
}

/**
 * Tells what a run has cost so far, once a minute, and ends the run when its budget is spent. What AWS does not answer
 * ends nothing: the timer on the primary has the budget's hours.
 */
export function openMeter(
  { emr, where: { region } }: Account,
  budget: number | undefined,
  { emit, env, stop, signal }: Pick<TargetContext, "emit" | "env" | "stop" | "signal">,
  clock: Clock = systemClock,
): Meter {
  const over = new AbortController();
  const ends = AbortSignal.any([over.signal, signal]);
  const watch = async (cluster: string, since: number | undefined) => {
    // Who sets the clock of this machine back wins no time: what was waited has passed.
    let now = clock.now();
    while (!ends.aborted) {
      const cost = await costOf(emr, cluster, region, env, since, { ...clock, now: () => now });
      if (ends.aborted) return;
      // Before there is an instance there is nothing to tell.
      if (cost && cost.perHour.atLeast + cost.atLeast + cost.unknown.length > 0)
        emit({ code: "cost", cost });
      const spent = cost?.atLeast ?? 0;
      if (budget !== undefined && spent >= budget) return stop(isSpent(budget, spent));
      const perMs = (cost?.perHour.atLeast ?? 0) / 3_600_000;
      const left = budget === undefined || perMs === 0 ? LOOK_MS : (budget - spent) / perMs;
      const wait = Math.max(SOON_MS, Math.min(LOOK_MS, left));
      await clock.sleep(wait, ends);
      now = Math.max(clock.now(), now + wait);
    }
  };
  return {
    begin: (cluster, since) => void watch(cluster, since),
    end: () => over.abort(),
  };
}

const isSpent = (budget: number, spent: number) =>
  new MayflyError(
    "budget",
    `the budget of ${formatUsd(budget)} is spent: the cluster has cost ${formatUsd(spent)} (estimate), and is ended`,
    "with more: --budget, or budget: of the target",
  );

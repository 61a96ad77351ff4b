import { formatDuration } from "../../../base/format.ts";
import { formatUsd, type Money, times } from "../../../model/money/money.ts";
import type { Quote } from "../../../model/plan.ts";
import type { PlanContext } from "../../target.ts";

/** From asking for a cluster until it takes a step: the source tutorials saw about 8 minutes. */
export const BOOT_HOURS = 8 / 60;

const hourly = ({ usd }: Money) =>
  usd === undefined ? [] : [`the cluster costs ${formatUsd(usd)} an hour`];

/** Of a cluster without a job: when it works until its time is over. */
export function quoteOfStay(perHour: Money, assumes: string[], ttlSeconds: number): Quote {
  const total = times(perHour, ttlSeconds / 3600);
  const lives = `at most: it ends itself after ${formatDuration(ttlSeconds * 1000)}`;
  return {
    ...{ basis: "estimate", perHour, total, assumes: [...hourly(perHour), lives, ...assumes] },
    ...(total.usd === undefined ? {} : { usd: total.usd }),
    ...(perHour.pricesOf ? { pricesOf: perHour.pricesOf } : {}),
  };
}

export function quoteOf(perHour: Money, assumes: string[], { expected }: PlanContext): Quote {
  const hour = hourly(perHour);
  const basis = "estimate";
  const of = perHour.pricesOf ? { pricesOf: perHour.pricesOf } : {};
  if (expected === undefined) {
    const open = "how long the job takes is not known: --hours says it";
    return { basis, perHour, ...of, assumes: [...hour, open, ...assumes] };
  }
  const total = times(perHour, BOOT_HOURS + expected.hours);
  return {
    ...{ basis, perHour, total, ...of },
    ...(total.usd === undefined ? {} : { usd: total.usd }),
    assumes: [
      ...hour,
      `${Math.round(BOOT_HOURS * 60)} minutes until it is ready`,
      expected.from,
      ...assumes,
    ],
  };
}

/**
 * Dollars, as far as prices are known. A price that is not known never counts as 0: `usd` is absent then, `atLeast` is what is
 * known of it, and `unknown` says what is missing.
 */
export interface Money {
  usd?: number;
  atLeast: number;
  unknown: string[];
  /** The day of the oldest price in it. */
  pricesOf?: string;
}

export const NOTHING: Money = { usd: 0, atLeast: 0, unknown: [] };

export const dollars = (usd: number, pricesOf?: string): Money => ({
  ...{ usd, atLeast: usd, unknown: [] },
  ...(pricesOf === undefined ? {} : { pricesOf }),
});

export const unknown = (what: string): Money => ({ atLeast: 0, unknown: [what] });

export function sum(...parts: Money[]): Money {
  const days = parts.flatMap(({ pricesOf }) => pricesOf ?? []).sort();
  const missing = [...new Set(parts.flatMap((part) => part.unknown))];
  const atLeast = parts.reduce((all, part) => all + part.atLeast, 0);
  return {
    ...(missing.length === 0 ? { usd: atLeast } : {}),
    atLeast,
    unknown: missing,
    ...(days[0] === undefined ? {} : { pricesOf: days[0] }),
  };
}

export function times(money: Money, factor: number): Money {
  return {
    ...money,
    ...(money.usd === undefined ? {} : { usd: money.usd * factor }),
    atLeast: money.atLeast * factor,
  };
}

/** What a run has cost, as its record keeps it. */
export interface Cost extends Money {
  /** `billed` is what AWS has put on a bill; all that Mayfly reckons from prices is an estimate. */
  basis: "estimate" | "billed";
  perHour: Money;
}

/** An instance that is paid for, from when to when. */
export interface Metered {
  from: number;
  /** Absent while it runs. */
  to?: number;
  perHour: Money;
}

/**
 * EC2 bills Linux by the second with a minimum of 60 (EC2 User Guide, "On-Demand Instances"); so do EMR (EMR FAQs, Billing:
 * "per-second … with a one-minute minimum") and EBS for what is attached to them (EBS pricing).
 */
const LEAST_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * What instances have cost from `since` until now, and what they cost an hour from now on. A clock that was set back
 * counts for nothing.
 */
export function meterOf(instances: readonly Metered[], now: number, since?: number): Cost {
  const billed = ({ from, to }: Metered, until: number) =>
    Math.max(LEAST_MS, Math.ceil((Math.min(to ?? until, until) - from) / 1000) * 1000);
  const spent = instances.map((one) => {
    const before = since === undefined || one.from >= since ? 0 : billed(one, since);
    return times(one.perHour, Math.max(0, billed(one, now) - before) / HOUR_MS);
  });
  const running = instances.filter(({ to }) => to === undefined || to > now);
  const perHour = sum(...running.map((one) => one.perHour));
  return { ...sum(...spent), basis: "estimate", perHour };
}

/** How long a budget lasts; undefined where that is not known. */
export function budgetHours(budget: number, perHour: Money): number | undefined {
  if (perHour.usd === undefined) return undefined;
  return perHour.usd === 0 ? Number.POSITIVE_INFINITY : budget / perHour.usd;
}

/** Small amounts keep the digits that say something. */
export function formatUsd(usd: number): string {
  if (usd === 0) return "$0";
  if (usd > 0 && usd < 0.00005) return "under $0.0001";
  const digits = usd >= 1 ? 2 : usd >= 0.01 ? 3 : 4;
  return `$${usd.toFixed(digits)}`;
}

/** `$0.31 (estimate, prices of 2025-04-24)` */
export function formatCost(money: Money & { basis?: Cost["basis"] }): string {
  const { basis = "estimate", pricesOf } = money;
  return `${formatMoney(money)} (${basis}${pricesOf ? `, prices of ${pricesOf}` : ""})`;
}

/** The same of what something would cost, where a sum may be known without its parts. */
export function formatQuote(quote: {
  usd?: number;
  total?: Money;
  basis: Cost["basis"];
  pricesOf?: string;
}): string {
  const { usd, total, basis, pricesOf } = quote;
  const amount = total ? formatMoney(total) : usd === undefined ? "unknown" : formatUsd(usd);
  return `${amount} (${basis}${pricesOf ? `, prices of ${pricesOf}` : ""})`;
}

/** For a column: `$0.72`, `unknown`, or `> $0.61`. */
export const briefMoney = ({ usd, atLeast }: Money): string =>
  usd !== undefined ? formatUsd(usd) : atLeast > 0 ? `> ${formatUsd(atLeast)}` : "unknown";

/** `$0.72`, `unknown`, or `more than $0.61 (unknown: …)`. */
export function formatMoney({ usd, atLeast, unknown: missing }: Money): string {
  if (usd !== undefined) return formatUsd(usd);
  const why = `unknown: ${missing.join(", ")}`;
  return atLeast > 0
    ? `more than ${formatUsd(atLeast)} (${why})`
    : `unknown (${missing.join(", ")})`;
}

import { MayflyError } from "../base/errors.ts";

const UNITS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of an age or a time as somebody writes it, behind `--older-than` or alone. */
export function readAge(text: string, option = "--older-than"): number {
  const match = /^(\d+)([dhms])$/.exec(text);
  if (match) return Number(match[1]) * (UNITS[match[2] ?? "d"] ?? 0);
  throw new MayflyError(
    "usage",
    `cannot read the ${option === "--older-than" ? "age" : "time"} "${text}"`,
    `write ${option} 7d, 12h or 30m`,
  );
}

/** An amount of dollars, as somebody writes it. */
export function readBudget(budget: string): string {
  if (/^\$?\d+(\.\d+)?$/.test(budget) && Number(budget.replace("$", "")) > 0) return budget;
  throw new MayflyError(
    "usage",
    `cannot read --budget "${budget}": it takes an amount of dollars`,
    "for example --budget '$5', or --budget 0.50",
  );
}

/** How long a job is said to take. */
export function readHours(said: string): number {
  const hours = Number(said);
  if (hours > 0 && Number.isFinite(hours)) return hours;
  throw new MayflyError("usage", `cannot read --hours "${said}"`, "a number of hours, as 0.5");
}

/** How many workers a cluster is to have. */
export function readWorkers(text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text) && Number(text) <= 10_000) return Number(text);
  throw new MayflyError(
    "usage",
    `cannot resize to ${text === undefined ? "nothing" : `"${text}"`}: it takes a number of workers`,
    "for example mayfly resize lab 8",
  );
}

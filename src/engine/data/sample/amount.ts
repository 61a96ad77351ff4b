import { MayflyError } from "../../../base/errors.ts";

/** How much of the whole to bring home. */
export type Amount = { rows: number } | { bytes: number } | { fraction: number };

/** So many rows are held in memory until all files have been seen. */
const MOST_ROWS = 5_000_000;

export function requireSensible(amount: Amount): void {
  if ("rows" in amount && amount.rows > MOST_ROWS) {
    throw new MayflyError(
      "usage",
      `cannot sample ${amount.rows} rows: that is more than ${MOST_ROWS}`,
      "take a part of everything instead: --fraction 0.1",
    );
  }
}

/** The part of files of so many bytes, where the amount says so; rows are counted, not estimated. */
export function partOf(amount: Exclude<Amount, { rows: number }>, bytes: number): number {
  return "fraction" in amount ? amount.fraction : Math.min(1, amount.bytes / Math.max(1, bytes));
}

import { MayflyError } from "../base/errors.ts";

const UNITS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 };

/** Milliseconds of an age or a time as it stands on the command line, behind `--older-than` or alone. */
export function readAge(text: string, option = "--older-than"): number {
  const match = /^(\d+)([dhms])$/.exec(text);
  if (match) return Number(match[1]) * (UNITS[match[2] ?? "d"] ?? 0);
  throw new MayflyError(
    "usage",
    `cannot read the ${option === "--older-than" ? "age" : "time"} "${text}"`,
    `write ${option} 7d, 12h or 30m`,
  );
}

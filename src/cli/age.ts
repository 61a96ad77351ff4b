import { MayflyError } from "../base/errors.ts";

const UNITS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Milliseconds of an age as it stands behind `--older-than`. */
export function readAge(text: string): number {
  const match = /^(\d+)([dhm])$/.exec(text);
  if (match) return Number(match[1]) * (UNITS[match[2] ?? "d"] ?? 0);
  throw new MayflyError(
    "usage",
    `cannot read the age "${text}"`,
    "write --older-than 7d, 12h or 30m",
  );
}

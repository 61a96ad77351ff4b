const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `10m`, `2h`, `1d`, as the schema of mayfly.yaml lets them through. */
export function secondsOf(text: string): number {
  const [, count = "", unit = ""] = /^([\d.]+)\s*([smhd])$/.exec(text) ?? [];
  return Number(count) * (SECONDS[unit] ?? Number.NaN);
}

/** `$5`, `0.50`. */
export const dollarsOf = (text: string): number => Number(text.replace(/^\$\s*/, ""));

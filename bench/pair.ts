/** A row of the table: Mayfly's times, and those of what it is compared with. */
export interface Pair {
  what: string;
  mine: number[];
  base: number[];
  /** The figure the reach is about, from both medians. */
  figure: Figure;
  reach: string;
}

export type Figure = (mine: number, base: number) => string;

export const ratio =
  (digits: number): Figure =>
  (mine, base) =>
    `${(mine / base).toFixed(digits)} x`;
export const difference: Figure = (mine, base) => `+${(mine - base).toFixed(0)} ms`;

/** One after the other, again and again: what the machine does meanwhile meets both alike. */
export function interleave(
  count: number,
  mine: () => number,
  base: () => number,
): Pick<Pair, "mine" | "base"> {
  const times: Pick<Pair, "mine" | "base"> = { mine: [], base: [] };
  for (let i = 0; i < count; i++) {
    times.base.push(base());
    times.mine.push(mine());
  }
  return times;
}

import type { Drawn } from "../../../src/model/dashboard/schema.ts";
import { type Cell, labelOf, type Table, valuesIn } from "./rows.ts";

/** Ten colours that are told apart on white and on black (Observable's). */
const PALETTE = [
  ...["#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951"],
  ...["#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"],
];
/** What has no colour of its own. */
export const INK = "#4269d0";

/** A colour for each value, or for each number between the least and the greatest. */
export type Colors =
  | { kind: "none" }
  | { kind: "named"; domain: Cell[]; range: string[] }
  | { kind: "ramp" };

/** Marks that stand for groups have a colour for each, also where these are numbers. */
const GROUPED = ["line", "bar", "area", "histogram", "surface"];

export function colorsOf(chart: Drawn, { rows, kinds }: Table): Colors {
  if (chart.color === undefined) return { kind: "none" };
  const ramp = kinds[chart.color] === "number" && !chart.colors && !GROUPED.includes(chart.mark);
  if (ramp) return { kind: "ramp" };
  const wished = Object.entries(chart.colors ?? {});
  const there = valuesIn(rows, chart.color);
  const first = wished.flatMap(([name]) => there.filter((cell) => labelOf(cell) === name));
  const domain = [...first, ...there.filter((cell) => !first.includes(cell))];
  const named = new Map(wished);
  const range = domain.map(
    (cell, i) => named.get(labelOf(cell)) ?? PALETTE[i % PALETTE.length] ?? INK,
  );
  return { kind: "named", domain, range };
}

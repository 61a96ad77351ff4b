import * as Plot from "@observablehq/plot";
import { type Cell, labelOf, type Row, valuesIn } from "./rows.ts";

/** One small chart for each value of a column, in as many rows as they need. */
export interface Facets {
  channels: { fx?: (row: Row) => number; fy?: (row: Row) => number };
  options: Plot.PlotOptions;
  /** The name of each, above it. */
  marks: Plot.Markish[];
  across: number;
  down: number;
}

const NARROWEST = 190;

export function facetsOf(
  rows: readonly Row[],
  column: string | undefined,
  label: string | undefined,
  width: number,
): Facets {
  if (column === undefined) return { channels: {}, options: {}, marks: [], across: 1, down: 1 };
  const values = valuesIn(rows, column);
  const fit = Math.max(1, Math.min(values.length, Math.floor(width / NARROWEST)));
  const down = Math.ceil(values.length / fit);
  const across = Math.ceil(values.length / down);
  const key = (cell: Cell | undefined) => (cell instanceof Date ? cell.getTime() : (cell ?? null));
  const at = new Map(values.map((value, i) => [key(value), i]));
  const place = (row: Row) => at.get(key(row[column])) ?? 0;
  const fx = (row: Row) => place(row) % across;
  const fy = (row: Row) => Math.floor(place(row) / across);
  return {
    ...{ across, down, channels: { fx, fy } },
    options: { fx: { axis: null, padding: 0.08 }, fy: { axis: null, padding: 0.18 } },
    marks: [
      Plot.text(
        values.map((value) => ({ [column]: value })),
        {
          ...{ fx, fy, frameAnchor: "top", dy: -12, fontWeight: "bold", fontSize: 11 },
          text: (row: Row) => `${label ?? column} = ${labelOf(row[column])}`,
        },
      ),
      Plot.frame({ strokeOpacity: 0.25 }),
    ],
  };
}

import * as Plot from "@observablehq/plot";
import type { Drawn } from "../../../src/model/dashboard/schema.ts";
import { type Colors, INK } from "./colors.ts";
import type { Facets } from "./facets.ts";
import { patchesOf } from "./grid.ts";
import { type Cell, labelOf, type Row, type Table, valuesIn } from "./rows.ts";

export interface Wish {
  chart: Drawn;
  table: Table;
  colors: Colors;
  facets: Facets;
  /** What is under the pointer is told: in a page, not in a picture. */
  tips: boolean;
}

/** The marks of Plot that a chart is made of. */
export function marksOf(wish: Wish): Plot.Markish[] {
  const { chart, table } = wish;
  const marks = MARKS[chart.mark](wish);
  const best = "best" in chart && chart.best ? bestRow(chart.best, table.rows) : undefined;
  return best ? [...marks, ...bestMarks(wish, best)] : marks;
}

const MARKS: Record<Drawn["mark"], (wish: Wish) => Plot.Markish[]> = {
  line: (wish) => {
    const { chart, facets, tips } = wish;
    const rows = sortedBy(wish.table.rows, chart.x);
    const z = chart.color === undefined ? {} : { z: chart.color };
    const options = { x: chart.x, y: yOf(chart), stroke: colorOf(wish), ...facets.channels };
    return [
      Plot.lineY(rows, { ...options, ...z, strokeWidth: 2, ...(tips ? { tip: true } : {}) }),
      // A few points are seen as such.
      ...(rows.length <= 200
        ? [Plot.dot(rows, { ...options, fill: colorOf(wish), stroke: null, r: 2.5 })]
        : []),
    ];
  },
  area: (wish) => {
    const { chart, facets, tips, table } = wish;
    const options = { x: chart.x, y: yOf(chart), fill: colorOf(wish), ...facets.channels };
    return [
      Plot.areaY(sortedBy(table.rows, chart.x), {
        ...options,
        ...(chart.color === undefined ? { fillOpacity: 0.6 } : { z: chart.color }),
        ...(tips ? { tip: true } : {}),
      }),
      Plot.ruleY([0]),
    ];
  },
  bar: (wish) => {
    const { chart, table, facets, tips } = wish;
    const options = {
      x: chart.x,
      y: yOf(chart),
      fill: colorOf(wish),
      ...facets.channels,
      tip: tips,
    };
    return isLying(chart, table)
      ? [Plot.barX(table.rows, options), Plot.ruleX([0])]
      : [Plot.barY(table.rows, options), Plot.ruleY([0])];
  },
  dot: (wish) => {
    const { chart, facets, tips, table } = wish;
    const size = "size" in chart ? chart.size : undefined;
    return [
      Plot.dot(table.rows, {
        ...{ x: chart.x, y: yOf(chart), fill: colorOf(wish), ...facets.channels, tip: tips },
        ...(size === undefined
          ? { r: table.rows.length > 1000 ? 2 : 3.5 }
          : { r: size, fillOpacity: 0.7, stroke: "currentColor", strokeOpacity: 0.4 }),
      }),
    ];
  },
  histogram: (wish) => {
    const { chart, facets, tips, table } = wish;
    const bins = "bins" in chart ? chart.bins : undefined;
    const options = { x: chart.x, fill: colorOf(wish), ...facets.channels, tip: tips };
    return [
      Plot.rectY(
        table.rows,
        Plot.binX(
          { y: "count" },
          { ...options, ...(bins === undefined ? {} : { thresholds: bins }) },
        ),
      ),
      Plot.ruleY([0]),
    ];
  },
  heatmap: (wish) => gridMarks(wish),
  surface: (wish) => gridMarks(wish),
  contour: (wish) => {
    const { chart, facets, table } = wish;
    const options = { x: chart.x, y: yOf(chart), fill: chart.color ?? "", ...facets.channels };
    return [
      Plot.contour(table.rows, {
        ...options,
        interpolate: "barycentric",
        stroke: "currentColor",
        strokeOpacity: 0.3,
      }),
    ];
  },
};

/** A bar lies where what it measures is x. */
export function isLying(chart: Drawn, { kinds }: Table): boolean {
  return chart.mark === "bar" && kinds[chart.x] === "number" && kinds[chart.y] !== "number";
}

const yOf = (chart: Drawn) => ("y" in chart ? chart.y : "");
const colorOf = ({ chart }: Wish) => chart.color ?? INK;

function gridMarks({ chart, table, facets, tips }: Wish): Plot.Markish[] {
  if (!("y" in chart) || chart.color === undefined) return [];
  const { x, y, color, facet } = chart;
  const texts = table.kinds[x] === "text" || table.kinds[y] === "text";
  if (texts)
    return [
      Plot.cell(table.rows, { x, y, fill: color, ...facets.channels, inset: 0.5, tip: tips }),
    ];
  const patches = patchesOf(table.rows, { x, y, color, facet });
  const dates = (axis: string, value: number) =>
    table.kinds[axis] === "date" ? new Date(value) : value;
  const data = patches.map((patch) => ({
    ...patch,
    ...{ x1: dates(x, patch.x1), x2: dates(x, patch.x2) },
    ...{ y1: dates(y, patch.y1), y2: dates(y, patch.y2) },
    ...(facet === undefined ? {} : { [facet]: patch.facet }),
  }));
  return [
    Plot.rect(data, {
      ...{ x1: "x1", x2: "x2", y1: "y1", y2: "y2", fill: "color", ...facets.channels },
      ...{ shapeRendering: "crispEdges", inset: 0 },
    }),
  ];
}

function sortedBy(rows: readonly Row[], column: string): Row[] {
  const at = (row: Row) => row[column];
  if (rows.every((row) => typeof at(row) === "string")) return [...rows];
  return [...rows].sort((a, b) => Number(at(a)) - Number(at(b)));
}

type Best = { max: string; text?: string | undefined } | { min: string; text?: string | undefined };

export function bestRow(best: Best, rows: readonly Row[]): Row | undefined {
  const [column, sign] = "max" in best ? [best.max, 1] : [best.min, -1];
  let found: Row | undefined;
  for (const row of rows) {
    if (row[column] === null) continue;
    if (!found || sign * Number(row[column]) > sign * Number(found[column])) found = row;
  }
  return found;
}

function bestMarks({ chart, facets, table }: Wish, row: Row): Plot.Markish[] {
  const best = "best" in chart ? chart.best : undefined;
  if (!best || !("y" in chart)) return [];
  const column = best.text ?? ("max" in best ? best.max : best.min);
  const at = { x: chart.x, y: chart.y, ...facets.channels };
  const lying = isLying(chart, table);
  const label = {
    ...{ text: () => `${column} = ${labelOf(row[column])}`, fontWeight: "bold", fontSize: 12 },
    ...{ stroke: "var(--mf-ground, white)", fill: "currentColor", strokeWidth: 4 },
    ...(lying
      ? { dx: -8, textAnchor: "end" as const }
      : { dy: -14, textAnchor: anchorOf(table, chart.x, row) }),
  };
  return [
    ...(chart.mark === "bar"
      ? []
      : [Plot.dot([row], { ...at, r: 7, stroke: "currentColor", strokeWidth: 2 })]),
    Plot.text([row], { ...at, ...label }),
  ];
}

/** A label near an end of the chart is turned inwards. */
function anchorOf({ rows }: Table, x: string, row: Row): "start" | "middle" | "end" {
  const all = valuesIn(rows, x).map((cell) => (typeof cell === "string" ? cell : Number(cell)));
  const at = row[x];
  const place = all.indexOf(typeof at === "string" ? at : Number(at)) / Math.max(1, all.length - 1);
  return place > 0.85 ? "end" : place < 0.15 ? "start" : "middle";
}

/** The order of the bars: as the query brings them, or by a column. */
export function barOrder(chart: Drawn, table: Table): Cell[] | undefined {
  if (chart.mark !== "bar") return undefined;
  const along = isLying(chart, table) ? chart.y : chart.x;
  const { sort } = chart;
  if (sort === undefined) return valuesIn(table.rows, along);
  const [column, sign] = sort.startsWith("-") ? [sort.slice(1), -1] : [sort, 1];
  const compare = (a: Row, b: Row) => {
    const [one, two] = [a[column] ?? "", b[column] ?? ""];
    return sign * (one < two ? -1 : one > two ? 1 : 0);
  };
  return [...new Set([...table.rows].sort(compare).map((row) => row[along] ?? null))];
}

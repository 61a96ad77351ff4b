import * as Plot from "@observablehq/plot";
import type { Drawn } from "../../../src/model/dashboard/schema.ts";
import { colorsOf } from "./colors.ts";
import { facetsOf } from "./facets.ts";
import { legendOf } from "./legend.ts";
import { barOrder, isLying, marksOf } from "./marks.ts";
import { type Cell, labelOf, type Table, valuesIn } from "./rows.ts";
import { widthOf } from "./svg.ts";

export interface ChartWish {
  document: Document;
  width: number;
  tips: boolean;
}

export interface Drawing {
  plot: SVGElement;
  legend: SVGElement | undefined;
  width: number;
  height: number;
  legendHeight: number;
}

/** A chart as SVG, in a browser and outside of one. */
export function drawChart(
  chart: Drawn,
  table: Table,
  { document, width, tips }: ChartWish,
): Drawing {
  const colors = colorsOf(chart, table);
  const labels = chart.labels ?? {};
  const facets = facetsOf(table.rows, chart.facet, undefined, width - 70);
  const marks = marksOf({ chart, table, colors, facets, tips });
  const y = "y" in chart ? chart.y : undefined;
  const slope = aslant(chart, table, width);
  const plot = Plot.plot({
    document,
    width,
    className: "mf-plot",
    ...{
      marginTop: chart.facet === undefined ? 24 : 34,
      marginBottom: slope ?? 40,
      marginRight: 16,
    },
    ...heightOf(chart, facets, width),
    ariaLabel: chart.title ?? `${chart.mark} of ${y ?? chart.x}`,
    x: {
      ...axisOf(chart, table, "x"),
      label: (labels.x ?? chart.x) || null,
      labelAnchor: "center",
      labelArrow: "none",
      ...(slope === undefined ? {} : { tickRotate: -40 }),
    },
    y: {
      ...axisOf(chart, table, "y"),
      label: (labels.y ?? y ?? "count") || null,
      labelArrow: "none",
      labelAnchor: "top",
    },
    marginLeft: leftOf(chart, table),
    r: { range: [0, 14] },
    ...facets.options,
    color:
      colors.kind === "named"
        ? {
            type: "categorical",
            domain: colors.domain as Iterable<Plot.RangeInterval | string>,
            range: colors.range,
          }
        : { type: chart.scale?.color ?? "linear", scheme: "viridis" },
    marks: [...marks, ...facets.marks],
  } as Plot.PlotOptions) as (SVGElement | HTMLElement) & Plot.Plot;
  // The page's own style sheet has these rules: its policy refuses any other.
  for (const style of plot.querySelectorAll("style")) style.remove();
  plot.setAttribute("role", "img");
  const giveRoles = () => {
    for (const g of plot.querySelectorAll("g[aria-label]:not([role])"))
      g.setAttribute("role", "group");
  };
  giveRoles();
  // What a pointer shows is made anew as it moves.
  if (tips) new MutationObserver(giveRoles).observe(plot, { childList: true, subtree: true });
  const legend = legendOf(
    document,
    colors,
    chart.color ? (plot.scale("color") as never) : undefined,
    {
      title: labels.color ?? chart.color,
      width,
    },
  );
  return {
    plot: plot as SVGElement,
    legend: legend?.node,
    width,
    height: Number(plot.getAttribute("height")),
    legendHeight: legend?.height ?? 0,
  };
}

/** Square charts have the height that they need. */
function heightOf(chart: Drawn, { down }: { down: number }, width: number): Plot.PlotOptions {
  if (chart.square) return { aspectRatio: 1 };
  const one = chart.height ?? Math.round(Math.max(220, Math.min(360, width * 0.55)));
  return { height: down === 1 ? one : (chart.height ?? 60 + down * 170) };
}

type Axis = "x" | "y";

const kindAt = (chart: Drawn, table: Table, axis: Axis) =>
  table.kinds[(chart as Partial<Record<Axis, string>>)[axis] ?? ""];

/** Of a heat map, beside a name there are names only. */
function isNamed(chart: Drawn, table: Table, axis: Axis): boolean {
  const axes: Axis[] = chart.mark === "heatmap" ? ["x", "y"] : [axis];
  return axes.some((one) => kindAt(chart, table, one) === "text");
}

const LONGEST = 36;

/** Places with a name each, cut where it is long; the table beside the chart has it whole. */
function names(cells: Cell[]): Plot.ScaleOptions {
  const tickFormat = (cell: Cell) => {
    const label = labelOf(cell);
    return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
  };
  return { domain: cells as string[], tickFormat } as Plot.ScaleOptions;
}

function axisOf(chart: Drawn, table: Table, axis: Axis): Plot.ScaleOptions {
  const column = axis === "x" ? chart.x : "y" in chart ? chart.y : undefined;
  const kind = column === undefined ? "number" : table.kinds[column];
  const domain = chart.domain?.[axis];
  const order = barOrder(chart, table);
  const along = chart.mark === "bar" && (axis === "y") === isLying(chart, table);
  if (along && order) return names(order);
  if (isNamed(chart, table, axis)) return names(valuesIn(table.rows, column ?? ""));
  return {
    ...(kind === "date"
      ? { type: "utc" as const }
      : chart.scale?.[axis]
        ? { type: chart.scale[axis] }
        : {}),
    ...(domain ? { domain, clamp: true } : {}),
    ...(kind === "number" && chart.scale?.[axis] === "log" ? { tickFormat: "~s" } : {}),
    ...(axis === "y" || isLying(chart, table) ? { grid: true } : {}),
    // Round ends for what is measured; grids and places end where they end.
    ...(GRIDS.includes(chart.mark) || domain || chart.scale?.[axis] === "log"
      ? {}
      : { nice: true }),
  } as Plot.ScaleOptions;
}

const GRIDS = ["heatmap", "surface", "contour"];

/** Room for the longest name on the left. */
function leftOf(chart: Drawn, table: Table): number {
  const column = "y" in chart ? chart.y : undefined;
  if (column === undefined || !isNamed(chart, table, "y")) return 56;
  const names = valuesIn(table.rows, column).map((cell) =>
    widthOf(labelOf(cell).slice(0, LONGEST), 10),
  );
  return Math.min(240, Math.max(40, ...names) + 14);
}

/** Names that do not fit beside each other stand aslant, and need this much room below. */
function aslant(chart: Drawn, table: Table, width: number): number | undefined {
  const order = barOrder(chart, table);
  const lying = isLying(chart, table);
  const cells =
    order && !lying ? order : table.kinds[chart.x] === "text" ? valuesIn(table.rows, chart.x) : [];
  const widest = Math.max(0, ...cells.map((cell) => widthOf(labelOf(cell), 10)));
  return widest + 6 < (width - 72) / cells.length ? undefined : Math.min(140, widest * 0.75 + 36);
}

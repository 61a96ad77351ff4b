import { missingColumns } from "../../../src/model/dashboard/columns.ts";
import { isProblem, type Result } from "../../../src/model/dashboard/results.ts";
import type { Chart } from "../../../src/model/dashboard/schema.ts";
import { MOST_CELLS } from "./grid.ts";
import type { Table } from "./rows.ts";

/** Why there is nothing to draw, and what to do. */
export interface Instead {
  kind: "waiting" | "empty" | "problem";
  text: string;
  remedy?: string | undefined;
}

export function insteadOf(chart: Chart, result: Result | undefined): Instead | undefined {
  if (!("query" in chart)) return undefined;
  if (!result) return { kind: "waiting", text: "Asking …" };
  if (isProblem(result)) return { kind: "problem", text: result.problem, remedy: result.remedy };
  const [missing] = missingColumns(chart, result);
  if (missing) return { kind: "problem", text: missing.problem, remedy: missing.remedy };
  if (result.rows.length === 0)
    return { kind: "empty", text: `The query “${chart.query}” brings no rows.` };
  const cells = ["heatmap", "surface"].includes(chart.mark) && result.rows.length > MOST_CELLS;
  if (cells)
    return {
      kind: "problem",
      text: "There are too many cells to draw.",
      remedy: "group them in the query",
    };
  return undefined;
}

/** What is not drawn, and would be missed. */
export function omissions(chart: Chart, result: Result, table: Table): string[] {
  if (isProblem(result)) return [];
  const said = result.more
    ? [`Only the first ${result.rows.length.toLocaleString("en-US")} rows are here.`]
    : [];
  if (!("x" in chart)) return said;
  const { x, scale } = chart;
  const columns: ["x" | "y", string][] = [
    ["x", x],
    ...("y" in chart ? [["y", chart.y] as ["y", string]] : []),
  ];
  const logs = columns.filter(([axis]) => scale?.[axis] === "log");
  const undrawn = table.rows.filter(
    (row) =>
      columns.some(([, name]) => row[name] === null) ||
      logs.some(([, name]) => Number(row[name]) <= 0),
  ).length;
  if (undrawn === 0) return said;
  return [
    ...said,
    `${undrawn === 1 ? "1 row is not drawn: it has" : `${undrawn.toLocaleString("en-US")} rows are not drawn: they have`} no ${columns.map(([, name]) => name).join(" or ")}${logs.length > 0 ? ", or none above 0" : ""}.`,
  ];
}

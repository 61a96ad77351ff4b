import { didYouMean } from "../../base/nearest.ts";
import { type Answer, isProblem, type Result } from "./results.ts";
import type { Chart, Dashboard } from "./schema.ts";

/** A mistake that only a look at the results shows; `path` is where in the file. */
export interface ColumnMistake {
  path: (string | number)[];
  problem: string;
  remedy: string;
}

/** The columns that a chart names, and where it names them. */
export function columnsOf(chart: Chart): { path: string[]; column: string }[] {
  const at = (path: string[], column: string | undefined) =>
    column === undefined ? [] : [{ path, column }];
  const named = chart as Partial<Record<string, unknown>>;
  const plain = ["x", "y", "color", "facet", "size", "value"].flatMap((word) =>
    at([word], named[word] as string | undefined),
  );
  const best = ("best" in chart && chart.best) as Record<string, string> | undefined | false;
  return [
    ...plain,
    ...Object.entries(best || {}).flatMap(([word, column]) => at(["best", word], column)),
    ...("sort" in chart ? at(["sort"], chart.sort?.replace(/^-/, "")) : []),
    ...("columns" in chart ? (chart.columns ?? []) : []).flatMap((column, i) =>
      at(["columns", String(i)], column),
    ),
  ];
}

/** The columns that a chart names, and its result has not. */
export function missingColumns(chart: Chart, { columns }: Answer): ColumnMistake[] {
  const names = columns.map(({ name }) => name);
  return columnsOf(chart)
    .filter(({ column }) => !names.includes(column))
    .map(({ path, column }) => ({
      path,
      problem: `the query "${"query" in chart ? chart.query : ""}" brings no column "${column}"`,
      remedy: didYouMean(column, names) ?? `it brings ${names.join(", ")}`,
    }));
}

export function columnMistakes(
  spec: Dashboard,
  result: (query: string) => Result | undefined,
): ColumnMistake[] {
  return spec.charts.flatMap((chart, i) => {
    const found = "query" in chart ? result(chart.query) : undefined;
    if (!found || isProblem(found)) return [];
    return missingColumns(chart, found).map((one) => ({
      ...one,
      path: ["charts", i, ...one.path],
    }));
  });
}

import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import {
  type Choice,
  chosen,
  isProblem,
  keyOf,
  type Page,
  type Result,
  type Value,
  type Values,
  valuesFor,
} from "../../model/dashboard/results.ts";
import type { Dashboard, DashboardInput } from "../../model/dashboard/schema.ts";
import type { Query } from "../../query/query.ts";
import { openDashboard } from "./find.ts";

/** A chart of more rows says nothing that fewer do not. */
export const MOST_ROWS = 50_000;

/** A dashboard with the present results for these inputs; what is wrong with one query stands in its place. */
export async function dashboardData(
  project: string,
  file: string,
  inputs: Record<string, Value>,
  query: Query,
  now: number = Date.now(),
): Promise<Page> {
  const { spec } = openDashboard(file);
  const choices = choose(await readChoices(spec, query), inputs, project);
  const values = chosen(choices);
  const results: Page["results"] = {};
  for (const [name, sql] of Object.entries(spec.queries ?? {}))
    results[name] = { [keyOf(sql, values)]: await ask(query, sql, values) };
  return { spec, choices, results, fixed: [], at: now };
}

export async function ask(query: Query, sql: string, values: Values): Promise<Result> {
  try {
    const { columns, rows, more } = await query.rows(sql, {
      most: MOST_ROWS,
      values: valuesFor(sql, values),
    });
    return { columns, rows, more };
  } catch (error) {
    if (!(error instanceof MayflyError)) throw error;
    return {
      problem: error.message,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    };
  }
}

/** What there is to choose from, each with its usual value. */
export async function readChoices(spec: Dashboard, query: Query): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const [name, input] of Object.entries(spec.inputs ?? {}))
    choices.push(await readChoice(name, input, spec, query));
  return choices;
}

async function readChoice(
  name: string,
  input: DashboardInput,
  spec: Dashboard,
  query: Query,
): Promise<Choice> {
  const label = input.label ?? name;
  if ("range" in input) {
    const [from, to] = input.range;
    const step =
      input.step ?? (Number.isInteger(from) && Number.isInteger(to) ? 1 : (to - from) / 100);
    return { name, label, kind: "range", from, to, step, value: input.default ?? from };
  }
  if ("date" in input) {
    const [from, to] = input.date;
    return { name, label, kind: "date", from, to, value: input.default ?? to };
  }
  const { select } = input;
  const options = Array.isArray(select)
    ? select
    : await listed(name, spec.queries?.[select.query] ?? "", query);
  const value = input.default ?? options[0] ?? "";
  return { name, label, kind: "select", options, value };
}

async function listed(name: string, sql: string, query: Query): Promise<Value[]> {
  const result = await ask(query, sql, {});
  if (isProblem(result))
    throw new MayflyError(
      "usage",
      `cannot list what the input "${name}" may be: ${result.problem}`,
      result.remedy,
    );
  return result.rows.flatMap(([cell]) =>
    typeof cell === "string" || typeof cell === "number" ? [cell] : [],
  );
}

/** The choices with what somebody has chosen. */
export function choose(choices: Choice[], inputs: Record<string, Value>, where: string): Choice[] {
  for (const name of Object.keys(inputs))
    if (!choices.some((one) => one.name === name))
      throw new MayflyError(
        "usage",
        `cannot set the input "${name}" in ${where}: the dashboard has no such input`,
        didYouMean(
          name,
          choices.map((one) => one.name),
        ) ??
          (choices.length > 0 ? `it has ${choices.map((one) => one.name).join(", ")}` : undefined),
      );
  return choices.map((choice) => {
    const wished = inputs[choice.name];
    return wished === undefined ? choice : { ...choice, value: fitting(choice, wished) };
  });
}

function fitting({ name, kind, options = [], from = 0, to = 0 }: Choice, wished: Value): Value {
  const wrong = (remedy: string | undefined) =>
    new MayflyError("usage", `cannot set the input "${name}" to "${wished}"`, remedy);
  if (kind === "select") {
    const found = options.find((one) => String(one) === String(wished));
    if (found !== undefined) return found;
    const words = options.map(String);
    throw wrong(didYouMean(String(wished), words) ?? `one of ${words.slice(0, 20).join(", ")}`);
  }
  const value = kind === "range" ? Number(wished) : String(wished);
  if (value >= from && value <= to) return value;
  throw wrong(`from ${from} to ${to}`);
}

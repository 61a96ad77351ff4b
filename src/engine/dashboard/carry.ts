import { MayflyError } from "../../base/errors.ts";
import { formatBytes } from "../../base/format.ts";
import { columnMistakes } from "../../model/dashboard/columns.ts";
import { firstOf } from "../../model/dashboard/read.ts";
import {
  type Choice,
  chosen,
  isProblem,
  keyOf,
  type Page,
  type Value,
  type Values,
} from "../../model/dashboard/results.ts";
import { inputsIn } from "../../model/dashboard/sql.ts";
import type { Query } from "../../query/query.ts";
import { ask, choose, readChoices } from "./ask.ts";
import type { FoundDashboard } from "./find.ts";

/** What a page carries at most: beyond that it takes long to open, and to send. */
export const MOST_RESULTS = 200;
export const MOST_BYTES = 20_000_000;
/** Beyond that no browser opens it. */
const TOO_MUCH = 100_000_000;

/**
 * Everything that a page needs which can ask nobody: the results for each combination of its inputs, where there are
 * not too many of them; else those for the present values, and the inputs are fixed.
 */
export async function carry(
  found: FoundDashboard,
  inputs: Record<string, Value>,
  query: Query,
  now: number = Date.now(),
): Promise<Page> {
  const { spec } = found;
  const choices = choose(await readChoices(spec, query), inputs, `"${found.file}"`);
  const usual = chosen(choices);
  const results: Page["results"] = {};
  const fixed = new Set<string>();
  let count = 0;
  let bytes = 0;
  const keep = async (name: string, sql: string, values: Values) => {
    const of = results[name] ?? {};
    results[name] = of;
    const key = keyOf(sql, values);
    if (of[key]) return;
    const result = await ask(query, sql, values);
    if (isProblem(result)) throw refused(found, name, result.problem, result.remedy);
    of[key] = result;
    count++;
    bytes += JSON.stringify(result).length;
    if (bytes > TOO_MUCH)
      throw refused(
        found,
        name,
        `its rows make the page larger than ${formatBytes(TOO_MUCH)}`,
        "let SQL do more: group, choose columns, or limit",
      );
  };
  const queries = Object.entries(spec.queries ?? {});
  for (const [name, sql] of queries) await keep(name, sql, usual);
  const mistakes = columnMistakes(spec, (name) => Object.values(results[name] ?? {})[0]);
  if (mistakes.length > 0) throw firstOf(mistakes, found.file, found.place);
  for (const [name, sql] of queries) {
    const used = choices.filter((one) => inputsIn(sql).includes(one.name));
    const all = combinations(used, MOST_RESULTS - count + 1);
    if (all)
      for (const values of all) {
        if (bytes > MOST_BYTES) break;
        await keep(name, sql, values);
      }
    if (!all || bytes > MOST_BYTES) for (const one of used) fixed.add(one.name);
  }
  return { spec, choices, results, fixed: [...fixed], at: now };
}

function refused(
  { file, place }: FoundDashboard,
  name: string,
  problem: string,
  remedy: string | undefined,
): MayflyError {
  const { line, column } = place(["queries", name]);
  return new MayflyError(
    "usage",
    `cannot ask the query "${name}" of "${file}":${line}:${column}: ${problem}`,
    remedy,
  );
}

/** Every combination of what may be chosen; undefined where there are more than so many. */
export function combinations(choices: Choice[], most: number): Values[] | undefined {
  let all: Values[] = [{}];
  for (const choice of choices) {
    const values = valuesOf(choice, most);
    if (!values || values.length * all.length > most) return undefined;
    all = all.flatMap((one) => values.map((value) => ({ ...one, [choice.name]: value })));
  }
  return all;
}

const DAY = 86_400_000;

function valuesOf(choice: Choice, most: number): Value[] | undefined {
  const { kind, options = [], value } = choice;
  if (kind === "select") return options;
  const date = kind === "date";
  const number = (one: Value | undefined) => (date ? Date.parse(String(one)) : Number(one));
  const [from, to, step] = [
    number(choice.from),
    number(choice.to),
    date ? DAY : (choice.step ?? 1),
  ];
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > most) return undefined;
  const all = Array.from({ length: count }, (_, i) => {
    const at = from + i * step;
    return date ? new Date(at).toISOString().slice(0, 10) : Number(at.toPrecision(12));
  });
  return all.includes(value as never) ? all : [value, ...all];
}

import type { Json } from "../json.ts";
import type { Dashboard } from "./schema.ts";
import { inputsIn } from "./sql.ts";

/** What a query has brought, or why it has brought nothing. */
export interface Answer {
  columns: { name: string; type: string }[];
  rows: Json[][];
  /** There were more rows than are here. */
  more: boolean;
}
export interface Problem {
  problem: string;
  remedy?: string;
}
export type Result = Answer | Problem;

export type Value = string | number;
export type Values = Record<string, Value>;

export const isProblem = (result: Result): result is Problem => "problem" in result;

/** What somebody may choose; `all` is what a page that lies alone can offer, at most. */
export interface Choice {
  name: string;
  label: string;
  kind: "select" | "range" | "date";
  /** Of a select: every value. */
  options?: Value[];
  from?: Value;
  to?: Value;
  step?: number;
  value: Value;
}

/** Everything that a page draws from: pure data. */
export interface Page {
  spec: Dashboard;
  choices: Choice[];
  /** Query → the values of the inputs it uses, as `keyOf` writes them → what it has brought. */
  results: Record<string, Record<string, Result>>;
  /** Inputs of which only the present value is here. */
  fixed: string[];
  /** When the queries were asked, in milliseconds. */
  at: number;
}

/** Results are told apart by the inputs that their query uses, and by no others. */
export function keyOf(sql: string, values: Values): string {
  return JSON.stringify(inputsIn(sql).map((name) => values[name] ?? null));
}

/** Values as SQL gets them: those that a query uses. */
export function valuesFor(sql: string, values: Values): Values {
  return Object.fromEntries(
    inputsIn(sql).flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
}

export const chosen = (choices: Choice[]): Values =>
  Object.fromEntries(choices.map(({ name, value }) => [name, value]));

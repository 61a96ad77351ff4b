import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  listValue,
  StatementType,
} from "@duckdb/node-api";
import type { Json } from "../../model/json.ts";
import { lex } from "../sql/lex.ts";
import { deniedIn } from "./functions.ts";

/** Words that a statement may begin with. A PRAGMA is a SELECT for DuckDB, too. */
const BEGINS =
  /^(?:select|with|from|values|table|explain|describe|desc|show|summarize|pivot|unpivot)$/i;

/** A statement that only reads, with its values; anything else is refused before it is prepared. */
export async function prepareChecked(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, Json> = {},
): Promise<DuckDBPreparedStatement> {
  // Before anything is prepared: some act when they are only looked up.
  const denied = deniedIn(sql);
  if (denied !== undefined) throw new Error(`the function ${denied} is not allowed here`);
  const statement = await prepareReading(connection, sql);
  bind(statement, values);
  return statement;
}

/** Prepared once: that looks into the files, which is a good part of a short query. */
async function prepareReading(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const tokens = lex(sql);
  const first = tokens.find(({ value }) => value !== "(");
  if (!first || first.value === ";") throw new Error("there is no statement in it");
  const begins = BEGINS.test(first.value) && first.kind === "word";
  const statements = begins ? await connection.extractStatements(sql) : undefined;
  if (statements && statements.count > 1 && /^pivot$/i.test(first.value))
    throw new Error("a PIVOT must name its columns here: PIVOT … ON … IN (…)");
  if (statements && statements.count !== 1)
    throw new Error(`one statement at a time, got ${statements.count}`);
  const explained = /^explain$/i.test(first.value);
  const statement = await statements?.prepare(0);
  const wanted = explained ? StatementType.EXPLAIN : StatementType.SELECT;
  if (statement?.statementType !== wanted)
    throw new Error(
      `only what reads is allowed: SELECT, FROM, WITH, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN; got ${first.value.toUpperCase().slice(0, 30)}`,
    );
  // EXPLAIN ANALYZE does what it explains.
  if (explained) await prepareReading(connection, sql.slice(explainedFrom(sql)));
  return statement;
}

function explainedFrom(sql: string): number {
  const tokens = lex(sql);
  let i = 1;
  if (/^analyze$/i.test(tokens[i]?.value ?? "")) i++;
  if (
    tokens[i]?.value === "(" &&
    !/^(?:select|with|from|values|\()$/i.test(tokens[i + 1]?.value ?? "")
  )
    while (i < tokens.length && tokens[i++]?.value !== ")");
  return tokens[i]?.at ?? sql.length;
}

function bind(statement: DuckDBPreparedStatement, values: Record<string, Json>): void {
  for (let i = 1; i <= statement.parameterCount; i++) {
    const name = statement.parameterName(i);
    if (!Object.hasOwn(values, name)) throw new Error(`there is no value for $${name}`);
    bindOne(statement, i, values[name] as Json, name);
  }
}

function bindOne(statement: DuckDBPreparedStatement, i: number, value: Json, name: string): void {
  if (value === null) statement.bindNull(i);
  else if (typeof value === "boolean") statement.bindBoolean(i, value);
  else if (typeof value === "string") statement.bindVarchar(i, value);
  else if (typeof value === "number" && Number.isSafeInteger(value))
    statement.bindBigInt(i, BigInt(value));
  else if (typeof value === "number") statement.bindDouble(i, value);
  else if (
    Array.isArray(value) &&
    value.every((one) => typeof one === "string" || typeof one === "number")
  )
    statement.bindList(i, listValue(value as string[]));
  else throw new Error(`the value of $${name} is no text, number, boolean or list of these`);
}

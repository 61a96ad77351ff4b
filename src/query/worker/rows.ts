import type { DuckDBConnection } from "@duckdb/node-api";
import type { Json } from "../../model/json.ts";
import type { Column, Rows } from "../query.ts";
import { prepareChecked } from "./checked.ts";
import type { Statement } from "./told.ts";
import { toJson } from "./values.ts";

/** More is not kept for one answer: it would have to pass as one message. */
const MOST_CELLS = 5_000_000;
/** Nor is more text: it lies in two processes, several times. A message has as much, too. */
const MOST_TEXT = 64 << 20;

export async function readRows(
  connection: DuckDBConnection,
  { sql, values }: Statement,
  most: number,
  some?: (rows: Json[][], columns: Column[]) => Promise<void>,
): Promise<Rows> {
  const began = performance.now();
  const statement = await prepareChecked(connection, sql, values);
  const result = await statement.stream();
  const columns = result
    .deduplicatedColumnNames()
    .map((name, i) => ({ name, type: result.columnType(i).toString() }));
  const limit = some ? most : Math.min(most, Math.floor(MOST_CELLS / Math.max(1, columns.length)));
  let rows: Json[][] = [];
  let count = 0;
  let more = false;
  let size = 0;
  const flush = async () => {
    if (!some || rows.length === 0) return;
    const full = rows;
    rows = [];
    size = 0;
    await some(full, columns);
  };
  for await (const chunk of result.yieldConvertedRows(toJson)) {
    for (const row of chunk as Json[][]) {
      more = count >= limit || (!some && size > MOST_TEXT);
      if (more) break;
      rows.push(row);
      count++;
      for (const cell of row) size += sizeOf(cell);
      if (some && size > MOST_TEXT) await flush();
    }
    await flush();
    if (more) break;
  }
  return { columns, rows, more, ms: performance.now() - began };
}

/** About how much text it is. */
function sizeOf(value: Json): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce<number>((sum, one) => sum + sizeOf(one as Json), 8);
}

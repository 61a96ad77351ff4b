import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileFormat, Rows } from "../query.ts";
import { withoutEnd } from "../sql/lex.ts";
import { prepareChecked } from "./checked.ts";
import { quoted } from "./locked.ts";
import type { Statement } from "./told.ts";

const OPTIONS: Record<FileFormat, string> = {
  parquet: "FORMAT parquet",
  csv: "FORMAT csv, HEADER",
  json: "FORMAT json, ARRAY true",
};

/** Into the temporary folder, the only one that can be written; what is no lone SELECT never gets here. */
export async function writeRows(
  connection: DuckDBConnection,
  { sql, values }: Statement,
  file: string,
  format: FileFormat,
): Promise<Rows> {
  const began = performance.now();
  await prepareChecked(connection, sql, values);
  const copy = `COPY (${withoutEnd(sql)}\n) TO ${quoted(file)} (${OPTIONS[format]})`;
  const written = await (await connection.prepare(copy)).runAndReadAll();
  const rows = Number(written.getRows()[0]?.[0] ?? 0);
  return { columns: [], rows: [[rows]], more: false, ms: performance.now() - began };
}

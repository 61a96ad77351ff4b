import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Table } from "../query.ts";
import type { OpenWish } from "./told.ts";

export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const named = (text: string) => `"${text.replaceAll('"', '""')}"`;
const listed = (texts: string[]) => `[${texts.map(quoted).join(", ")}]`;

/** By whole names of files, so that no pattern and no link leads anywhere else. */
const READERS: Record<Table["format"], (paths: string) => string> = {
  parquet: (paths) => `read_parquet(${paths}, union_by_name = true)`,
  csv: (paths) => `read_csv(${paths}, union_by_name = true)`,
  json: (paths) => `read_json(${paths}, union_by_name = true)`,
  // One column of lines, called as Spark calls it. No text holds the character that cuts it.
  text: (paths) =>
    `read_csv(${paths}, columns = {'value': 'VARCHAR'}, header = false, delim = '\x01', quote = '', escape = '', auto_detect = false)`,
};

/** So many statements run at once; the next ones wait. */
const CONNECTIONS = 6;

/** In this order nothing can be opened up again afterwards. */
export async function openLocked({
  files,
  temporary,
  memoryMb,
}: OpenWish): Promise<DuckDBConnection[]> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${memoryMb}MB`,
    temp_directory: temporary,
  });
  const connections: DuckDBConnection[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const connection = await instance.connect();
    connections.push(connection);
    // What is of one connection only must be said before all is locked.
    await connection.run("SET enable_progress_bar = true");
    await connection.run("SET enable_progress_bar_print = false");
  }
  for (const sql of [
    `SET GLOBAL allowed_paths = ${listed(files)}`,
    `SET GLOBAL allowed_directories = ${listed([temporary])}`,
    // As Spark on EMR has it: the same text says the same on every machine.
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL errors_as_json = true",
    "SET GLOBAL autoinstall_known_extensions = false",
    "SET GLOBAL autoload_known_extensions = false",
    "SET GLOBAL allow_community_extensions = false",
    "SET GLOBAL enable_external_access = false",
    "SET GLOBAL lock_configuration = true",
  ])
    await connections[0]?.run(sql);
  return connections;
}

export function viewOf({ schema = "main", name, format, paths }: Table): string[] {
  const view = `${named(schema)}.${named(name)}`;
  const select = `SELECT * FROM ${READERS[format](listed(paths))}`;
  return [
    `CREATE SCHEMA IF NOT EXISTS ${named(schema)}`,
    `CREATE OR REPLACE VIEW ${view} AS ${select}`,
  ];
}

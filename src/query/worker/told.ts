import type { Json } from "../../model/json.ts";
import type { Column, FileFormat, Rows, Table } from "../query.ts";

export interface OpenWish {
  /** What may be read; nothing else on this machine is. */
  files: string[];
  /** For what does not fit into memory, and what is written. */
  temporary: string;
  memoryMb: number;
}

export interface Statement {
  sql: string;
  /** Tables it names. */
  tables: Table[];
  values: Record<string, Json>;
}

/** What goes to the process, and what comes back. */
export type Told =
  | { do: "open"; id: number; wish: OpenWish }
  | { do: "rows"; id: number; statement: Statement; most: number; some: boolean }
  | { do: "write"; id: number; statement: Statement; file: string; format: FileFormat }
  | { do: "more"; id: number }
  | { do: "cancel"; id: number };

export type Said =
  | { said: "done"; id: number; rows: Rows }
  | { said: "some"; id: number; rows: Json[][]; columns: Column[] }
  | { said: "progress"; id: number; part: number }
  | { said: "wrong"; id: number; problem: Problem };

/** What DuckDB says of a text; `at` is where, in bytes. */
export interface Problem {
  message: string;
  kind?: string;
  /** What it has not found: a table, a function. */
  type?: string;
  name?: string;
  candidates?: string;
  at?: number;
}

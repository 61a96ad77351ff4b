import type { Json } from "../model/json.ts";

/** Files that are one table. */
export interface Table {
  name: string;
  /** `"RUN".name` is a table of an older run. */
  schema?: string;
  format: "parquet" | "csv" | "json" | "text";
  /** Whole names of files. */
  paths: string[];
}

export interface Column {
  name: string;
  /** As DuckDB names it. */
  type: string;
}

export interface Rows {
  columns: Column[];
  rows: Json[][];
  /** There were more than were asked for. */
  more: boolean;
  ms: number;
  /** What else is to be known of it: bytes that were read, and their price. */
  note?: string;
}

export interface Asking {
  /** How many rows at most. */
  most?: number;
  /** For `$name` in the text. */
  values?: Record<string, Json>;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** How much of it is done, from 0 to 1; nothing where DuckDB cannot tell. */
  progress?(part: number): void;
  /** Rows as they come instead of all at the end; the next ones come when this has settled. */
  some?(rows: Json[][], columns: Column[]): void | Promise<void>;
}

/** What may be asked, by name. */
export interface Known {
  /** As it stands behind FROM. */
  name: string;
  /** Where its files lie. */
  uri: string;
  run: string;
  job: string;
  format: string;
  rows?: number;
  bytes: number;
  /** As the run has found them, in Spark's words. */
  columns?: { name: string; type: string }[];
  /** Why it cannot be asked. */
  not?: string;
}

/** What is to be known of a result that became a file. */
export type Written = Pick<Rows, "ms" | "note">;

export type FileFormat = "parquet" | "csv" | "json";

export interface Query {
  /** One SELECT, or what explains one. */
  rows(sql: string, asking?: Asking): Promise<Rows>;
  /** Its result as a file of this machine. */
  write(sql: string, file: string, format: FileFormat, asking?: Asking): Promise<Written>;
  /** Tables by name, the newest first. */
  tables(): Known[];
  /** Of what must start before it answers. */
  state?(): "none" | "starting" | "ready";
  close(): void;
}

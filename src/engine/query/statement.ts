import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import type { Table } from "../../query/query.ts";
import { mentionsIn, replaceIn } from "../../query/sql/mentions.ts";
import { findRun } from "../runs/records.ts";
import type { Catalog, Entry } from "./catalog.ts";
import type { Files } from "./places.ts";

/** A text made ready for DuckDB: places became names of tables or lists of files. */
export interface Ready {
  sql: string;
  tables: Table[];
  /** All that is read for it. */
  files: string[];
  /** What was brought here for it may go. */
  release(): void;
  /** Where in the person's text something stands in this one. */
  before(place: number): number;
}

export interface Sources {
  project: string;
  cwd: string;
  catalog: Catalog;
  /** `held` gets what is to be done when nobody reads them any more. */
  filesOf(entry: Entry, held: Held): Promise<Files>;
  filesAt(uri: string, held: Held): Promise<Files>;
  /** Parquet of what only Spark reads. */
  converted(files: Files, uri: string, held: Held): Promise<Omit<Table, "name">>;
  /** How names are quoted, and what is read as it is. */
  dialect?: "spark";
}

export type Held = (() => void)[];

/** Questions about tables in general: all that lie here are made for them. */
const GENERAL = ["show", "information_schema", "duckdb_tables", "duckdb_views", "duckdb_columns"];

export async function readyStatement(sql: string, sources: Sources): Promise<Ready> {
  const held: Held = [];
  const release = () => {
    for (const one of held.splice(0)) one();
  };
  try {
    return { ...(await ready(sql, sources, held)), release };
  } catch (error) {
    release();
    throw error;
  }
}

async function ready(sql: string, sources: Sources, held: Held): Promise<Omit<Ready, "release">> {
  const { places, mentions, words } = mentionsIn(sql);
  const spark = sources.dialect === "spark";
  const tables = new Map<string, Table>();
  const files: string[] = [];
  const changes: { at: number; end: number; by: string }[] = [];
  const add = async (name: string, found: Files, uri: string, schema?: string) => {
    const table = {
      name,
      ...(await sources.converted(found, uri, held)),
      ...(schema ? { schema } : {}),
    };
    tables.set(`${schema ?? ""}.${name}`, table);
    files.push(...table.paths);
  };
  const addEntry = async (entry: Entry, schema?: string) => {
    requireAskable(entry);
    await add(entry.name, await sources.filesOf(entry, held), entry.uri, schema);
  };

  /** Spark quotes names in its own way, and temporary views have no schema. */
  const addForSpark = async (entry: Entry, at: number, end: number) => {
    requireAskable(entry);
    const view = `${nameFor(entry.name)}_${changes.length}`;
    await add(view, await sources.filesOf(entry, held), entry.uri);
    changes.push({ at, end, by: view });
  };
  const named = (entry: Entry, at: number, end: number, schema?: string) =>
    spark ? addForSpark(entry, at, end) : addEntry(entry, schema);

  for (const { parts, at, end } of mentions) {
    const [first = "", second] = parts;
    if (second !== undefined) {
      const entry = ofRun(first, second, sources);
      const whole = parts.join(".");
      if (entry) await named(entry, at, end, first);
      else if (isFile(whole, sources.cwd))
        places.push({ kind: "table", value: whole, at, end, listed: false });
      continue;
    }
    const entry = sources.catalog.find(first);
    if (entry)
      await (spark && first === entry.name && /^\w+$/.test(first)
        ? addEntry(entry)
        : named(entry, at, end));
    // DuckDB takes a quoted name for a file, too.
    else if (sql[at] === '"' && isFile(first, sources.cwd))
      places.push({ kind: "table", value: first, at, end, listed: false });
  }
  for (const { kind, value, at, end, listed } of places) {
    const found = await sources.filesAt(value, held);
    if (kind === "table" && spark) {
      const view = `place_${changes.length}`;
      await add(view, found, value);
      changes.push({ at, end, by: view });
      continue;
    }
    if (kind === "table") {
      await add(value, found, value);
      changes.push({ at, end, by: `"${value.replaceAll('"', '""')}"` });
      continue;
    }
    files.push(...found.paths);
    const texts = found.paths.map((path) => `'${path.replaceAll("'", "''")}'`);
    changes.push({
      at,
      end,
      by: listed || texts.length === 1 ? texts.join(", ") : `[${texts.join(", ")}]`,
    });
  }
  if (GENERAL.some((word) => words.has(word)))
    for (const entry of sources.catalog.all())
      if (!entry.not && entry.output.path !== "" && !tables.has(`.${entry.name}`))
        await addEntry(entry);
  const { text, before } = replaceIn(sql, changes);
  return { sql: text, before, tables: [...tables.values()], files };
}

const nameFor = (name: string) => name.replace(/\W+/g, "_");

const isFile = (name: string, cwd: string) =>
  /^(?:s3[an]?|hdfs):\/\//.test(name) || (/[/.]/.test(name) && existsSync(resolve(cwd, name)));

/** `"20260102-030405-abc123".out`, or the end of that id. */
function ofRun(run: string, name: string, { project, catalog }: Sources): Entry | undefined {
  if (!/^(?:last|[0-9a-f-]{4,})$/.test(run)) return undefined;
  const { record } = findRun(run, project);
  const found = catalog.of(record).find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = (record.outputs ?? []).map((one) => one.name).join(", ");
  throw new MayflyError(
    "not-found",
    `cannot find the output "${name}" of run ${record.id}`,
    names === "" ? "it has none" : `it has ${names}`,
  );
}

function requireAskable({ name, run, not }: Entry): void {
  if (not === undefined) return;
  throw new MayflyError("not-found", `cannot query "${name}" of run ${run}: ${not}`);
}

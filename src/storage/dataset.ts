import { closeSync, createReadStream, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { createGunzip } from "node:zlib";

export interface Column {
  name: string;
  type: string;
}

/** What lies under a path: enough to see at a glance whether a job wrote what it should. */
export interface Dataset {
  files: number;
  bytes: number;
  format: string;
  rows?: number;
  schema?: Column[];
}

const FORMATS = ["parquet", "csv", "json", "orc", "avro", "txt"];
/** Rows of text are counted by reading it: beyond this size that would take longer than it tells. */
const MOST_TEXT_BYTES = 1e9;

export async function describeDataset(path: string): Promise<Dataset> {
  const files = dataFiles(path);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const format = formatOf(files.map((file) => file.path));
  const base = { files: files.length, bytes, format };
  if (format === "parquet") return { ...base, ...(await describeParquet(files)) };
  if (["csv", "json", "text"].includes(format) && bytes <= MOST_TEXT_BYTES) {
    return { ...base, ...(await describeText(files, format)) };
  }
  return base;
}

/** Names that begin with _ or . are not data, as for Spark. */
export function dataFiles(path: string): { path: string; bytes: number }[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat || stat.isSymbolicLink()) return [];
  if (!stat.isDirectory()) return [{ path, bytes: stat.size }];
  return readdirSync(path)
    .filter((name) => !/^[_.]/.test(name))
    .sort()
    .flatMap((name) => dataFiles(join(path, name)));
}

function formatOf(paths: string[]): string {
  const found = new Set(
    paths.map((path) => {
      const parts = path
        .slice(path.lastIndexOf("/") + 1)
        .split(".")
        .slice(1);
      const known = parts.findLast((part) => FORMATS.includes(part));
      return known === undefined || known === "txt" ? "text" : known;
    }),
  );
  return found.size === 0 ? "nothing" : found.size === 1 ? ([...found][0] ?? "text") : "mixed";
}

async function describeParquet(
  files: { path: string; bytes: number }[],
): Promise<Partial<Dataset>> {
  const { parquetMetadata } = await import("hyparquet");
  let rows = 0;
  let schema: Column[] | undefined;
  try {
    for (const file of files) {
      const metadata = parquetMetadata(readFooter(file.path, file.bytes));
      rows += Number(metadata.num_rows);
      schema ??= topColumns(metadata.schema);
    }
  } catch {
    return {}; // half-written or not parquet: what is known is the files and bytes
  }
  return { rows, ...(schema ? { schema: [...schema, ...partitions(files[0]?.path ?? "")] } : {}) };
}

/** The last eight bytes say how long the footer before them is. */
function readFooter(path: string, size: number): ArrayBuffer {
  const file = openSync(path, "r");
  try {
    const tail = Buffer.alloc(8);
    readSync(file, tail, 0, 8, size - 8);
    const bytes = new Uint8Array(Math.min(size, tail.readUInt32LE(0) + 8));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.buffer;
  } finally {
    closeSync(file);
  }
}

interface Element {
  name: string;
  type?: string | undefined;
  num_children?: number | undefined;
  converted_type?: string | undefined;
}

/** Columns of the first level; what lies inside a struct, list or map is named by that word. */
function topColumns(elements: readonly Element[]): Column[] {
  const columns: Column[] = [];
  let i = 1;
  const skip = (): void => {
    const children = elements[i++]?.num_children ?? 0;
    for (let c = 0; c < children; c++) skip();
  };
  while (i < elements.length) {
    const { name, type, num_children: nested, converted_type: converted } = elements[i] as Element;
    columns.push({
      name,
      type: nested ? (converted ?? "struct").toLowerCase() : typeName(type, converted),
    });
    skip();
  }
  return columns;
}

function typeName(type = "", converted?: string): string {
  if (converted === "UTF8") return "string";
  if (converted) return converted.toLowerCase();
  return (
    {
      INT32: "int",
      INT64: "bigint",
      INT96: "timestamp",
      DOUBLE: "double",
      FLOAT: "float",
      BOOLEAN: "boolean",
    }[type] ?? "binary"
  );
}

function partitions(path: string): Column[] {
  return [...path.matchAll(/\/([^/=]+)=[^/]*(?=\/)/g)].map((match) => ({
    name: match[1] ?? "",
    type: "partition",
  }));
}

async function describeText(files: { path: string }[], format: string): Promise<Partial<Dataset>> {
  let rows = 0;
  const firsts: string[] = [];
  for (const file of files) {
    const stream = openText(file.path);
    if (!stream) return {};
    let first = "";
    let last = 10;
    for await (const part of stream) {
      if (first.length < 65_536 && !first.includes("\n")) first += part.toString("utf8", 0, 65_536);
      for (let i = part.indexOf(10); i >= 0; i = part.indexOf(10, i + 1)) rows++;
      last = part[part.length - 1] ?? last;
    }
    if (last !== 10) rows++;
    if (first !== "") firsts.push(first.split("\n")[0] ?? "");
  }
  if (format === "json") return { rows, ...schemaOf(jsonColumns(firsts[0] ?? "")) };
  const header = format === "csv" ? headerColumns(firsts) : undefined;
  return { rows: header ? rows - firsts.length : rows, ...schemaOf(header) };
}

const schemaOf = (schema: Column[] | undefined) => (schema ? { schema } : {});

/** Undefined for a packing that Node cannot read. */
function openText(path: string): AsyncIterable<Buffer> | undefined {
  if (/\.(bz2|snappy|zst|lz4|xz|deflate)$/.test(path)) return undefined;
  const raw = createReadStream(path);
  return path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
}

/** A header is a first line that every file has, of different words and no number. */
function headerColumns(firsts: string[]): Column[] | undefined {
  const [line = ""] = firsts;
  if (firsts.some((other) => other !== line)) return undefined;
  const words = line.trim().split(",");
  const named = words.every((word) => /^"?[A-Za-z_][^,]*$/.test(word));
  if (!named || new Set(words).size < words.length) return undefined;
  return words.map((word) => ({ name: word.replace(/^"|"$/g, ""), type: "text" }));
}

function jsonColumns(line: string): Column[] | undefined {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return Object.entries(value).map(([name, v]) => ({
      name,
      type: Array.isArray(v) ? "array" : v === null ? "null" : typeof v,
    }));
  } catch {
    return undefined;
  }
}

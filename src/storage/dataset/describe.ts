import { closeSync, createReadStream, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { isHidden } from "../glob.ts";
import { type Column, topColumns } from "./columns.ts";

/** What lies under a path: enough to see at a glance whether a job wrote what it should. */
export type { Column };

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

export function dataFiles(path: string): { path: string; bytes: number }[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat || stat.isSymbolicLink()) return [];
  if (stat.isFile()) return [{ path, bytes: stat.size }];
  if (!stat.isDirectory()) return []; // a pipe would keep us waiting for ever
  return readdirSync(path)
    .filter((name) => !isHidden(name))
    .sort()
    .flatMap((name) => dataFiles(join(path, name)));
}

/** By the names of the files. */
export function formatOf(paths: string[]): string {
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

function partitions(path: string): Column[] {
  return partitionsIn(path).map(([name]) => ({ name, type: "partition" }));
}

/** Columns that stand in the names of folders, with what they hold. */
export function partitionsIn(path: string): [name: string, value: string][] {
  return [...path.matchAll(/\/([^/=]+)=([^/]*)(?=\/)/g)].map((match) => [
    match[1] ?? "",
    match[2] ?? "",
  ]);
}

async function describeText(files: { path: string }[], format: string): Promise<Partial<Dataset>> {
  try {
    return await countText(files, format);
  } catch {
    return {}; // damaged, or gone meanwhile: what is known is the files and bytes
  }
}

async function countText(files: { path: string }[], format: string): Promise<Partial<Dataset>> {
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
  if (!path.endsWith(".gz")) return raw;
  const unpacked = createGunzip();
  return raw.on("error", (error) => unpacked.destroy(error)).pipe(unpacked);
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

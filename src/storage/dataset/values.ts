import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Values } from "../../model/difference.ts";
import { Bare, cell } from "./cell.ts";
import { type Dataset, dataFiles, partitionsIn } from "./describe.ts";

/** Of larger results only rows and schema are compared. */
const MOST_ROWS = 10_000;
const MOST_BYTES = 5e6;
const MOST_CELLS = 1e6;

/** The values of a small result as text; undefined for a large one, or what cannot be read here. */
export async function readValues(path: string, dataset: Dataset): Promise<Values | undefined> {
  if (dataset.bytes > MOST_BYTES || (dataset.rows ?? 0) > MOST_ROWS) return undefined;
  const files = dataFiles(path).map((file) => ({
    path: file.path,
    partitions: partitionsOf(file.path.slice(path.length)),
  }));
  try {
    switch (dataset.format) {
      case "parquet":
        return tableOf(await (await import("./parquet-values.ts")).parquetObjects(files));
      case "json":
        return jsonValues(files);
      case "csv":
        return csvValues(
          files,
          dataset.schema?.map((column) => column.name),
        );
      case "text":
        return { rows: files.flatMap((file) => linesOf(file.path)).map((line) => [line]) };
      default:
        return undefined;
    }
  } catch {
    return undefined; // half-written, or a packing that is not read here
  }
}

/** One word for all bytes of a dataset, in however many files of whatever names. */
export async function digestOf(path: string): Promise<string> {
  const digests: string[] = [];
  for (const file of dataFiles(path)) {
    const hash = createHash("sha256").update(dirname(file.path.slice(path.length)));
    for await (const chunk of createReadStream(file.path)) hash.update(chunk as Buffer);
    digests.push(hash.digest("hex"));
  }
  return createHash("sha256").update(digests.sort().join()).digest("hex");
}

interface DataFile {
  path: string;
  /** Columns that stand in the names of its folders. */
  partitions: Record<string, Bare>;
}

function jsonValues(files: DataFile[]): Values {
  const objects = files.flatMap(({ path, partitions }) =>
    linesOf(path)
      .filter((line) => line.trim() !== "")
      .map((line) => ({ ...requireObject(JSON.parse(line, exactly)), ...partitions })),
  );
  return tableOf(objects);
}

/** Rows that leave a column out, as JSON does for null, have it empty. */
function tableOf(objects: Record<string, unknown>[]): Values {
  const columns = new Set<string>();
  for (const object of objects) for (const name of Object.keys(object)) columns.add(name);
  if (columns.size * objects.length > MOST_CELLS) throw new Error("too many cells");
  const names = [...columns];
  const cellOf = (object: Record<string, unknown>, name: string) =>
    cell(Object.hasOwn(object, name) ? object[name] : null);
  return {
    columns: names,
    rows: objects.map((object) => names.map((name) => cellOf(object, name))),
  };
}

function requireObject(value: unknown): object {
  if (typeof value === "object" && value !== null && !(value instanceof Bare)) return value;
  throw new Error("a line of JSON that is no object");
}

/** A number stays the digits that it was: 2^53 is not the end. */
function exactly(_: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? new Bare(context?.source ?? String(value)) : value;
}

function csvValues(files: DataFile[], header: string[] | undefined): Values {
  const requireFit = (row: string[]) => {
    if (header && row.length > header.length) throw new Error("more cells than columns");
    return row;
  };
  const rows = files.flatMap(({ path, partitions }) =>
    splitCsv(textOf(path))
      .map(requireFit)
      .slice(header ? 1 : 0)
      .map((row) => [...row, ...Object.values(partitions).map(({ text }) => text)]),
  );
  const names = Object.keys(files[0]?.partitions ?? {});
  return { rows, ...(header ? { columns: [...header, ...names] } : {}) };
}

/** As Spark writes it: quotes around what has a comma, a quote or a line's end; a quote is \" or "". */
function splitCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cells = /(?:"((?:[^"\\]|\\[\s\S]|"")*)"|([^",\r\n][^,\r\n]*)?)(,|\r?\n|$)/gy;
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    if (!match) throw new Error("not CSV as Spark writes it");
    const [, quoted, plain = "", end] = match;
    // For Spark an empty cell is null, and "" is not.
    row.push(quoted === undefined ? plain : quoted.replace(/""|\\"/g, '"') || '""');
    if (end !== ",") {
      rows.push(row);
      row = [];
    } else if (cells.lastIndex === text.length) rows.push([...row, ""]);
  }
  return rows;
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (
    file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: 4 * MOST_BYTES }) : bytes
  ).toString("utf8");
}

function linesOf(file: string): string[] {
  const text = textOf(file).replace(/\r?\n$/, "");
  return text === "" ? [] : text.split(/\r?\n/);
}

function partitionsOf(path: string): Record<string, Bare> {
  return Object.fromEntries(partitionsIn(path).map(([name, value]) => [name, new Bare(value)]));
}

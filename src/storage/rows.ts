import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Values } from "../model/difference.ts";
import { type Dataset, dataFiles } from "./dataset.ts";

/** Of larger results only rows and schema are compared. */
export const MOST_ROWS = 10_000;
export const MOST_BYTES = 5e6;

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
        return await parquetValues(files);
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

interface DataFile {
  path: string;
  /** Columns that stand in the names of its folders. */
  partitions: Record<string, string>;
}

async function parquetValues(files: DataFile[]): Promise<Values> {
  const { parquetReadObjects } = await import("hyparquet");
  const objects: Record<string, unknown>[] = [];
  for (const { path, partitions } of files) {
    const bytes = new Uint8Array(readFileSync(path));
    const rows = await parquetReadObjects({ file: bytes.buffer });
    for (const row of rows) objects.push({ ...row, ...partitions });
  }
  return tableOf(objects);
}

function jsonValues(files: DataFile[]): Values {
  const objects = files.flatMap(({ path, partitions }) =>
    linesOf(path)
      .filter((line) => line.trim() !== "")
      .map((line) => ({ ...(JSON.parse(line) as object), ...partitions })),
  );
  return tableOf(objects);
}

/** Rows that leave a column out, as JSON does for null, have it empty. */
function tableOf(objects: Record<string, unknown>[]): Values {
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return {
    columns,
    rows: objects.map((object) => columns.map((column) => cell(object[column]))),
  };
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return String(value);
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" ? part.toString() : part,
  );
}

function csvValues(files: DataFile[], header: string[] | undefined): Values {
  const rows = files.flatMap(({ path, partitions }) =>
    splitCsv(textOf(path))
      .slice(header ? 1 : 0)
      .map((row) => [...row, ...Object.values(partitions)]),
  );
  const names = Object.keys(files[0]?.partitions ?? {});
  return { rows, ...(header ? { columns: [...header, ...names] } : {}) };
}

/** As Spark writes it: quotes around what has a comma, a quote or a line's end; a quote is \" or "". */
function splitCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cells = /(?:"((?:[^"\\]|\\[\s\S]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/gy;
  while (cells.lastIndex < text.length) {
    const match = cells.exec(text);
    if (!match) break;
    const [, quoted, plain = "", end] = match;
    row.push(quoted === undefined ? plain : quoted.replace(/""|\\"/g, '"'));
    if (end !== ",") {
      rows.push(row);
      row = [];
    } else if (cells.lastIndex === text.length) rows.push([...row, ""]);
  }
  return rows;
}

function textOf(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

function linesOf(file: string): string[] {
  const text = textOf(file).replace(/\r?\n$/, "");
  return text === "" ? [] : text.split(/\r?\n/);
}

function partitionsOf(path: string): Record<string, string> {
  return Object.fromEntries(
    [...path.matchAll(/\/([^/=]+)=([^/]*)(?=\/)/g)].map((match) => [
      match[1] ?? "",
      match[2] ?? "",
    ]),
  );
}

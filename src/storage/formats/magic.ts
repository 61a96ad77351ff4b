import type { Format, Packing } from "./types.ts";

/** What the first bytes say; text says nothing. */
export type Kind = "parquet" | "orc" | "avro" | Packing | "zip" | "pdf" | undefined;

const MAGIC: [bytes: string, kind: Exclude<Kind, undefined>][] = [
  ["PAR1", "parquet"],
  ["PARE", "parquet"],
  ["ORC", "orc"],
  ["Obj\x01", "avro"],
  ["\x1f\x8b", "gzip"],
  ["\x28\xb5\x2f\xfd", "zstd"],
  ["BZh", "bzip2"],
  ["\x04\x22\x4d\x18", "lz4"],
  ["\xfd7zXZ\0", "xz"],
  ["PK\x03\x04", "zip"],
  ["%PDF-", "pdf"],
];

export function kindOf(head: Buffer): Kind {
  const text = head.toString("latin1", 0, 8);
  return MAGIC.find(([bytes]) => text.startsWith(bytes))?.[1];
}

const FORMATS: Record<string, Format> = {
  parquet: "parquet",
  parq: "parquet",
  orc: "orc",
  avro: "avro",
  csv: "csv",
  tsv: "csv",
  json: "json",
  jsonl: "json",
  ndjson: "json",
  txt: "text",
  log: "text",
};
const PACKINGS: Record<string, Packing> = {
  gz: "gzip",
  zst: "zstd",
  deflate: "deflate",
  snappy: "snappy",
  bz2: "bzip2",
  lz4: "lz4",
  xz: "xz",
};

export interface Named {
  format?: Format;
  packing?: Packing;
}

/** What a name promises: `a.csv.gz` is packed text, while in `a.snappy.parquet` only the last word counts. */
export function readName(path: string): Named {
  const words = path
    .slice(path.lastIndexOf("/") + 1)
    .toLowerCase()
    .split(".")
    .slice(1);
  const packing = lookUp(PACKINGS, words.at(-1));
  if (packing) words.pop();
  const format = lookUp(FORMATS, words.at(-1));
  return { ...(format ? { format } : {}), ...(packing ? { packing } : {}) };
}

function lookUp<T>(table: Record<string, T>, word = ""): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Pages that a server sent instead of data. */
export function pageIn(text: string): string | undefined {
  if (/^\s*(?:<!doctype html|<html|<head|<body)/i.test(text)) return "an HTML page";
  if (/^\s*<\?xml|^\s*<Error>/.test(text)) return "XML";
  return undefined;
}

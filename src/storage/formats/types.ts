import type { Column } from "../dataset/columns.ts";

export type Format = "csv" | "json" | "parquet" | "orc" | "avro" | "text";
export type Packing = "gzip" | "zstd" | "deflate" | "snappy" | "bzip2" | "lz4" | "xz";

/** Something about one file that has nothing to do with any other. */
export interface Problem {
  /** `unread`: this file could hold anything; nobody has looked. */
  kind: "empty" | "name" | "packed" | "cut" | "damaged" | "ragged" | "layout" | "unread";
  text: string;
}

export interface FieldLook extends Column {
  /** JSON: a row may leave it out. */
  optional?: true;
}

/** What the beginning or the footer of one file tells. */
export interface Look {
  /** What is in it, whatever its name says; undefined where it could not be read. */
  format?: Format;
  columns: readonly FieldLook[];
  packing?: Packing;
  rows?: number;
  delimiter?: string;
  encoding?: string;
  /** `likely` where only the words look like names; other files may speak against it. */
  header?: "sure" | "likely" | "none";
  /** Records that go over several lines. */
  multiLine?: true;
  problems: Problem[];
}

/** Reads some of a file; whoever makes one counts. */
export interface Bytes {
  size: number;
  read(start: number, end: number): Promise<Buffer>;
}

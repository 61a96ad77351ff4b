import { type Column, structOf } from "../../dataset/columns.ts";
import type { Bytes, Look } from "../types.ts";
import { unpackChunks } from "./orc-chunks.ts";
import { buffersIn, type Message, numberIn, numbersIn, readMessage } from "./protobuf.ts";
import { damaged, type Tail, wholeFooter } from "./tail.ts";

/** Its last byte is the length of what stands before it, which ends in this mark. */
export function endsAsOrc(tail: Buffer): boolean {
  const length = tail.at(-1) ?? 0;
  return tail.length > 4 && tail.subarray(-4, -1).toString("latin1") === "ORC" && length > 3;
}

/** The postscript says where the footer begins and how it is packed; the footer has the types. */
export async function lookAtOrc(bytes: Bytes, tail: Tail): Promise<Look> {
  if (!endsAsOrc(tail.bytes))
    return damaged("orc", "cut", "its end is missing: it is cut off, or still being written");
  try {
    const length = tail.bytes.at(-1) ?? 0;
    const postscript = readMessage(tail.bytes.subarray(-1 - length, -1));
    const packed = numberIn(postscript, 1) ?? 0;
    const footer = await wholeFooter(bytes, tail, packed, length + 1);
    if (typeof footer === "string") return damaged("orc", "damaged", footer);
    const chunks = footer.subarray(0, packed);
    const unpacked = unpackChunks(chunks, numberIn(postscript, 2) ?? 0);
    if (typeof unpacked === "string") return damaged("orc", "unread", unpacked);
    const message = readMessage(unpacked);
    const types = buffersIn(message, 4).map(readMessage);
    return {
      format: "orc",
      columns: topFields(types),
      rows: numberIn(message, 6) ?? 0,
      problems: [],
    };
  } catch (error) {
    return damaged("orc", "damaged", `its footer cannot be read: ${(error as Error).message}`);
  }
}

const KINDS = [
  "boolean",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "float",
  "double",
  "string",
  "binary",
  "timestamp",
  "array",
  "map",
  "struct",
  "union",
  "decimal",
  "date",
  "varchar",
  "char",
  "timestamp",
];
const DEEPEST = 100;

function topFields(types: readonly Message[]): Column[] {
  return fieldsOf(types[0], types, 0);
}

function fieldsOf(type: Message | undefined, types: readonly Message[], depth: number): Column[] {
  if (!type || depth > DEEPEST) throw new Error("its types lead nowhere");
  const names = buffersIn(type, 3).map((name) => name.toString("utf8"));
  return numbersIn(type, 2).map((index, i) => ({
    name: names[i] ?? `_${i}`,
    type: typeName(types[index], types, depth + 1),
  }));
}

/** What ORC has no word for, Spark writes beside it: its timestamp without a zone is a bigint there. */
function sparkType(type: Message | undefined): string | undefined {
  if (!type) return undefined;
  const text = (message: Message, field: number) => buffersIn(message, field)[0]?.toString("utf8");
  const found = buffersIn(type, 7)
    .map(readMessage)
    .find((pair) => text(pair, 1) === "spark.sql.catalyst.type");
  const name = found ? text(found, 2) : undefined;
  return name === "timestamp_ntz" ? name : undefined;
}

function typeName(type: Message | undefined, types: readonly Message[], depth: number): string {
  const kind = sparkType(type) ?? KINDS[numberIn(type ?? new Map(), 1) ?? 0] ?? "binary";
  if (!["array", "map", "struct", "union", "decimal", "varchar", "char"].includes(kind))
    return kind;
  const held = fieldsOf(type, types, depth);
  if (kind === "struct") return structOf(held);
  if (kind === "array" || kind === "map" || kind === "union")
    return `${kind}<${held.map((field) => field.type).join(", ")}>`;
  const number = (field: number) => numberIn(type ?? new Map(), field);
  if (kind === "decimal") return `decimal(${number(5) ?? 38},${number(6) ?? 0})`;
  // Spark takes both for text.
  return "string";
}

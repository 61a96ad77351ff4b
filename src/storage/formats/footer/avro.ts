import type { Column } from "../../dataset/columns.ts";
import type { Bytes, Look } from "../types.ts";
import { avroColumns } from "./avro-types.ts";
import { damaged } from "./tail.ts";

export interface AvroHeader {
  schema: unknown;
  codec: string;
  /** Sixteen bytes that stand after every block. */
  sync: Buffer;
  /** Where the first block begins. */
  length: number;
}

const MOST_HEADER = 4 << 20;

export async function lookAtAvro(bytes: Bytes, head: Buffer): Promise<Look> {
  try {
    const { schema } = await readAvroHeader(bytes, head);
    const columns: Column[] = avroColumns(schema);
    return { format: "avro", columns, problems: [] };
  } catch (error) {
    return damaged("avro", "damaged", `its header cannot be read: ${(error as Error).message}`);
  }
}

/** The header stands at the beginning; where it is longer than what was read, more is. */
export async function readAvroHeader(bytes: Bytes, head: Buffer): Promise<AvroHeader> {
  const header = parseHeader(head);
  if (header) return header;
  const more = head.length < bytes.size ? parseHeader(await bytes.read(0, MOST_HEADER)) : undefined;
  if (!more) throw new Error("it does not end");
  return more;
}

/** Undefined where it goes on beyond these bytes. */
function parseHeader(head: Buffer): AvroHeader | undefined {
  const at = { is: 4 };
  const meta = new Map<string, Buffer>();
  for (;;) {
    let count = readLong(head, at);
    if (count === undefined) return undefined;
    if (count === 0) break;
    if (count < 0) {
      count = -count;
      readLong(head, at);
    }
    for (let i = 0; i < count; i++) {
      const key = readBytes(head, at);
      const value = key && readBytes(head, at);
      if (!key || !value) return undefined;
      meta.set(key.toString("utf8"), value);
    }
  }
  if (at.is + 16 > head.length) return undefined;
  return {
    schema: JSON.parse(meta.get("avro.schema")?.toString("utf8") ?? ""),
    codec: meta.get("avro.codec")?.toString("utf8") ?? "null",
    sync: head.subarray(at.is, at.is + 16),
    length: at.is + 16,
  };
}

/** Avro's zigzag numbers. */
export function readLong(bytes: Buffer, at: { is: number }): number | undefined {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at.is++];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return Number((value >> 1n) ^ -(value & 1n));
  }
  throw new Error("a number does not end");
}

function readBytes(head: Buffer, at: { is: number }): Buffer | undefined {
  const length = readLong(head, at);
  if (length === undefined) return undefined;
  if (length < 0) throw new Error("a length is negative");
  const value = head.subarray(at.is, at.is + length);
  at.is += length;
  return at.is > head.length ? undefined : value;
}

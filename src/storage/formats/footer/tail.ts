import { formatBytes } from "../../../base/format.ts";
import type { Bytes, Format, Look, Problem } from "../types.ts";

/** The end of a file, read on the chance that the footer is in it: mostly it is, and one request is enough. */
export const TAIL = 16 * 1024;
/** Of a larger footer only the memory that it takes would be new. */
const MOST_FOOTER = 32e6;

export interface Tail {
  bytes: Buffer;
}

export async function readTail(bytes: Bytes): Promise<Tail> {
  return { bytes: await bytes.read(Math.max(0, bytes.size - TAIL), bytes.size) };
}

/** The footer of that length with what stands after it; a text where there cannot be one. */
export async function wholeFooter(
  bytes: Bytes,
  tail: Tail,
  length: number,
  after: number,
): Promise<Buffer | string> {
  const all = length + after;
  if (all > bytes.size)
    return `it says that its footer has ${length} bytes, but the whole file has ${bytes.size}`;
  if (all > MOST_FOOTER) return `its footer has ${formatBytes(length)}, which is more than is read`;
  if (all <= tail.bytes.length) return tail.bytes.subarray(tail.bytes.length - all);
  const start = bytes.size - all;
  const missing = await bytes.read(start, bytes.size - tail.bytes.length);
  return Buffer.concat([missing, tail.bytes]);
}

/** It is a file of that format, or its name says so, and cannot be read as one. */
export function damaged(format: Format, kind: Problem["kind"], text: string): Look {
  return { columns: [], problems: [{ kind, text: `${format}: ${text}` }] };
}

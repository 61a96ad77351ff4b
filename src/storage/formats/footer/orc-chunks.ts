import { inflateRawSync, zstdDecompressSync } from "node:zlib";
import { unsnappy } from "../text/snappy.ts";

/** A footer never unpacks to more than this, whatever it says. */
const MOST = 64e6;

/** What is packed stands in chunks, each with its length and whether it is packed at all. */
export function unpackChunks(bytes: Buffer, packing: number): Buffer | string {
  if (packing === 0) return bytes;
  const names = ["none", "zlib", "snappy", "lzo", "lz4", "zstd"];
  const unpackOne = UNPACK[packing];
  if (!unpackOne) return `its footer is packed with ${names[packing] ?? "?"}, not looked into`;
  const parts: Buffer[] = [];
  for (let at = 0; at + 3 <= bytes.length; ) {
    const head = bytes.readUIntLE(at, 3);
    const chunk = bytes.subarray(at + 3, at + 3 + (head >> 1));
    parts.push(head & 1 ? chunk : unpackOne(chunk));
    at += 3 + (head >> 1);
  }
  return Buffer.concat(parts);
}

const UNPACK: Record<number, (chunk: Buffer) => Buffer> = {
  1: (chunk) => inflateRawSync(chunk, { maxOutputLength: MOST }),
  2: (chunk) => unsnappy(chunk, MOST),
  5: (chunk) => zstdDecompressSync(chunk, { maxOutputLength: MOST }),
};

import { type Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import type { Packing } from "../types.ts";
import { unsnappyFrames } from "./snappy.ts";

const { Z_SYNC_FLUSH, ZSTD_e_flush } = zlib.constants;
/** Packings that can be read here from their beginning alone. */
const OPENERS: Partial<Record<Packing, (cut: boolean) => Transform>> = {
  gzip: (cut) => zlib.createGunzip(cut ? { finishFlush: Z_SYNC_FLUSH } : {}),
  deflate: (cut) => zlib.createInflate(cut ? { finishFlush: Z_SYNC_FLUSH } : {}),
  zstd: (cut) => zlib.createZstdDecompress(cut ? { finishFlush: ZSTD_e_flush } : {}),
};

/** Unpacks a whole file as it is read; one that is cut off ends in an error. */
export function opener(packing: Packing): Transform | undefined {
  return OPENERS[packing]?.(false);
}

export function canUnpack(packing: Packing): boolean {
  return packing === "snappy" || packing in OPENERS;
}

/** What the beginning of a packed file holds, never more than `most`: a small file may unpack to any size. */
export async function unpack(packing: Packing, head: Buffer, most: number): Promise<Buffer> {
  if (packing === "snappy") return unsnappyFrames(head, most);
  const parts: Buffer[] = [];
  let length = 0;
  const opener = OPENERS[packing]?.(true);
  if (!opener) throw new Error(`${packing} cannot be read here`);
  const enough = new AbortController();
  const keep = new Writable({
    write(part: Buffer, _, done) {
      parts.push(part);
      length += part.length;
      if (length >= most) enough.abort();
      done();
    },
  });
  try {
    await pipeline([head], opener, keep, { signal: enough.signal });
  } catch (error) {
    // It was cut by us, or is damaged further on; what came before is sound.
    if (length === 0) throw error;
  }
  return Buffer.concat(parts).subarray(0, most);
}

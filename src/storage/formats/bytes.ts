import type { Item, Store } from "../store.ts";
import type { Bytes } from "./types.ts";

/** Ranges of a file in any store; `counted` hears how many bytes each has cost. */
export function bytesOf(store: Store, item: Item, counted: (bytes: number) => void): Bytes {
  return {
    size: item.bytes,
    async read(start, end) {
      const until = Math.min(end, item.bytes);
      if (until <= start) return Buffer.alloc(0);
      const parts: Buffer[] = [];
      const stream = await store.read(item.path, { start, end: until });
      for await (const part of stream) parts.push(part as Buffer);
      const all = Buffer.concat(parts);
      counted(all.length);
      return all;
    },
  };
}

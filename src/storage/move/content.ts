import { createHash } from "node:crypto";
import { type Item, type Store, wholeOf } from "../store.ts";

export interface Sided {
  store: Store;
  item: Item;
}

const MIB = 1024 * 1024;
/** What aws-cli, Mayfly, the SDKs, rclone and s5cmd cut objects into. */
const USUAL_PARTS = [8, 5, 16, 50, 64, 100, 10, 15, 25, 32, 128, 256, 512, 1024].map(
  (n) => n * MIB,
);
/** Each guess reads the file. */
const MOST_GUESSES = 8;

/** The same bytes in both? Of what S3 has, its ETag speaks; all else is read. */
export async function sameContent(a: Sided, b: Sided): Promise<boolean> {
  if (a.item.bytes !== b.item.bytes) return false;
  const [one, other] = [a.item.etag, b.item.etag];
  if (one && one === other) return true;
  // Two that are not cut alike say nothing about each other, but each can be read.
  if (one && other && partsOf(one) === partsOf(other)) return false;
  if (one && !other) return (await etagOf(b, a)) === one;
  if (other && !one) return (await etagOf(a, b)) === other;
  return (await md5Of(a)) === (await md5Of(b));
}

/** S3 names an object in parts by the MD5 of their MD5s, and how many they are; undefined for any other. */
function partsOf(etag: string): number | undefined {
  const match = /^[0-9a-f]{32}(?:-(\d+))?$/.exec(etag);
  return match ? Number(match[1] ?? 0) : undefined;
}

/** What the ETag of a file would be, were it cut as that object is. */
async function etagOf(file: Sided, like: Sided): Promise<string | undefined> {
  const etag = like.item.etag ?? "";
  const count = partsOf(etag);
  if (count === undefined) return undefined;
  if (count === 0) return md5Of(file);
  const { bytes } = like.item;
  const said = count === 1 ? bytes : await like.store.partSize?.(like.item);
  const sizes = said ? [said] : guessParts(bytes, count);
  for (const size of sizes) {
    const found = await partsEtag(file, size);
    if (found === etag) return found;
  }
  return undefined;
}

/** Where S3 does not say it: what is usual, and whole MiB, as far as they give so many parts. */
function guessParts(bytes: number, count: number): number[] {
  const fits = (size: number) => Math.ceil(bytes / size) === count;
  const least = Math.ceil(bytes / count / MIB);
  const whole = Array.from({ length: MOST_GUESSES }, (_, i) => (least + i) * MIB);
  return [...new Set([...USUAL_PARTS, ...whole])].filter(fits).slice(0, MOST_GUESSES);
}

async function md5Of({ store, item }: Sided): Promise<string> {
  const hash = createHash("md5");
  if (item.bytes > 0)
    for await (const piece of await store.read(item.path, wholeOf(item)))
      hash.update(piece as Buffer);
  return hash.digest("hex");
}

async function partsEtag({ store, item }: Sided, size: number): Promise<string> {
  const whole = createHash("md5");
  let part = createHash("md5");
  let [count, left] = [1, size];
  for await (const read of await store.read(item.path, wholeOf(item))) {
    for (let piece = read as Buffer; piece.length > 0; ) {
      if (left === 0) {
        whole.update(part.digest());
        part = createHash("md5");
        [count, left] = [count + 1, size];
      }
      const now = piece.subarray(0, left);
      part.update(now);
      left -= now.length;
      piece = piece.subarray(now.length);
    }
  }
  return `${whole.update(part.digest()).digest("hex")}-${count}`;
}

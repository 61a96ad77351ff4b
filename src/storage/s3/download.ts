import { createHash, type Hash } from "node:crypto";
import { mkdirSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { inParallel } from "../parallel.ts";
import { openPartial, type Partial } from "../partial.ts";
import type { Item, WriteOptions } from "../store.ts";
import type { S3Client } from "./client.ts";
import { isMd5 } from "./parts.ts";

interface Bucket {
  client: S3Client;
  bucket: string;
  uri(path: string): string;
}

/** Nothing of a part lies in memory, so that it may be long: fewer questions. */
const PART = 32 * 1024 * 1024;
const PARTS_AT_ONCE = 5;
/** So much is fetched again at most of a part that broke off. */
const NOTED = 4 * 1024 * 1024;

/** An object into a file, which appears when it is whole; a large one goes on where an earlier call broke off. */
export async function download(
  from: Bucket,
  item: Item,
  file: string,
  options: WriteOptions = {},
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const { etag = "", bytes, modified } = item;
  const large = bytes > PART && etag !== "";
  const version = [from.uri(item.path), etag, bytes, modified, PART].join("\n");
  const target = openPartial(file, large ? version : undefined);
  try {
    const starts: number[] = [];
    for (let start = 0; start < bytes; start += PART) starts.push(start);
    const md5 = starts.length === 1 && isMd5(etag) ? createHash("md5") : undefined;
    let opaque = false;
    await inParallel(starts, PARTS_AT_ONCE, async (start) => {
      const end = Math.min(bytes, start + PART);
      const at = target.reached(start);
      if (at > start) options.moved?.(at - start);
      if (at >= end) return;
      const part = { start, at, end, md5, target };
      opaque = isOpaque(await getPart(from, item, part, options));
    });
    const found = md5?.digest("hex");
    if (found && !opaque && found !== etag)
      throw new MayflyError(
        "cluster",
        `cannot read "${from.uri(item.path)}": what came has another checksum (${found}) than the object (${etag})`,
        "try it again",
      );
    target.finish(modified);
  } catch (error) {
    // Of a full disk nothing is kept that nobody can use.
    target.leave((error as NodeJS.ErrnoException).code !== "ENOSPC");
    throw error;
  }
}

/** S3's user guide, "Checking object integrity": with these the ETag is no MD5 of the content. */
function isOpaque(headers: Record<string, string>): boolean {
  return (
    /^aws:kms/.test(headers["x-amz-server-side-encryption"] ?? "") ||
    headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined
  );
}

interface Part {
  start: number;
  /** Up to where it has come before. */
  at: number;
  end: number;
  md5: Hash | undefined;
  target: Partial;
}

/** From where it broke off, a few times: the client has no second try once an answer has begun. */
async function getPart(
  { client, bucket }: Bucket,
  item: Item,
  { start, end, target, md5, ...part }: Part,
  options: WriteOptions,
): Promise<Record<string, string>> {
  let at = part.at;
  let noted = at;
  for (let attempt = 1; ; attempt++) {
    try {
      const { headers } = await client.send(
        {
          method: "GET",
          bucket,
          key: item.path,
          headers: {
            range: `bytes=${at}-${end - 1}`,
            // Parts of two objects must not become one file.
            ...(item.etag ? { "if-match": `"${item.etag}"` } : {}),
          },
          signal: options.signal,
        },
        (piece) => {
          if (at + piece.length > end) throw new Error("more came than was asked for");
          writeFully(target.file, piece, at);
          md5?.update(piece);
          at += piece.length;
          if (at === end || at - noted >= NOTED) {
            target.came(start, at);
            noted = at;
          }
          options.moved?.(piece.length);
          return options.pace?.(piece.length);
        },
      );
      if (at === end) return headers;
      throw new Error("the answer ended early");
    } catch (error) {
      const known =
        error instanceof MayflyError || (error as NodeJS.ErrnoException).code === "ENOSPC";
      if (known || attempt >= 5 || options.signal?.aborted) throw error;
    }
  }
}

function writeFully(file: number, piece: Buffer, at: number): void {
  for (let done = 0; done < piece.length; )
    done += writeSync(file, piece, done, piece.length - done, at + done);
}

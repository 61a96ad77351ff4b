import { createHash, type Hash } from "node:crypto";
import { mkdirSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { MayflyError } from "../base/errors.ts";
import type { Sink } from "./http/answer.ts";
import { inParallel } from "./parallel.ts";
import { openPartial, type Partial } from "./partial.ts";
import type { Item, WriteOptions } from "./store.ts";

/** Where a file comes from, over a network. */
export interface Source {
  uri: string;
  /** Bytes from `start` up to, not with, `end`. What fails after the first piece is asked for from there again. */
  receive(start: number, end: number, sink: Sink): Promise<Received>;
  /** After a file of several parts, where the question for one does not say which file is meant. */
  check?(): Promise<void>;
}

export interface Received {
  /** MD5 of the whole file, as the other side says it. */
  md5?: string | undefined;
}

/** Nothing of a part lies in memory, so that it may be long: fewer questions. */
const PART = 32 * 1024 * 1024;
const PARTS_AT_ONCE = 5;
/** So much is fetched again at most of a part that broke off. */
const NOTED = 4 * 1024 * 1024;

/** Into a file of this machine, which appears when it is whole; a large one goes on where an earlier call broke off. */
export async function download(
  source: Source,
  item: Item,
  file: string,
  options: WriteOptions = {},
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const { etag = "", bytes, modified } = item;
  const large = bytes > PART && (etag !== "" || modified > 0);
  const version = [source.uri, etag, bytes, modified, PART].join("\n");
  const target = openPartial(file, large ? version : undefined);
  try {
    const starts: number[] = [];
    for (let start = 0; start < bytes; start += PART) starts.push(start);
    const hash = starts.length === 1 ? createHash("md5") : undefined;
    let said: Received = {};
    await inParallel(starts, PARTS_AT_ONCE, async (start) => {
      const end = Math.min(bytes, start + PART);
      const at = target.reached(start);
      if (at > start) options.moved?.(at - start);
      if (at < end) said = await getPart(source, { start, at, end, hash, target }, options);
    });
    const found = hash?.digest("hex");
    if (found && said.md5 && found !== said.md5)
      throw new MayflyError(
        "cluster",
        `cannot read "${source.uri}": what came has another checksum (${found}) than the object (${said.md5})`,
        "try it again",
      );
    if (starts.length > 1) await source.check?.();
    target.finish(modified);
  } catch (error) {
    // Of a full disk nothing is kept that nobody can use, and nothing of what has become another file.
    const code = (error as NodeJS.ErrnoException).code;
    target.leave(code !== "ENOSPC" && code !== "refused");
    throw error;
  }
}

interface Part {
  start: number;
  /** Up to where it has come before. */
  at: number;
  end: number;
  hash: Hash | undefined;
  target: Partial;
}

/** From where it broke off, a few times: nobody asks again by himself once an answer has begun. */
async function getPart(
  source: Source,
  { start, end, target, hash, ...part }: Part,
  options: WriteOptions,
): Promise<Received> {
  let at = part.at;
  let noted = at;
  for (let attempt = 1; ; attempt++) {
    const begun = at;
    try {
      const said = await source.receive(at, end, (piece) => {
        if (at + piece.length > end) throw new Error("more came than was asked for");
        writeFully(target.file, piece, at);
        hash?.update(piece);
        at += piece.length;
        if (at === end || at - noted >= NOTED) {
          target.came(start, at);
          noted = at;
        }
        options.moved?.(piece.length);
        return options.pace?.(piece.length);
      });
      if (at === end) return said;
      throw new Error("the answer ended early");
    } catch (error) {
      const known =
        error instanceof MayflyError || (error as NodeJS.ErrnoException).code === "ENOSPC";
      if (known || options.signal?.aborted) throw error;
      if (at > begun) attempt = 1;
      else if (attempt >= 5)
        throw new MayflyError(
          "cluster",
          `cannot read "${source.uri}": after ${at} bytes ${error instanceof Error ? error.message : error}`,
          "try it again",
          error,
        );
    }
  }
}

function writeFully(file: number, piece: Buffer, at: number): void {
  for (let done = 0; done < piece.length; )
    done += writeSync(file, piece, done, piece.length - done, at + done);
}

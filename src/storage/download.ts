import { createHash, type Hash } from "node:crypto";
import { mkdirSync, writeSync } from "node:fs";
import { rename, rm, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { MayflyError } from "../base/errors.ts";
import type { Sink } from "./http/answer.ts";
import { inParallel } from "./parallel.ts";
import { openPartial } from "./partial.ts";
import type { Item, WriteOptions } from "./store.ts";
import { temporaryFor } from "./temporary.ts";

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
/** Up to this a file lies in memory first, and others come while it is written. */
const SMALL = 256 * 1024;

/** Into a file of this machine, which appears when it is whole; a large one goes on where an earlier call broke off. */
export async function download(
  source: Source,
  item: Item,
  file: string,
  options: WriteOptions = {},
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const { etag = "", bytes, modified } = item;
  if (bytes <= SMALL) return downloadSmall(source, item, file, options);
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
      let noted = at;
      const write = (piece: Buffer, from: number) => {
        writeFully(target.file, piece, from);
        hash?.update(piece);
        const to = from + piece.length;
        if (to < end && to - noted < NOTED) return;
        target.came(start, to);
        noted = to;
      };
      if (at < end) said = await getPart(source, { at, end, write }, options);
    });
    requireMd5(source, hash, said);
    if (starts.length > 1) await source.check?.();
    target.finish(modified);
  } catch (error) {
    // Of a full disk nothing is kept that nobody can use, and nothing of what has become another file.
    const code = (error as NodeJS.ErrnoException).code;
    target.leave(code !== "ENOSPC" && code !== "refused");
    throw error;
  }
}

async function downloadSmall(
  source: Source,
  { bytes, modified }: Item,
  file: string,
  options: WriteOptions,
): Promise<void> {
  const body = Buffer.allocUnsafe(bytes);
  const write = (piece: Buffer, from: number) => void piece.copy(body, from);
  if (bytes > 0) {
    const said = await getPart(source, { at: 0, end: bytes, write }, options);
    requireMd5(source, createHash("md5").update(body), said);
  }
  const temporary = temporaryFor(file);
  try {
    await writeFile(temporary, body, { flag: "wx" });
    if (modified > 0) await utimes(temporary, modified / 1000, modified / 1000);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function requireMd5(source: Source, hash: Hash | undefined, said: Received): void {
  const found = said.md5 && hash?.digest("hex");
  if (!found || found === said.md5) return;
  throw new MayflyError(
    "cluster",
    `cannot read "${source.uri}": what came has another checksum (${found}) than the object (${said.md5})`,
    "try it again",
  );
}

interface Part {
  /** Up to where it has come before. */
  at: number;
  end: number;
  write: (piece: Buffer, from: number) => void;
}

/** From where it broke off, a few times: nobody asks again by himself once an answer has begun. */
async function getPart(
  source: Source,
  { end, write, ...part }: Part,
  options: WriteOptions,
): Promise<Received> {
  let at = part.at;
  for (let attempt = 1; ; attempt++) {
    const begun = at;
    try {
      const said = await source.receive(at, end, (piece) => {
        if (at + piece.length > end) throw new Error("more came than was asked for");
        write(piece, at);
        at += piece.length;
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

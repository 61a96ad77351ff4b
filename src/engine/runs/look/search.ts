import { open } from "node:fs/promises";
import { shown } from "./window.ts";

export interface Hit {
  /** Where its line begins. */
  at: number;
  text: string;
}

export interface Searched {
  /** How far the file has been read. */
  at: number;
}

const MOST_SHOWN = 500;
/** A line longer than this is searched in pieces. */
const BLOCK = 256 << 10;
/** So often who waits is told. */
const TOLD_EVERY = 32 << 20;

/**
 * Lines that hold a text, whatever its case, one after another: a gigabyte is read through once and never held. What is
 * hidden of a line is not found either.
 */
export async function* searchLog(
  path: string,
  wanted: string,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<Hit | Searched> {
  const find = finder(wanted);
  let found = 0;
  const block = Buffer.alloc(BLOCK);
  const file = await open(path);
  try {
    let [at, left, told] = [0, 0, 0];
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(block, left, BLOCK - left, at + left);
      const filled = left + bytesRead;
      const end = block.subarray(0, filled).lastIndexOf(10) + 1;
      const cut = bytesRead === 0 || (end === 0 && filled === BLOCK) ? filled : end;
      for (const hit of find(block.subarray(0, cut), at)) {
        yield hit;
        if (++found === limit) return yield { at: hit.at };
      }
      at += cut;
      left = filled - cut;
      block.copyWithin(0, cut, filled);
      if (bytesRead === 0 || at - told >= TOLD_EVERY) yield { at };
      if (at - told >= TOLD_EVERY) told = at;
      if (bytesRead === 0) return;
    }
  } finally {
    await file.close();
  }
}

function finder(wanted: string) {
  // Bytes of the plainest part first, which is fast; a line that may fit is then looked at as the text that it is.
  const plain = (wanted.match(/[ -~]+/g) ?? []).sort((a, b) => b.length - a.length)[0] ?? "";
  const pattern = new RegExp(plain.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");
  const exact = wanted.toLowerCase();
  return function* (block: Buffer, at: number): Generator<Hit> {
    const text = block.toString("latin1");
    pattern.lastIndex = 0;
    while (pattern.lastIndex < text.length) {
      const hit = pattern.exec(text)?.index;
      if (hit === undefined) return;
      const begin = text.lastIndexOf("\n", hit - 1) + 1;
      const next = text.indexOf("\n", hit);
      const end = next < 0 ? text.length : next;
      pattern.lastIndex = end + 1;
      const line = shown(block.subarray(begin, end));
      const place = line.toLowerCase().indexOf(exact);
      if (place < 0) continue;
      const start = Math.max(0, place - MOST_SHOWN / 2);
      yield { at: at + begin, text: line.slice(start, start + MOST_SHOWN) };
    }
  };
}

import { createHash } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  constants,
  futimesSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { readIfThere } from "../base/files.ts";
import { identify, isAlive, parseProcess } from "../base/processes.ts";
import { shortName, temporaryFor } from "./temporary.ts";

/** A file on its way here, beside the name it will have. */
export interface Partial {
  file: number;
  /** Up to where an earlier call has brought the part that begins there. */
  reached(start: number): number;
  came(start: number, end: number): void;
  /** Whole: under its name, as old as it is where it came from. */
  finish(modified: number): void;
  /** Broken off: `keep` what has come for the next call, where that knows what it is. */
  leave(keep: boolean): void;
}

/**
 * With a `version` (of what is fetched, and how it is cut) a broken transfer goes on in the next call:
 * how far each part has come stands in a second file, behind who is writing. After another start of the
 * machine all begins anew: what stands in the one file need not have reached the disk in the other.
 */
export function openPartial(target: string, version: string | undefined): Partial {
  const me = identify(process.pid);
  if (version !== undefined && me) {
    const names = resumableNames(target, version);
    removeOthers(target, names.part);
    const left = takeOver(target, names.done, JSON.stringify(me));
    if (left) {
      const [holder, ...came] = left.split("\n");
      const sameBoot = bootOf(parseProcess(holder)?.began ?? "") === bootOf(me.began);
      const reached = readReached(sameBoot ? came : []);
      for (const [start, end] of reached) appendFileSync(names.done, `${start} ${end}\n`);
      const file = openPart(names.part, reached);
      return partial(target, names.part, file, reached, names.done);
    }
  }
  const temporary = temporaryFor(target);
  return partial(target, temporary, openSync(temporary, "wx", 0o644), new Map());
}

/** What a list says that nobody holds any more, which is ours from now on; undefined while somebody writes. */
function takeOver(target: string, list: string, me: string): string | undefined {
  const said = readIfThere(list);
  const holder = parseProcess(said?.split("\n")[0]);
  if (holder && isAlive(holder)) return undefined;
  try {
    if (said !== undefined) {
      // Of two who find it only one can move it away.
      const aside = temporaryFor(target);
      renameSync(list, aside);
      rmSync(aside);
    }
    writeFileSync(list, `${me}\n`, { flag: "wx" });
    return said ?? "\n";
  } catch {
    return undefined;
  }
}

/** Never through a link that somebody has put there. */
function openPart(part: string, reached: Map<number, number>): number {
  if (reached.size > 0) {
    try {
      return openSync(part, constants.O_RDWR | constants.O_NOFOLLOW);
    } catch {
      reached.clear();
    }
  }
  rmSync(part, { force: true });
  return openSync(part, "wx", 0o644);
}

function partial(
  target: string,
  temporary: string,
  file: number,
  reached: Map<number, number>,
  list?: string,
): Partial {
  const remove = () => {
    rmSync(temporary, { force: true });
    if (list) rmSync(list, { force: true });
  };
  let open = true;
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  return {
    file,
    reached: (start) => reached.get(start) ?? start,
    came(start, end) {
      reached.set(start, end);
      if (list) appendFileSync(list, `${start} ${end}\n`);
    },
    finish(modified) {
      if (modified > 0) futimesSync(file, modified / 1000, modified / 1000);
      close();
      renameSync(temporary, target);
      if (list) rmSync(list, { force: true });
    },
    leave(keep) {
      close();
      if (!list || !keep || reached.size === 0) return remove();
      // Nobody's any more, though this process may go on.
      const boot = bootOf(identify(process.pid)?.began ?? "") ?? "";
      const lines = [...reached].map(([start, end]) => `${start} ${end}\n`);
      const nobody = JSON.stringify({ pid: process.pid, began: `ended@${boot}` });
      writeFileSync(list, `${nobody}\n${lines.join("")}`);
    },
  };
}

/** A last line that was cut off is not believed. */
function readReached(lines: string[]): Map<number, number> {
  const pairs = lines.slice(0, -1).map((line) => /^(\d+) (\d+)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair ? [[Number(pair[1]), Number(pair[2])]] : [])));
}

const bootOf = (began: string) => began.split("@")[1];

function resumableNames(target: string, version: string) {
  const hash = createHash("sha256").update(version).digest("hex").slice(0, 8);
  const base = join(dirname(target), `.${shortName(target)}.${hash}`);
  return { part: `${base}.part.mayfly`, done: `${base}.done.mayfly` };
}

/** Begun for what the object was before. */
function removeOthers(target: string, mine: string): void {
  // A name that had to be cut may begin as another one's does.
  if (shortName(target) !== basename(target)) return;
  const start = `.${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    if (!name.startsWith(start) || !/^[0-9a-f]{8}\.part\.mayfly$/.test(name.slice(start.length)))
      continue;
    const part = join(dirname(target), name);
    const list = part.replace(/part\.mayfly$/, "done.mayfly");
    const holder = parseProcess(readIfThere(list)?.split("\n")[0]);
    if (part === mine || (holder && isAlive(holder))) continue;
    rmSync(part, { force: true });
    rmSync(list, { force: true });
  }
}

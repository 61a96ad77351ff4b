import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Clock, systemClock } from "./clock.ts";
import { readIfThere } from "./files.ts";
import { identify, isAlive, parseProcess } from "./processes.ts";

let counter = 0;

/**
 * Holds a lock while `work` runs. The lock is a file that names its holder, made by linking, so that
 * it never exists without its content; a holder that died is recognised and its lock is taken over.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void = () => {},
  clock: Clock = systemClock,
): Promise<T> {
  const me = JSON.stringify(identify(process.pid));
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryLock(path, me)) {
    const text = readIfThere(path);
    const holder = text === undefined ? undefined : parseProcess(text);
    if (text !== undefined && (!holder || !isAlive(holder))) {
      breakLock(path, text);
      continue;
    }
    if (holder && !told) {
      onWait(holder.pid);
      told = true;
    }
    await clock.sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string, content: string): boolean {
  const mine = `${path}.${process.pid}-${counter++}`;
  writeFileSync(mine, content);
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Two may find the same dead holder: what was moved away is looked at again, and put back if it is alive. */
function breakLock(path: string, stale: string): void {
  const aside = `${path}.stale-${process.pid}-${counter++}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readIfThere(aside) !== stale) {
    try {
      linkSync(aside, path);
    } catch {
      // a third one holds it by now
    }
  }
  rmSync(aside, { force: true });
}

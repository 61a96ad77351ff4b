import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere } from "../../base/files.ts";

const NAME = /^(\d+)-/;

/** A folder of a query's own; those of processes that are gone go with this. */
export function makeTemporary(cache: string): string {
  const folder = join(cache, "sql", "temporary");
  mkdirSync(folder, { recursive: true });
  for (const name of listIfThere(folder)) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isThere(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return mkdtempSync(join(folder, `${process.pid}-`));
}

/** For something that is on its way elsewhere. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export function requireNoFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new MayflyError("usage", `cannot write "${path}": it is a folder`, "name a file in it");
}

let moved = 0;

/** Under its name it is whole: it may come from another disk. */
export function moveFile(from: string, to: string): void {
  const beside = join(dirname(to), `.${process.pid}-${moved++}-query.tmp`);
  try {
    requireNoFolder(to);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, beside);
    renameSync(beside, to);
  } finally {
    rmSync(beside, { force: true });
    rmSync(from, { force: true });
  }
}

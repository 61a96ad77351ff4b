import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { MayflyError } from "./errors.ts";

let counter = 0;

/** Under its final name a file is always whole: readers never see half of it. */
export function writeAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = join(dirname(path), `.${process.pid}-${counter++}.tmp`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, content, { mode, flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** One whole line at the end of a file, on the disk when this returns. */
export function appendSynced(path: string, line: string): void {
  const file = openSync(path, "a");
  try {
    writeSync(file, line);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** For what somebody else put there: a pipe would keep us waiting for ever. */
export function readFileIfThere(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile() && !stat.isDirectory()) {
    throw new MayflyError(
      "refused",
      `cannot read "${path}": it is not a file`,
      "a pipe or a device cannot stand here",
    );
  }
  return readIfThere(path);
}

export function listIfThere(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

/** Bytes and files below a path; links are counted, never followed. */
export function sizeOf(path: string): { bytes: number; files: number } {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { bytes: 0, files: 0 };
  if (!stat.isDirectory()) return { bytes: stat.size, files: 1 };
  const total = { bytes: 0, files: 0 };
  for (const name of readdirSync(path)) {
    const one = sizeOf(join(path, name));
    total.bytes += one.bytes;
    total.files += one.files;
  }
  return total;
}

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { join, resolve, sep } from "node:path";
import { MayflyError } from "../../base/errors.ts";

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW, O_DIRECTORY } = constants;

/**
 * Opens a file that an instance has written, to be read: only if it really lies in there, and is a file.
 * What the instance makes of a folder meanwhile changes nothing: the opened file itself is asked where it is.
 */
export function openInside(root: string, name: string): number {
  const file = openBelow(root, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw refused(name, "it is no file");
}

export function readInside(root: string, name: string): Buffer {
  const file = openInside(root, name);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** The files below a folder of an instance, by their names in its root; links are none. */
export function filesInside(root: string, name: string): string[] {
  let folder: number;
  try {
    folder = openBelow(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch {
    return []; // not there, or not what it seems
  }
  try {
    const entries = readdirSync(`/proc/self/fd/${folder}`, { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = join(name, entry.name);
      return entry.isDirectory() ? filesInside(root, path) : entry.isFile() ? [path] : [];
    });
  } finally {
    closeSync(folder);
  }
}

function openBelow(root: string, name: string, flags: number): number {
  const real = realpathSync(root);
  const file = openSync(resolve(real, join(".", name)), flags);
  const at = readlinkSync(`/proc/self/fd/${file}`);
  if (at.startsWith(`${real}${sep}`)) return file;
  closeSync(file);
  throw refused(name, `it is ${at}`);
}

function refused(name: string, why: string): MayflyError {
  return new MayflyError("refused", `cannot read "${name}" of an instance: ${why}`);
}

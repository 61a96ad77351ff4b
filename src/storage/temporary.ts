import { basename, dirname, join } from "node:path";

const TEMPORARY = /^\..*\.(\d+-\d+|[0-9a-f]{8}\.(part|done))\.mayfly$/;
let counter = 0;

/** What is being written beside the name it will have. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${shortName(path)}.${process.pid}-${counter++}.mayfly`);
}

/** So much of a name that more fits behind it: a file system counts bytes, and takes 255. */
export function shortName(path: string): string {
  let name = basename(path);
  while (Buffer.byteLength(name) > 200) name = [...name].slice(0, -1).join("");
  return name;
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

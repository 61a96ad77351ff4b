import { basename, dirname, join } from "node:path";

const TEMPORARY = /^\..*\.(\d+-\d+|[0-9a-f]{8}\.(part|done))\.mayfly$/;
let counter = 0;

/** What is being written beside the name it will have. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 200)}.${process.pid}-${counter++}.mayfly`);
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

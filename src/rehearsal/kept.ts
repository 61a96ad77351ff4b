import { join } from "node:path";
import { listIfThere, readIfThere, writeAtomic } from "../base/files.ts";

/** Things of which each is a file of a folder, so that a restart finds them. */
export interface Kept<T> {
  /** What is there. A file that is damaged is passed over, and stays for whoever wants to look. */
  read(): T[];
  /** Fails where it cannot be written. */
  save(one: T): void;
  /** What has happened has happened, also where it cannot be written now: it is tried again with the next. */
  note(one: T): void;
}

export type Warn = (text: string) => void;

/** It lands in the rehearsal's log. */
const warnLog: Warn = (text) => void process.stderr.write(`${text}\n`);

export function openKept<T extends { id: string }>(
  folder: string,
  isWhole: (one: T) => boolean,
  warn: Warn = warnLog,
): Kept<T> {
  const late = new Set<T>();
  // Arguments and settings are in it, and people write secrets there.
  const save = (one: T) => {
    writeAtomic(join(folder, `${one.id}.json`), `${JSON.stringify(one)}\n`, 0o600);
    late.delete(one);
  };
  return {
    save,
    note(one) {
      late.add(one);
      try {
        for (const each of late) save(each);
      } catch (error) {
        warn(`cannot write ${one.id} down: ${String(error)}`);
      }
    },
    read: () =>
      listIfThere(folder)
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => {
          try {
            const one = JSON.parse(readIfThere(join(folder, name)) ?? "") as T;
            if (`${one.id}.json` === name && isWhole(one)) return [one];
          } catch {
            // as below
          }
          warn(`passed over, for it is damaged: ${join(folder, name)}`);
          return [];
        }),
  };
}

import { join } from "node:path";
import { listIfThere, readIfThere, writeAtomic } from "../base/files.ts";

/** Things of which each is a file, so that a restart finds them; the newest first. */
export interface Records<T> {
  all(): T[];
  find(id: string): T | undefined;
  save(one: T): void;
  /** To be read only: whatever becomes of them later does not show. */
  asTheyAre(): Records<T>;
}

export function openRecords<T extends { id: string }>(
  folder: string,
  created: (one: T) => number,
): Records<T> {
  const known = new Map<string, T>();
  for (const name of listIfThere(folder).filter((one) => one.endsWith(".json"))) {
    const one = JSON.parse(readIfThere(join(folder, name)) ?? "") as T;
    known.set(one.id, one);
  }
  const readers = (of: Map<string, T>) => ({
    all: () => [...of.values()].sort((a, b) => created(b) - created(a)),
    find: (id: string) => of.get(id),
  });
  return {
    ...readers(known),
    asTheyAre() {
      const then: Records<T> = {
        ...readers(structuredClone(known)),
        save: () => undefined,
        asTheyAre: () => then,
      };
      return then;
    },
    save(one) {
      known.set(one.id, one);
      writeAtomic(join(folder, `${one.id}.json`), `${JSON.stringify(one)}\n`);
    },
  };
}

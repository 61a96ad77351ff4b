import { type Kept, openKept } from "./kept.ts";

/** Things of which each is a file, so that a restart finds them; the newest first. */
export interface Records<T> extends Pick<Kept<T>, "save" | "note"> {
  all(): T[];
  find(id: string): T | undefined;
  /** To be read only: whatever becomes of them later does not show. */
  asTheyAre(): Records<T>;
}

export function openRecords<T extends { id: string }>(
  folder: string,
  isWhole: (one: T) => boolean,
  created: (one: T) => number,
): Records<T> {
  const kept = openKept<T>(folder, isWhole);
  const known = new Map(kept.read().map((one) => [one.id, one]));
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
        note: () => undefined,
        asTheyAre: () => then,
      };
      return then;
    },
    save(one) {
      kept.save(one);
      known.set(one.id, one);
    },
    note: kept.note,
  };
}

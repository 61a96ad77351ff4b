import { randomBytes } from "node:crypto";

/** A pair that may sign; of a temporary one, the token too, until it expires. */
export interface Key {
  accessKey: string;
  secretKey: string;
  token?: string;
  /** Milliseconds since 1970. */
  expires?: number;
}

/** As AWS shapes them. */
export function newKey(): Key {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const id = [...randomBytes(16)].map((byte) => letters[byte % 32]).join("");
  return { accessKey: `AKIA${id}`, secretKey: randomBytes(30).toString("base64") };
}

export interface Keys {
  find(accessKey: string): Key | undefined;
  /** Known from now on, also after a restart. */
  add(key: Key): void;
  remove(accessKey: string): void;
}

/** `fixed` is always there; of the others, `save` is told each time they change. */
export function makeKeys(
  fixed: Key,
  others: Key[] = [],
  save: (others: Key[]) => void = () => {},
): Keys {
  const all = new Map(others.map((key) => [key.accessKey, key]));
  const keep = () => save([...all.values()]);
  return {
    find: (accessKey) => (accessKey === fixed.accessKey ? fixed : all.get(accessKey)),
    add(key) {
      const now = Date.now();
      for (const [name, { expires }] of all) if ((expires ?? now) < now) all.delete(name);
      all.set(key.accessKey, key);
      keep();
    },
    remove(accessKey) {
      if (all.delete(accessKey)) keep();
    },
  };
}

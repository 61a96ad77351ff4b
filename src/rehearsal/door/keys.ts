/** A pair that may sign; of a temporary one, the token too, until it expires. */
export interface Key {
  accessKey: string;
  secretKey: string;
  token?: string;
  /** Milliseconds since 1970. */
  expires?: number;
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

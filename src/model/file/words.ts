import type * as v from "valibot";

/** A schema as valibot keeps it, as far as the words of a file are in it. */
interface Walked {
  entries?: Record<string, Walked>;
  wrapped?: Walked;
  item?: Walked;
  options?: Walked[];
  pipe?: Walked[];
}

/** Which words a schema knows where this path leads. */
export function wordsWithin(schema: v.GenericSchema, path: string[]): string[] {
  return [...new Set(within(schema as Walked, path))];
}

function within(schema: Walked | undefined, path: string[]): string[] {
  if (!schema) return [];
  if (schema.wrapped) return within(schema.wrapped, path);
  if (schema.options) return schema.options.flatMap((one) => within(one, path));
  if (schema.item) return within(schema.item, path.slice(1));
  const [first, ...rest] = path;
  if (!schema.entries) return [];
  return first === undefined ? Object.keys(schema.entries) : within(schema.entries[first], rest);
}

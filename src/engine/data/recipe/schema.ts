import { quoteName } from "../../../storage/dataset/columns.ts";
import { mergeTypes } from "../../../storage/formats/text/tree.ts";
import { type Group, isText } from "../check/group.ts";

export interface Field {
  name: string;
  type: string;
}

/** The columns of all groups together; names that differ in case alone are one. */
export function targetFields(groups: readonly Group[]): Field[] {
  const fields = new Map<string, Field>();
  for (const group of groups) {
    for (const { name, type } of group.columns) {
      const key = name.toLowerCase();
      const known = fields.get(key);
      if (!known) fields.set(key, { name, type: readable(type, group) });
      else known.type = common(known.type, readable(type, group));
    }
  }
  return [...fields.values()];
}

/** What a group is read with, and what is cast afterwards: a binary format cannot be read as another type. */
export function schemaFor(
  group: Group,
  target: readonly Field[],
): { schema: string; casts: Field[] } {
  const wanted = new Map(target.map((field) => [field.name.toLowerCase(), field]));
  const casts: Field[] = [];
  const parts = group.columns.map((column) => {
    const field = wanted.get(column.name.toLowerCase()) ?? column;
    const own = isText(group.format) ? field.type : column.type;
    if (own !== field.type) casts.push(field);
    // JSON finds its fields by their very names.
    const name = group.format === "json" ? column.name : field.name;
    return `${quoteName(name)} ${own}`;
  });
  return { schema: parts.join(", "), casts };
}

/** A sample of small numbers says nothing about the largest; nothing at all may be any text. */
function readable(type: string, group: Group): string {
  if (!isText(group.format)) return type;
  return type.replace(/\bvoid\b/g, "string").replace(/\bint\b/g, "bigint");
}

function common(one: string, other: string): string {
  if (one === other) return one;
  const small = ["tinyint", "smallint", "int", "bigint"];
  if (small.includes(one) && small.includes(other))
    return small[Math.max(small.indexOf(one), small.indexOf(other))] ?? "bigint";
  if (["float", "double"].includes(one) && ["float", "double"].includes(other)) return "double";
  return mergeTypes(one, other);
}

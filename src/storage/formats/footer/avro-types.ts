import { type Column, structOf } from "../../dataset/columns.ts";

interface Schema {
  type: unknown;
  name?: string;
  fields?: { name: string; type: unknown }[];
  items?: unknown;
  values?: unknown;
  logicalType?: string;
  precision?: number;
  scale?: number;
}

const WORDS: Record<string, string> = {
  null: "void",
  boolean: "boolean",
  int: "int",
  long: "bigint",
  float: "float",
  double: "double",
  bytes: "binary",
  string: "string",
  fixed: "binary",
  enum: "string",
};
const LOGICAL: Record<string, string> = {
  date: "date",
  "timestamp-millis": "timestamp",
  "timestamp-micros": "timestamp",
  "local-timestamp-millis": "timestamp_ntz",
  "local-timestamp-micros": "timestamp_ntz",
};
const DEEPEST = 100;

/** The fields of the outermost record, with the types that Spark gives them. */
export function avroColumns(schema: unknown): Column[] {
  const { fields } = schema as Schema;
  if (!Array.isArray(fields)) return [{ name: "value", type: typeName(schema, new Map(), 0) }];
  const known = new Map<string, string>();
  return fields.map(({ name, type }) => ({ name: String(name), type: typeName(type, known, 0) }));
}

/** `known` are types that were given a name, and are called by it further on. */
function typeName(type: unknown, known: Map<string, string>, depth: number): string {
  if (depth > DEEPEST) throw new Error("its types do not end");
  if (typeof type === "string") return WORDS[type] ?? known.get(type) ?? "binary";
  const deeper = (inner: unknown) => typeName(inner, known, depth + 1);
  if (Array.isArray(type)) return ofUnion(type.filter((one) => one !== "null").map(deeper));
  const made = ofSchema(type as Schema, deeper);
  const { name } = type as Schema;
  if (name) known.set(name, made);
  return made;
}

/** With null it may be missing; int and long are a long; several others are fields of a struct. */
function ofUnion(types: string[]): string {
  const [first = "void", ...rest] = types;
  if (rest.length === 0) return first;
  const all = new Set(types);
  if ([...all].every((type) => type === "int" || type === "bigint")) return "bigint";
  if ([...all].every((type) => type === "float" || type === "double")) return "double";
  return structOf(types.map((type, i) => ({ name: `member${i}`, type })));
}

function ofSchema(schema: Schema, deeper: (inner: unknown) => string): string {
  const { type, fields = [], items, values, logicalType = "", precision, scale = 0 } = schema;
  if (type === "record")
    return structOf(
      fields.map((field) => ({ name: String(field.name), type: deeper(field.type) })),
    );
  if (type === "array") return `array<${deeper(items)}>`;
  if (type === "map") return `map<string, ${deeper(values)}>`;
  if (logicalType === "decimal") return `decimal(${precision},${scale})`;
  return LOGICAL[logicalType] ?? deeper(type);
}

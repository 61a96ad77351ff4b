export interface Column {
  name: string;
  /** In Spark's words. */
  type: string;
}

interface Element {
  name: string;
  type?: string | undefined;
  num_children?: number | undefined;
  converted_type?: string | undefined;
  logical_type?: { type: string; isAdjustedToUTC?: boolean } | undefined;
  precision?: number | undefined;
  scale?: number | undefined;
}

/** Columns of the first level of a Parquet footer. */
export function topColumns(elements: readonly Element[]): Column[] {
  let i = 1;
  const column = (): Column => {
    const element = elements[i++] as Element;
    const children = Array.from({ length: element.num_children ?? 0 }, column);
    return { name: element.name, type: typeName(element, children) };
  };
  const columns: Column[] = [];
  while (i < elements.length) columns.push(column());
  return columns;
}

const PRIMITIVE: Record<string, string> = {
  INT32: "int",
  INT64: "bigint",
  INT96: "timestamp",
  DOUBLE: "double",
  FLOAT: "float",
  BOOLEAN: "boolean",
};
const CONVERTED: Record<string, string> = {
  UTF8: "string",
  ENUM: "string",
  JSON: "string",
  DATE: "date",
  TIMESTAMP_MILLIS: "timestamp",
  TIMESTAMP_MICROS: "timestamp",
  INT_8: "tinyint",
  INT_16: "smallint",
  UINT_8: "smallint",
  UINT_16: "int",
  UINT_32: "bigint",
  UINT_64: "decimal(20,0)",
};

function typeName(element: Element, children: Column[]): string {
  const { type = "", converted_type, logical_type, precision, scale } = element;
  const [first] = children;
  // The group between a list, or a map, and what it holds has a name of its own, and one or two children.
  const held = /^[\w]*<(.*)>$/s.exec(first?.type ?? "")?.[1] ?? first?.type;
  if (converted_type === "LIST") return `array<${held?.replace(/^\w+: /, "")}>`;
  if (converted_type === "MAP") return `map<${held?.replaceAll(/(^|, )(?:key|value): /g, "$1")}>`;
  if (children.length > 0) return structOf(children);
  if (converted_type === "DECIMAL") return `decimal(${precision ?? "?"},${scale ?? 0})`;
  if (logical_type?.type === "TIMESTAMP" && logical_type.isAdjustedToUTC === false)
    return "timestamp_ntz";
  return CONVERTED[converted_type ?? ""] ?? PRIMITIVE[type] ?? "binary";
}

export function structOf(fields: readonly Column[]): string {
  return `struct<${fields.map(({ name, type }) => `${quoteName(name)}: ${type}`).join(", ")}>`;
}

/** As DDL wants a name that is more than letters, digits and _. */
export function quoteName(name: string): string {
  return /^\w+$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

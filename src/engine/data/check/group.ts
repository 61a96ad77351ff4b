import { familyOf } from "../../../storage/formats/text/infer.ts";
import { mergeTypes } from "../../../storage/formats/text/tree.ts";
import type { FieldLook, Format, Look } from "../../../storage/formats/types.ts";
import type { Looked } from "./look-all.ts";
import { settle } from "./settle.ts";

/** Files that one reading reads right. */
export interface Group {
  format: Format;
  files: Looked[];
  bytes: number;
  rows?: number;
  columns: FieldLook[];
  partitions: string[];
  delimiter?: string;
  encoding?: string;
  header?: boolean;
  multiLine?: true;
}

/** Groups by schema, the largest first; what could not be read is in none. */
export function groupFiles(looked: readonly Looked[]): Group[] {
  const readable = looked.filter((file) => file.look.format !== undefined);
  const settled = settle(readable);
  const optional = optionalFields(settled);
  const families = usualFamilies(settled);
  const groups = new Map<string, Looked[]>();
  const keys = new Map<string, string>();
  for (const file of settled) {
    const key = keyOf(file, optional, families, keys);
    const group = groups.get(key);
    if (group) group.push(file);
    else groups.set(key, [file]);
  }
  return [...groups.values()]
    .map(groupOf)
    .sort((a, b) => b.files.length - a.files.length || b.bytes - a.bytes);
}

export const isText = (format: Format | undefined) => format === "csv" || format === "json";

function groupOf(files: Looked[]): Group {
  const { look, partitions } = files[0] as Looked;
  const rows = files.every((file) => file.look.rows !== undefined);
  return {
    format: look.format as Format,
    files,
    bytes: files.reduce((sum, file) => sum + file.item.bytes, 0),
    ...(rows ? { rows: files.reduce((sum, file) => sum + (file.look.rows ?? 0), 0) } : {}),
    columns: mergeColumns(files.map((file) => file.look)),
    partitions,
    ...(look.delimiter ? { delimiter: look.delimiter } : {}),
    ...(look.encoding ? { encoding: look.encoding } : {}),
    ...(look.header ? { header: look.header !== "none" } : {}),
    ...(files.some((file) => file.look.multiLine) ? { multiLine: true as const } : {}),
  };
}

function mergeColumns(looks: readonly Look[]): FieldLook[] {
  const columns = new Map<string, FieldLook>();
  for (const part of new Set(looks.map((look) => look.columns))) {
    for (const column of part) {
      const known = columns.get(column.name);
      const type = known ? mergeTypes(known.type, column.type) : column.type;
      columns.set(column.name, { ...known, ...column, type });
    }
  }
  return [...columns.values()];
}

/** Fields of JSON that some row leaves out are nowhere missed. */
function optionalFields(files: readonly Looked[]): Set<string> {
  const names = new Set<string>();
  for (const columns of columnsOf(files, (look) => look.format === "json"))
    for (const column of columns) if (column.optional) names.add(column.name);
  return names;
}

function columnsOf(files: readonly Looked[], which: (look: Look) => boolean) {
  return new Set(files.filter(({ look }) => which(look)).map(({ look }) => look.columns));
}

/** For each column of text the kind of value that most files have there. */
function usualFamilies(files: readonly Looked[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { look } of files) {
    if (!isText(look.format)) continue;
    for (const { name, type } of look.columns) {
      if (type === "void") continue;
      const key = `${look.format} ${name}`;
      const known = counts.get(key) ?? new Map<string, number>();
      counts.set(key, known);
      const family = familyOf(type);
      known.set(family, (known.get(family) ?? 0) + 1);
    }
  }
  const usual = new Map<string, string>();
  for (const [name, families] of counts) {
    const [first] = [...families].sort((a, b) => b[1] - a[1]);
    if (first) usual.set(name, first[0]);
  }
  return usual;
}

/** A column that holds words may hold 12 in one file; one that holds numbers may not hold x. */
export function sameFamily(usual: string | undefined, type: string): boolean {
  if (usual === undefined || usual === "string" || type === "void") return true;
  return familyOf(type) === usual;
}

function keyOf(
  { look, partitions }: Looked,
  optional: Set<string>,
  families: Map<string, string>,
  known: Map<string, string>,
): string {
  const { format, delimiter, encoding, header, multiLine } = look;
  const text = isText(format);
  const columns = look.columns
    .filter(({ name }) => format !== "json" || !optional.has(name))
    .map(({ name, type }) => (text ? name : `${name}: ${type}`));
  // Only in CSV a column is known by its place.
  if (format !== "csv") columns.sort();
  const odd = look.columns
    .filter(({ name, type }) => text && !sameFamily(families.get(`${format} ${name}`), type))
    .map(({ name, type }) => `${name}: ${familyOf(type)}`);
  const key = JSON.stringify([
    format,
    delimiter,
    encoding,
    header === "none",
    format === "json" ? multiLine : undefined,
    partitions,
    columns,
    odd,
  ]);
  const short = known.get(key) ?? String(known.size);
  known.set(key, short);
  return short;
}

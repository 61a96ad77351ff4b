import { familyOf } from "../../../storage/formats/text/infer.ts";
import type { FieldLook } from "../../../storage/formats/types.ts";
import { type Group, isText } from "./group.ts";

export interface Difference {
  kind:
    | "format"
    | "partitions"
    | "header"
    | "delimiter"
    | "encoding"
    | "multiLine"
    | "missing"
    | "extra"
    | "order"
    | "case"
    | "type";
  column?: string;
  text: string;
}

/** How a group is another one than the largest. */
export function differences(group: Group, main: Group): Difference[] {
  const { format } = group;
  if (format !== main.format)
    return [{ kind: "format", text: `it is ${format}, the others are ${main.format}` }];
  const found: Difference[] = [];
  const say = (kind: Difference["kind"], text: string, column?: string) =>
    found.push({ kind, text, ...(column === undefined ? {} : { column }) });
  const [ours, theirs] = [group, main].map(({ partitions }) => partitions.join("=/"));
  // Without any it is left out, which layout.ts tells.
  if (ours && theirs && ours !== theirs)
    say("partitions", `its partition folders are ${ours}=, not ${theirs}=`);
  if (group.delimiter !== main.delimiter)
    say("delimiter", `its delimiter is ${name(group)}, not ${name(main)}`);
  if (group.encoding !== main.encoding)
    say("encoding", `it is written in ${group.encoding}, not ${main.encoding}`);
  if (group.multiLine !== main.multiLine && format === "json")
    say(
      "multiLine",
      group.multiLine ? "it is one document, not lines" : "it is lines, no document",
    );
  if (group.header !== main.header) {
    say("header", group.header ? "it has a header" : "it has no header");
    if (group.columns.length !== main.columns.length)
      say("missing", `it has ${group.columns.length} columns, not ${main.columns.length}`);
    return found;
  }
  return [...found, ...columnDifferences(group, main)];
}

const name = ({ delimiter }: Group) => JSON.stringify(delimiter);

function columnDifferences(group: Group, main: Group): Difference[] {
  const found: Difference[] = [];
  const ours = byName(group.columns);
  const theirs = byName(main.columns);
  const lower = new Map(group.columns.map((column) => [column.name.toLowerCase(), column]));
  for (const column of main.columns) {
    if (ours.has(column.name)) continue;
    const other = lower.get(column.name.toLowerCase());
    if (other && !theirs.has(other.name)) {
      const text = `column ${column.name} is called ${other.name}`;
      found.push({ kind: "case", column: column.name, text });
      found.push(...typeDifference(other, column, group));
    } else if (!column.optional) {
      found.push({ kind: "missing", column: column.name, text: `no column ${column.name}` });
    }
  }
  const known = new Set(main.columns.map((column) => column.name.toLowerCase()));
  for (const column of group.columns) {
    const same = theirs.get(column.name);
    if (same) found.push(...typeDifference(column, same, group));
    else if (!column.optional && !known.has(column.name.toLowerCase()))
      found.push({ kind: "extra", column: column.name, text: `a column ${column.name} more` });
  }
  if (group.format === "csv" && !inPlace(group.columns, main.columns)) {
    const names = group.columns.map((column) => column.name);
    const shown = names.length > 12 ? [...names.slice(0, 12), "…"] : names;
    found.push({ kind: "order", text: `its columns stand in other places: ${shown.join(",")}` });
  }
  return found;
}

const byName = (columns: readonly FieldLook[]) =>
  new Map(columns.map((column) => [column.name, column]));

function typeDifference(ours: FieldLook, theirs: FieldLook, group: Group): Difference[] {
  const { name, type } = ours;
  if (type === theirs.type) return [];
  if (isText(group.format)) {
    const fits = group.format === "csv" && theirs.type === "string";
    const same = familyOf(type) === familyOf(theirs.type);
    if (fits || same || type === "void" || theirs.type === "void") return [];
  }
  return [{ kind: "type", column: name, text: `${name} is ${type}, not ${theirs.type}` }];
}

/** Whether each column that both have stands in the same place in both. */
function inPlace(ours: readonly FieldLook[], theirs: readonly FieldLook[]): boolean {
  const place = new Map(theirs.map(({ name }, i) => [name.toLowerCase(), i]));
  return ours.every(({ name }, i) => (place.get(name.toLowerCase()) ?? i) === i);
}

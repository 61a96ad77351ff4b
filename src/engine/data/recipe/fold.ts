import { mergeTypes } from "../../../storage/formats/text/tree.ts";
import { type Group, isText } from "../check/group.ts";

/** Groups that one read with all of their columns reads right: what a file does not have is null. */
export function fold(groups: readonly Group[]): Group[] {
  const folded: Group[] = [];
  for (const group of groups) {
    const at = folded.findIndex((other) => fitsIn(group, other));
    const other = folded[at];
    if (other) folded[at] = together(other, group);
    else folded.push(group);
  }
  return folded;
}

/** In CSV a column is a place, so nothing can be missing in the middle. */
function fitsIn(group: Group, other: Group): boolean {
  const same =
    group.format === other.format &&
    group.format !== "csv" &&
    group.encoding === other.encoding &&
    group.multiLine === other.multiLine &&
    group.partitions.join("/") === other.partitions.join("/");
  if (!same) return false;
  const known = new Map(other.columns.map((column) => [column.name.toLowerCase(), column]));
  return group.columns.every((column) => {
    const theirs = known.get(column.name.toLowerCase());
    if (!theirs) return true;
    return theirs.name === column.name && (isText(group.format) || theirs.type === column.type);
  });
}

function together(one: Group, other: Group): Group {
  const columns = new Map(one.columns.map((column) => [column.name, column]));
  for (const column of other.columns) {
    const known = columns.get(column.name);
    const type = known ? mergeTypes(known.type, column.type) : column.type;
    columns.set(column.name, { ...column, type });
  }
  return { ...one, columns: [...columns.values()], files: [...one.files, ...other.files] };
}

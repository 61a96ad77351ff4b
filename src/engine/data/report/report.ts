import type { Opened } from "../../fs/stores.ts";
import { agrees, type Checked, checkData, type Odd, type Watching } from "../check/check.ts";
import type { Group } from "../check/group.ts";
import { type Advice, advise } from "./advice.ts";
import { whatSparkDoes } from "./tell.ts";

/** What a check says, for a person and for a program alike. */
export interface Report {
  uri: string;
  agree: boolean;
  files: { found: number; looked: number; hidden: number; bytes: number };
  /** What the answer cost. */
  read: { bytes: number; requests: number };
  groups: GroupReport[];
  differ: FileReport[];
  unread: FileReport[];
  empty: string[];
  spark: string[];
  instead: Advice;
}

export interface GroupReport {
  format: string;
  files: number;
  bytes: number;
  rows?: number;
  columns: { name: string; type: string }[];
  partitions?: string[];
  delimiter?: string;
  encoding?: string;
  header?: boolean;
  multiLine?: boolean;
  example: string;
}

export interface FileReport {
  uri: string;
  group?: number;
  problems: { kind: string; text: string; column?: string }[];
}

export interface CheckRequest {
  uri: string;
  /** Look at so many at most. */
  files: number;
  /** Write how to read them. */
  fix?: { cwd: string; file?: string | undefined; force: boolean } | undefined;
}

export async function checkAll(
  request: CheckRequest,
  stores: Opened,
  watching: Watching = {},
): Promise<Report> {
  const checked = await checkData(request.uri, request.files, stores, watching);
  let written: string | undefined;
  if (request.fix)
    written = (await import("../recipe/recipe.ts")).writeRecipe(checked, request.fix);
  return reportOf(checked, written);
}

export function reportOf(checked: Checked, written?: string): Report {
  const { found, looked, groups } = checked;
  const numbers = new Map<string, number>();
  groups.forEach((group, i) => {
    for (const file of group.files) numbers.set(file.uri, i + 1);
  });
  const fileOf = ({ file, problems }: Odd): FileReport => {
    const group = numbers.get(file.uri);
    return { uri: file.uri, ...(group ? { group } : {}), problems };
  };
  return {
    uri: checked.uri,
    agree: agrees(checked),
    files: {
      found: found.files.length,
      looked: looked.length,
      hidden: found.hidden,
      bytes: found.bytes,
    },
    read: checked.read,
    groups: groups.map(groupReport),
    differ: checked.odd.map(fileOf),
    unread: checked.unread.map(fileOf),
    empty: checked.empty.map((file) => file.uri),
    spark: whatSparkDoes(checked),
    instead: advise(checked, written),
  };
}

function groupReport(group: Group): GroupReport {
  const { files, partitions, columns, ...rest } = group;
  return {
    ...rest,
    files: files.length,
    columns: columns.map(({ name, type }) => ({ name, type })),
    ...(partitions.length > 0 ? { partitions } : {}),
    example: files[0]?.uri ?? "",
  };
}

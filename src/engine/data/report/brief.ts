import { formatBytes, plural } from "../../../base/format.ts";
import type { FileReport, GroupReport, Report } from "./report.ts";

/** What a person reads of a report; more is for a program. */
export const MOST_FILES = 20;
export const MOST_COLUMNS = 30;
export const MOST_PROBLEMS = 5;

/** Some of a list, and how long it is. */
export interface Some<T> {
  shown: T[];
  all: number;
}

export interface BriefReport extends Omit<Report, "groups" | "differ" | "unread" | "empty"> {
  verdict: string;
  groups: Some<BriefGroup>;
  differ: Some<BriefFile>;
  unread: Some<BriefFile>;
  empty: Some<string>;
}

export interface BriefGroup {
  /** How many files, of what kind. */
  words: string;
  columns: Some<GroupReport["columns"][number]>;
  example: string;
}

export type BriefFile = Omit<FileReport, "problems"> & { problems: Some<string> };

const some = <T, U>(list: readonly T[], most: number, as: (one: T) => U): Some<U> => ({
  shown: list.slice(0, most).map(as),
  all: list.length,
});

/** Of ten thousand files that disagree the first ones. */
export function inBrief(report: Report): BriefReport {
  const file = ({ problems, ...more }: FileReport): BriefFile => ({
    ...more,
    problems: some(problems, MOST_PROBLEMS, ({ text }) => text),
  });
  return {
    ...report,
    verdict: verdictOf(report),
    groups: some(report.groups, MOST_FILES, (group) => ({
      words: groupWords(group),
      columns: some(group.columns, MOST_COLUMNS, (one) => one),
      example: group.example,
    })),
    differ: some(report.differ, MOST_FILES, file),
    unread: some(report.unread, MOST_FILES, file),
    empty: some(report.empty, MOST_FILES, (uri) => uri),
  };
}

export function verdictOf({ agree, differ, unread }: Report): string {
  if (agree) return "all agree";
  const parts = [
    ...(differ.length > 0 ? [`${plural(differ.length, "file")} not as the others`] : []),
    ...(unread.length > 0 ? [`${plural(unread.length, "file")} not looked into`] : []),
  ];
  return parts.join(", ");
}

export function groupWords(group: GroupReport): string {
  const { format, delimiter, header, encoding, multiLine, partitions, rows } = group;
  return [
    plural(group.files, "file"),
    formatBytes(group.bytes),
    ...(rows === undefined ? [] : [plural(rows, "row")]),
    format,
    ...(delimiter && delimiter !== "," ? [`delimiter ${JSON.stringify(delimiter)}`] : []),
    ...(header === false ? ["no header"] : []),
    ...(encoding && encoding !== "UTF-8" ? [encoding] : []),
    ...(multiLine ? ["records over several lines"] : []),
    ...(partitions ? [`partitioned by ${partitions.join(", ")}`] : []),
  ].join(", ");
}

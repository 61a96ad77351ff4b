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
  groups: Some<Omit<GroupReport, "columns"> & { columns: Some<GroupReport["columns"][number]> }>;
  differ: Some<BriefFile>;
  unread: Some<BriefFile>;
  empty: Some<string>;
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
    groups: some(report.groups, MOST_FILES, ({ columns, ...more }) => ({
      ...more,
      columns: some(columns, MOST_COLUMNS, (one) => one),
    })),
    differ: some(report.differ, MOST_FILES, file),
    unread: some(report.unread, MOST_FILES, file),
    empty: some(report.empty, MOST_FILES, (uri) => uri),
  };
}

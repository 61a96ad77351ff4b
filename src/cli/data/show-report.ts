import { formatBytes, formatCount, plural, printable } from "../../base/format.ts";
import {
  groupWords,
  MOST_COLUMNS,
  MOST_FILES,
  MOST_PROBLEMS,
  verdictOf,
} from "../../engine/data/report/brief.ts";
import type { FileReport, GroupReport, Report } from "../../engine/data/report/report.ts";

/** A report as lines for a person. */
export function showReport(report: Report): string[] {
  const { files, read, groups } = report;
  const all = files.looked === files.found;
  const looked = all ? "" : `, ${formatCount(files.looked)} of them looked at, evenly spread`;
  return [
    printable(
      `${report.uri}: ${plural(files.found, "file")}, ${formatBytes(files.bytes)}${looked} (${formatBytes(read.bytes)} read)`,
    ),
    verdictOf(report),
    ...groups.slice(0, MOST_FILES).flatMap((group, i) => showGroup(group, i + 1)),
    ...more(groups.length - MOST_FILES, "  "),
    ...section(groups.length > 0 ? "Not as the others" : "Cannot be read", capped(report.differ)),
    ...section("Not looked into", capped(report.unread)),
    ...section("Empty, which Spark does not mind", capNames(report.empty)),
    ...section("What Spark 3.5 does", report.spark.flatMap(wrap)),
    ...section(
      report.instead.file ? `Written: ${printable(report.instead.file)}` : "Write instead",
      [...(report.instead.code ?? []).map(printable), report.instead.text],
    ),
  ];
}

function showGroup(group: GroupReport, number: number): string[] {
  const columns = group.columns
    .slice(0, MOST_COLUMNS)
    .map(({ name, type }) => printable(`${name} ${type}`));
  const rest = group.columns.length - MOST_COLUMNS;
  return [
    "",
    `group ${number}: ${printable(groupWords(group))}`,
    `  ${columns.join(", ")}${rest > 0 ? `, and ${formatCount(rest)} more` : ""}`,
    `  for example ${printable(group.example)}`,
  ];
}

function capped(files: readonly FileReport[]): string[] {
  const shown = files.slice(0, MOST_FILES).map(({ uri, group, problems }) => {
    const texts = problems.slice(0, MOST_PROBLEMS).map(({ text }) => text);
    const rest = problems.length - MOST_PROBLEMS;
    const which = group !== undefined && group > 1 ? ` (group ${group})` : "";
    return printable(`${uri}${which}: ${texts.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`);
  });
  return [...shown, ...more(files.length - MOST_FILES, "")];
}

function capNames(uris: readonly string[]): string[] {
  return [...uris.slice(0, MOST_FILES).map(printable), ...more(uris.length - MOST_FILES, "")];
}

const more = (count: number, before: string) =>
  count > 0 ? [`${before}and ${formatCount(count)} more; --json names all`] : [];

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** As wide as one reads; a sentence that goes on is set in. */
function wrap(sentence: string): string[] {
  const lines: string[] = [];
  let line = "-";
  for (const word of sentence.split(" ")) {
    if (line.length + word.length > 100) {
      lines.push(line);
      line = " ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

import { formatBytes, formatCount, plural, printable } from "../../base/format.ts";
import type { Difference, RowChanges } from "../../model/difference.ts";
import type { EventBody } from "../../model/event.ts";
import type { paint } from "../paint.ts";

type Compared = Extract<EventBody, { code: "watch.compared" }>;

/** What is another one than in the run before: a line a result, and below it the rows that differ. */
export function differenceLines(
  { with: before, outputs, printed }: Compared,
  color: ReturnType<typeof paint>,
): string[] {
  const changed = outputs.filter((one) => one.state !== "same");
  const same = outputs.filter((one) => one.state === "same").map((one) => printable(one.name));
  const lines = changed.flatMap((one) => [
    `  ${color.bold(printable(one.name))}  ${color.dim(printable(one.uri))}  ${describe(one)}`,
    ...(one.values ? rows(one.values, color) : []),
  ]);
  if (same.length > 0) lines.push(color.dim(`  ${same.join(", ")}: as before`));
  if (!printed) lines.push(color.dim("  printed too much to compare"));
  else if (printed.added + printed.removed > 0) {
    lines.push(`  ${color.bold("printed")}  ${count(printed, "line")}`, ...rows(printed, color));
  } else lines.push(color.dim("  printed the same"));
  return [`${color.bold("compared")} ${color.dim(`with ${before}`)}`, ...lines];
}

function describe(one: Difference): string {
  const {
    state,
    rows: { before, after },
    schema,
    values,
  } = one;
  if (state === "new") return `new${after === undefined ? "" : `, ${plural(after, "row")}`}`;
  if (state === "gone") return "nothing was written";
  const parts: string[] = [];
  if (before !== after)
    parts.push(
      `${before === undefined ? "?" : formatCount(before)} → ${after === undefined ? "?" : plural(after, "row")}`,
    );
  else if (after !== undefined) parts.push(`still ${plural(after, "row")}`);
  for (const [sign, names] of [
    ["+", schema.added],
    ["-", schema.removed],
    ["~", schema.retyped],
  ] as const) {
    if (names.length > 0) parts.push(`columns ${sign} ${names.map(printable).join(", ")}`);
  }
  if (values && values.added + values.removed > 0) parts.push(count(values, "row"));
  else if (values) parts.push("the values of the other columns as before");
  else {
    const size =
      one.bytes.before === one.bytes.after
        ? ""
        : `${formatBytes(one.bytes.before ?? 0)} → ${formatBytes(one.bytes.after ?? 0)}, `;
    const what = one.state === "unread" ? "" : "other content, ";
    parts.push(`${size}${what}values not compared`);
  }
  return parts.join("; ");
}

function count({ added, removed }: RowChanges, word: string): string {
  return [
    ...(removed > 0 ? [`${plural(removed, word)} gone`] : []),
    ...(added > 0 ? [`${formatCount(added)} new`] : []),
  ].join(", ");
}

function rows(changes: RowChanges, color: ReturnType<typeof paint>): string[] {
  const shown = changes.examples.map(({ sign, text }) => {
    const line = `    ${sign} ${short(printable(text))}`;
    return sign === "+" ? color.green(line) : color.red(line);
  });
  const more = changes.added + changes.removed - shown.length;
  return more > 0 ? [...shown, color.dim(`    … ${formatCount(more)} more`)] : shown;
}

function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

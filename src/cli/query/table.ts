import { printable } from "../../base/format.ts";
import type { Column, Rows } from "../../engine/query/open.ts";
import type { Json } from "../../model/json.ts";

/** Less of a column says nothing. */
const LEAST = 4;
const GAP = "  ";
const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/;

export interface Drawn {
  lines: string[];
  /** Columns that had no room. */
  hidden: number;
}

/** Rows as columns of text, cut to so many places where that is said. */
export function drawTable({ columns, rows }: Rows, width: number | undefined): Drawn {
  const cells = rows.map((row) => row.map(cellText));
  const titles = columns.map(({ name }) => printable(name));
  const natural = titles.map((title, i) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[i] ?? "")), widthOf(title)),
  );
  const widths = width === undefined ? natural : fit(natural, width);
  const shown = widths.length;
  const line = (texts: string[]) =>
    texts
      .slice(0, shown)
      .map((text, i) => place(text, widths[i] ?? 0, isNumber(columns[i])))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((one) => "─".repeat(one)).join(GAP);
  return { lines: [line(titles), rule, ...cells.map(line)], hidden: columns.length - shown };
}

const isNumber = (column: Column | undefined) => NUMBERS.test(column?.type ?? "");

/** As JSON has it, but text without quotes. */
export function cellText(value: Json): string {
  if (value === null) return "NULL";
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}

/** The widest columns give way first; those at the end go when there is no room for even a little of each. */
function fit(natural: number[], width: number): number[] {
  let count = natural.length;
  const least = (n: number) =>
    natural.slice(0, n).reduce((sum, one) => sum + Math.min(one, LEAST) + GAP.length, -GAP.length);
  while (count > 1 && least(count) > width) count--;
  const widths = natural.slice(0, count);
  const room = width - GAP.length * (count - 1);
  let cap = Math.max(...widths, LEAST);
  const sum = () => widths.reduce((all, one) => all + Math.min(one, cap), 0);
  while (cap > LEAST && sum() > room) cap--;
  return widths.map((one) => Math.max(1, Math.min(one, cap, room)));
}

function place(text: string, width: number, right: boolean): string {
  const cut = widthOf(text) > width ? `${take(text, width - 1)}…` : text;
  const space = " ".repeat(Math.max(0, width - widthOf(cut)));
  return right ? space + cut : cut + space;
}

function take(text: string, width: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** Places in a terminal: Chinese, Japanese and Korean characters and emoji take two, marks over a letter none. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

import type { FieldLook, Look, Problem } from "../types.ts";
import { typeOfCell, widen } from "./infer.ts";
import { type Records, readRecords } from "./records.ts";

const DELIMITERS = [",", ";", "\t", "|"];
const ROWS = 1000;
/** Enough to tell which delimiter cuts all lines alike. */
const TRIED = 50;

/** What the beginning of a CSV file tells; undefined where nothing looks like columns. */
export function lookAtCsv(text: string): Omit<Look, "format"> | undefined {
  const { delimiter, records } = chooseDelimiter(text);
  const [first, ...rest] = records.rows;
  if (!first) return undefined;
  const header = headerOf(first, rest);
  const body = header === "none" ? records.rows : rest;
  const columns = columnsOf(header === "none" ? undefined : first, body, first.length);
  return {
    columns,
    delimiter,
    header,
    problems: raggedIn(body, first.length),
    ...(records.multiLine ? { multiLine: true } : {}),
  };
}

/** The one that cuts the most lines into the same number of cells. */
function chooseDelimiter(text: string): { delimiter: string; records: Records } {
  const tried = DELIMITERS.map((delimiter) => {
    const { rows } = readRecords(text, delimiter, TRIED);
    const width = rows[0]?.length ?? 0;
    const same = rows.filter((row) => row.length === width).length;
    return { delimiter, width, even: same / Math.max(1, rows.length) };
  });
  const score = (one: (typeof tried)[number]) =>
    one.width < 2 ? 0 : one.even + Math.min(one.width, 1000) / 10_000;
  const { delimiter } = tried.reduce((best, one) => (score(one) > score(best) ? one : best));
  return { delimiter, records: readRecords(text, delimiter, ROWS) };
}

/** A header is of words that are no values, and that no row below has in the same place. */
function headerOf(first: readonly string[], rest: readonly string[][]): "sure" | "likely" | "none" {
  const words = first.every((cell) => ["string", "void"].includes(typeOfCell(cell)));
  if (!words || first.every((cell) => cell === "")) return "none";
  if (rest.some((row) => row.some((cell, i) => cell !== "" && cell === first[i]))) return "none";
  const typed = columnsOf(undefined, rest, first.length).some(
    ({ type }) => type !== "string" && type !== "void",
  );
  if (typed) return "sure";
  if (new Set(first).size < first.length) return "none";
  return first.every((cell) => /^[\p{L}_][^\n]{0,100}$/u.test(cell)) ? "likely" : "none";
}

function columnsOf(
  names: readonly string[] | undefined,
  rows: readonly string[][],
  width: number,
): FieldLook[] {
  const types = new Array<string>(width).fill("void");
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      // What holds words already holds anything.
      if (types[i] !== "string") types[i] = widen(types[i] as string, typeOfCell(row[i] ?? ""));
    }
  }
  // Names as Spark gives them to columns without any, and to those with one that is there already.
  const times = new Map<string, number>();
  for (const name of names ?? []) {
    const lower = name.toLowerCase();
    times.set(lower, (times.get(lower) ?? 0) + 1);
  }
  const nameOf = (i: number) => {
    const name = names?.[i] || `_c${i}`;
    return (times.get(name.toLowerCase()) ?? 0) > 1 ? `${name}${i}` : name;
  };
  return types.map((type, i) => ({ name: nameOf(i), type }));
}

function raggedIn(rows: readonly string[][], width: number): Problem[] {
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd < 0) return [];
  const text = `row ${odd + 1} has ${rows[odd]?.length} cells where the first line has ${width}`;
  return [{ kind: "ragged", text }];
}

/** As it is without a header after all: its words are a row like any other. */
export function withoutHeader(look: Look): Look {
  const columns = look.columns.map(({ name, type }, i) => ({
    name: `_c${i}`,
    type: widen(type, typeOfCell(name)),
  }));
  return { ...look, header: "none", columns };
}

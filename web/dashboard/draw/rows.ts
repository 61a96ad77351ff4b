import type { Answer } from "../../../src/model/dashboard/results.ts";

/** What a chart draws: numbers as numbers, days as days, whatever else as text. */
export type Cell = string | number | Date | null;
export type Row = Record<string, Cell>;
export type Kind = "number" | "date" | "text";

export interface Table {
  rows: Row[];
  kinds: Record<string, Kind>;
}

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

export function kindOf(type: string): Kind {
  if (NUMBER.test(type)) return "number";
  return /^(?:DATE|TIMESTAMP)/.test(type) ? "date" : "text";
}

export function tableOf({ columns, rows }: Answer): Table {
  const kinds = columns.map(({ name, type }): [string, Kind] => [name, kindOf(type)]);
  return {
    kinds: Object.fromEntries(kinds),
    // Tens of thousands of them: no list of pairs for each.
    rows: rows.map((row) => {
      const cells: Row = {};
      for (let i = 0; i < kinds.length; i++) {
        const [name, kind] = kinds[i] ?? ["", "text"];
        cells[name] = cellOf(row[i], kind);
      }
      return cells;
    }),
  };
}

function cellOf(raw: unknown, kind: Kind): Cell {
  if (raw === null || raw === undefined) return null;
  if (kind === "number") {
    const number = Number(raw);
    return Number.isFinite(number) ? number : null;
  }
  const text = textOf(raw);
  return kind === "text" ? text : dateOf(text);
}

/** As DuckDB writes it: `2013-01-01 10:00:00+00`; without a zone it is meant as UTC. */
function dateOf(text: string): Date | null {
  const [, day, time = "00:00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[ T]([\d:.]+))?(Z|[-+]\d\d(?::\d\d)?)?$/.exec(text) ?? [];
  const date = new Date(`${day}T${time}${zone.length === 3 ? `${zone}:00` : zone}`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A cell as a person reads it in a table: nothing is rounded. */
export function textOf(raw: unknown): string {
  if (raw === null || raw === undefined) return "";
  return typeof raw === "object" ? JSON.stringify(raw) : String(raw);
}

export function labelOf(cell: Cell | undefined): string {
  if (cell instanceof Date) return cell.toISOString().replace(/T00:00:00\.000Z$|\.000Z$/, "");
  return typeof cell === "number" ? shorten(cell) : (cell ?? "");
}

const shorten = (number: number) =>
  Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(4)));

/** What is different in a column, numbers and days in their order, texts as they come. */
export function valuesIn(rows: readonly Row[], column: string): Cell[] {
  const values = new Map<string | number | null, Cell>();
  for (const row of rows) {
    const cell = row[column] ?? null;
    values.set(cell instanceof Date ? cell.getTime() : cell, cell);
  }
  const all = [...values.values()];
  return all.every((cell) => typeof cell === "string" || cell === null)
    ? all
    : all.sort((a, b) => Number(a) - Number(b));
}

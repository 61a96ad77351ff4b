import type { Json } from "../model/json.ts";
import type { Column } from "./query.ts";

export interface RowWriter {
  rows(rows: Json[][], columns: Column[]): void;
  end(columns: Column[]): void;
}

/** Rows as text, as they come. */
export function rowWriter(format: "csv" | "json", put: (text: string) => void): RowWriter {
  return format === "csv" ? csvWriter(put) : jsonWriter(put);
}

function csvWriter(put: (text: string) => void): RowWriter {
  let begun = false;
  const begin = (columns: Column[]) => {
    if (!begun) put(`${columns.map(({ name }) => csvCell(name)).join(",")}\n`);
    begun = true;
  };
  return {
    rows(rows, columns) {
      begin(columns);
      put(rows.map((row) => `${row.map(csvCell).join(",")}\n`).join(""));
    },
    end: begin,
  };
}

/** An empty cell is NULL, "" is empty text; as DuckDB and Spark write it. */
function csvCell(value: Json): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One array of objects, a row a line. */
function jsonWriter(put: (text: string) => void): RowWriter {
  let begun = false;
  return {
    rows(rows, columns) {
      const lines = rows.map((row) =>
        JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]))),
      );
      if (lines.length === 0) return;
      put(`${begun ? ",\n" : "["}${lines.join(",\n")}`);
      begun = true;
    },
    end: () => put(begun ? "]\n" : "[]\n"),
  };
}

import type { Answer } from "../../src/model/dashboard/results.ts";
import { kindOf, textOf } from "./draw/rows.ts";
import type { Html } from "./html.ts";

const MOST = 1000;

/** The rows as they are; it scrolls by itself, also with the keyboard. */
export function tableElement(
  h: Html,
  { columns, rows }: Answer,
  label: string,
  wanted: readonly string[] = columns.map(({ name }) => name),
): HTMLElement {
  const shown = wanted.map((name) => columns.findIndex((column) => column.name === name));
  const numeric = shown.map((i) => kindOf(columns[i]?.type ?? "") === "number");
  const cell = (name: "th" | "td", i: number, text: string) =>
    h(
      name,
      { ...(numeric[i] ? { class: "mf-number" } : {}), ...(name === "th" ? { scope: "col" } : {}) },
      text,
    );
  const body = rows
    .slice(0, MOST)
    .map((row) => h("tr", {}, ...shown.map((at, i) => cell("td", i, textOf(row[at])))));
  return h(
    "div",
    { class: "mf-table", role: "region", tabindex: "0", "aria-label": label },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...shown.map((at, i) => cell("th", i, columns[at]?.name ?? "")))),
      h("tbody", {}, ...body),
    ),
    rows.length > MOST && h("p", { class: "mf-note" }, `The first ${MOST} of ${rows.length} rows.`),
  );
}

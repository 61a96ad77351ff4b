import { isProblem, type Result } from "../../src/model/dashboard/results.ts";
import type { Chart } from "../../src/model/dashboard/schema.ts";
import { drawChart } from "./draw/chart.ts";
import { type Instead, insteadOf, omissions } from "./draw/note.ts";
import { kindOf, tableOf, textOf } from "./draw/rows.ts";
import { type Html, html } from "./html.ts";
import { tableElement } from "./table.ts";

export interface CardWish {
  document: Document;
  /** Of the chart, in pixels. */
  width: number;
  tips: boolean;
  id: string;
  /** The page has no heading above it. */
  heading?: "h2" | "h3";
}

/** One chart with its title, its data as a table, or what stands in its place. */
export function card(chart: Chart, result: Result | undefined, wish: CardWish): HTMLElement {
  const h = html(wish.document);
  const title = titleOf(chart);
  const heading = chart.title && h(wish.heading ?? "h2", { id: wish.id }, chart.title);
  const figure = h(
    "figure",
    {
      class: `mf-card mf-is-${chart.mark}${chart.wide ? " mf-wide" : ""}`,
      ...(heading ? { "aria-labelledby": wish.id } : { "aria-label": title }),
    },
    heading,
    chart.note !== undefined && h("p", { class: "mf-note" }, chart.note),
  );
  try {
    figure.append(...contentOf(chart, result, wish, h));
  } catch (error) {
    const text = `This chart cannot be drawn: ${(error as Error).message}`;
    figure.append(insteadElement(h, { kind: "problem", text }));
  }
  return figure;
}

export const titleOf = (chart: Chart): string =>
  chart.title ?? ("query" in chart ? `${chart.mark} of ${chart.query}` : chart.mark);

function contentOf(chart: Chart, result: Result | undefined, wish: CardWish, h: Html): Node[] {
  if (chart.mark === "text")
    return chart.text.split(/\n\s*\n/).map((part) => h("p", {}, part.trim()));
  const instead = insteadOf(chart, result);
  if (instead || !result || isProblem(result))
    return [insteadElement(h, instead ?? { kind: "waiting", text: "Asking …" })];
  const title = titleOf(chart);
  if (chart.mark === "table") return [tableElement(h, result, title, chart.columns)];
  if (chart.mark === "number") return [numberElement(h, chart, result)];
  const table = tableOf(result);
  const { plot, legend } = drawChart(chart, table, wish);
  const notes = omissions(chart, result, table).map((text) => h("p", { class: "mf-note" }, text));
  const data = h("details", {}, h("summary", {}, "Data"));
  data.addEventListener("toggle", () => {
    if (data.children.length === 1) data.append(tableElement(h, result, `Data of ${title}`));
  });
  return [...(legend ? [legend] : []), plot, ...notes, data];
}

function insteadElement(h: Html, { kind, text, remedy }: Instead): HTMLElement {
  return h(
    "div",
    { class: `mf-instead mf-${kind}`, role: "status" },
    h("p", {}, text),
    remedy !== undefined && h("p", { class: "mf-note" }, remedy),
  );
}

/** As it is shown large: grouped, with four digits that say something. */
export function numberText(chart: Chart & { mark: "number" }, result: Result): string {
  if (isProblem(result)) return "";
  const at = result.columns.findIndex(({ name }) => name === chart.value);
  const raw = result.rows[0]?.[at];
  const number = Number(raw);
  const numeric = kindOf(result.columns[at]?.type ?? "") === "number" && raw !== null;
  if (!numeric) return textOf(raw) || "nothing";
  const digits = Number.isInteger(number)
    ? { maximumFractionDigits: 0 }
    : { maximumSignificantDigits: 4 };
  return new Intl.NumberFormat("en-US", digits).format(number);
}

function numberElement(h: Html, chart: Chart & { mark: "number" }, result: Result): HTMLElement {
  return h(
    "p",
    { class: "mf-big" },
    numberText(chart, result),
    chart.unit !== undefined && h("span", { class: "mf-unit" }, ` ${chart.unit}`),
  );
}

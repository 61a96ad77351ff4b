import { isProblem, type Result } from "../../src/model/dashboard/results.ts";
import type { Chart } from "../../src/model/dashboard/schema.ts";
import { numberText } from "./card.ts";
import { drawChart } from "./draw/chart.ts";
import { insteadOf } from "./draw/note.ts";
import { tableOf, textOf } from "./draw/rows.ts";
import { svg, widthOf, xmlOf } from "./draw/svg.ts";

export interface PictureWish {
  document: Document;
  width: number;
  dark: boolean;
}

const MARGIN = 16;

/** A chart as one SVG that stands alone: title, legend and drawing; a table as its first rows. */
export function picture(chart: Chart, result: Result | undefined, wish: PictureWish): string {
  const make = svg(wish.document);
  const inner = wish.width - 2 * MARGIN;
  const instead = insteadOf(chart, result);
  // Nothing is a result, too.
  if (instead && instead.kind !== "empty")
    throw new Error([instead.text, instead.remedy].filter(Boolean).join("; "));
  const parts: SVGElement[] = [];
  let y = MARGIN;
  const write = (text: string, size: number, weight = "normal", x = MARGIN) => {
    const attributes = { x, y: y + size, fill: "currentColor", "font-size": size };
    parts.push(make("text", { ...attributes, "font-weight": weight }, text));
  };
  const line = (text: string, size: number, weight?: string) => {
    write(text, size, weight);
    y += size * 1.45;
  };
  if (chart.title) line(chart.title, 16, "bold");
  if (chart.note) line(chart.note, 12);
  if (chart.mark === "text") for (const text of wrapped(chart.text, inner)) line(text, 13);
  else if (instead) line(instead.text, 13);
  else if (result && !isProblem(result)) {
    if (chart.mark === "number")
      line(`${numberText(chart, result)} ${chart.unit ?? ""}`.trim(), 40, "bold");
    else if (chart.mark === "table") {
      const wanted = chart.columns ?? result.columns.map(({ name }) => name);
      const at = wanted.map((name) => result.columns.findIndex((column) => column.name === name));
      const lines = [
        wanted,
        ...result.rows.slice(0, 40).map((row) => at.map((i) => textOf(row[i]))),
      ];
      const widths = wanted.map(
        (_, i) => Math.max(...lines.map((cells) => widthOf(cells[i] ?? "", 12))) + 16,
      );
      for (const [n, cells] of lines.entries()) {
        let x = MARGIN;
        for (const [i, text] of cells.entries()) {
          write(text, 12, n === 0 ? "bold" : "normal", x);
          x += widths[i] ?? 0;
        }
        y += 18;
      }
    } else {
      const drawing = drawChart(chart, tableOf(result), {
        document: wish.document,
        width: inner,
        tips: false,
      });
      for (const [node, height] of [
        [drawing.legend, drawing.legendHeight],
        [drawing.plot, drawing.height],
      ] as const) {
        if (!node) continue;
        node.setAttribute("x", String(MARGIN));
        node.setAttribute("y", String(y));
        parts.push(node);
        y += height;
      }
    }
  }
  const height = Math.ceil(y + MARGIN);
  const [ground, ink] = wish.dark ? ["#16181d", "#e6e8ec"] : ["#ffffff", "#1b1e24"];
  const whole = make("svg", {
    ...{ xmlns: "http://www.w3.org/2000/svg", width: wish.width, height },
    ...{ viewBox: `0 0 ${wish.width} ${height}`, "font-family": "system-ui, sans-serif" },
    ...{ color: ink ?? "", role: "img", "aria-label": chart.title ?? chart.mark },
  });
  whole.append(make("rect", { width: "100%", height: "100%", fill: ground ?? "" }), ...parts);
  // Outside of a page there are no variables.
  return xmlOf(whole).replaceAll("var(--mf-ground, white)", ground ?? "");
}

function wrapped(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (widthOf(longer, 13) > width && lines.at(-1) !== "") lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { writeAtomic } from "../../base/files.ts";
import { didYouMean } from "../../base/nearest.ts";
import {
  type Answer,
  chosen,
  isProblem,
  keyOf,
  type Page,
  type Result,
} from "../../model/dashboard/results.ts";
import type { Chart } from "../../model/dashboard/schema.ts";
import { webFolder } from "../web.ts";
import { plainFont } from "./fonts.ts";

export const FORMATS = ["png", "svg", "csv"] as const;
export type Format = (typeof FORMATS)[number];

export function readFormat(text: string): Format {
  const found = FORMATS.find((one) => one === text);
  if (found) return found;
  throw new MayflyError(
    "usage",
    `cannot export as "${text}"`,
    didYouMean(text, FORMATS) ?? `one of ${FORMATS.join(", ")}`,
  );
}

export interface DrawWish {
  formats: Format[];
  /** Titles, or numbers from 1; all of them without. */
  charts: string[];
  width: number;
  dark: boolean;
}

export const USUAL_WIDTH = 640;

export interface ChartFile {
  name: string;
  content: string | Uint8Array;
}

/** Each chart as files of its own in a folder; no browser is needed. */
export async function exportCharts(
  page: Page,
  { folder, ...wish }: DrawWish & { folder: string },
): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, content } of chartFiles(page, wish)) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, name);
    writeAtomic(file, content);
    files.push(file);
  }
  return files;
}

export async function* chartFiles(page: Page, wish: DrawWish): AsyncGenerator<ChartFile> {
  const { formats, charts } = wish;
  const wanted = charts.length === 0 ? page.spec.charts : charts.map((one) => chartOf(page, one));
  const draw = formats.some((one) => one !== "csv") ? await openDrawing(wish) : undefined;
  for (const chart of wanted) {
    const result = resultOf(page, chart);
    if (result && isProblem(result))
      throw new MayflyError(
        "usage",
        `cannot export the chart "${chart.title ?? chart.mark}": ${result.problem}`,
        result.remedy,
      );
    const name = fileName(page, chart);
    if (formats.includes("csv") && result) yield { name: `${name}.csv`, content: csvOf(result) };
    if (!draw) continue;
    const svg = draw(chart, result);
    if (formats.includes("svg")) yield { name: `${name}.svg`, content: `${svg}\n` };
    if (formats.includes("png")) yield { name: `${name}.png`, content: await pngOf(svg) };
  }
}

function chartOf({ spec }: Page, word: string): Chart {
  const titles = spec.charts.flatMap(({ title }) => title ?? []);
  const found = spec.charts.find(({ title }) => title === word) ?? spec.charts[Number(word) - 1];
  if (found) return found;
  throw new MayflyError(
    "usage",
    `cannot export the chart "${word}": the dashboard has no such chart`,
    didYouMean(word, titles) ??
      `a number from 1 to ${spec.charts.length}, or a title: ${titles.join(", ")}`,
  );
}

function resultOf({ spec, choices, results }: Page, chart: Chart): Result | undefined {
  if (!("query" in chart)) return undefined;
  return results[chart.query]?.[keyOf(spec.queries?.[chart.query] ?? "", chosen(choices))];
}

function fileName({ spec }: Page, chart: Chart): string {
  const number = String(spec.charts.indexOf(chart) + 1).padStart(2, "0");
  const words = (chart.title ?? chart.mark).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  // By whole letters: half of one has no place in a name.
  return `${number}-${[...words.replace(/^-|-$/g, "")].slice(0, 60).join("")}`;
}

/** As RFC 4180 has it; what begins like a formula stays text in a spreadsheet's eyes only if it is opened as such. */
export function csvOf({ columns, rows }: Answer): string {
  const cell = (value: unknown) => {
    if (value === null || value === undefined) return "";
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns.map(({ name }) => name), ...rows]
    .map((row) => `${row.map(cell).join(",")}\n`)
    .join("");
}

type Draw = (chart: Chart, result: Result | undefined) => string;

/** What no file of XML may hold, in whatever way. */
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The script that draws in a page draws here, too, into a document that is no browser's. */
async function openDrawing({ width, dark }: DrawWish): Promise<Draw> {
  const script = readFileSync(join(await webFolder(), "dashboard/main.js"), "utf8");
  const { parseHTML } = await import("linkedom");
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { picture } = new Function(`${script}\nreturn mayfly;`)() as {
    picture(chart: Chart, result: Result | undefined, wish: object): string;
  };
  return (chart, result) => {
    try {
      return picture(chart, result, { document, width, dark }).replace(NOT_XML, "\ufffd");
    } catch (error) {
      throw new MayflyError(
        "usage",
        `cannot draw the chart "${chart.title ?? chart.mark}": ${(error as Error).message}`,
        "mayfly dashboard build shows the others",
      );
    }
  };
}

/** Two pixels for each of the drawing's: sharp on any screen. */
async function pngOf(svg: string): Promise<Uint8Array> {
  const { renderAsync } = await import("@resvg/resvg-js");
  // Beside all else: fifty thousand marks take many seconds, and a console answers others meanwhile.
  const made = await renderAsync(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { loadSystemFonts: true, ...plainFont() },
  });
  return made.asPng();
}

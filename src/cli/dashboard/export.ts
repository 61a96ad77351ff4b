import { resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { collectDashboard } from "../../engine/dashboard/build.ts";
import { exportCharts, readFormat, USUAL_WIDTH } from "../../engine/dashboard/export.ts";
import type { Command } from "../command.ts";
import { inputOption, readRequest } from "./options.ts";

export const exportCommand: Command = {
  summary: "write the charts of a dashboard as PNG, SVG or CSV",
  usage: "dashboard export [JOB|FILE] [--format png|svg|csv] [--chart TITLE] [-o FOLDER]",
  examples: [
    ["dashboard export", "each chart as PNG, into the folder dashboard"],
    ["dashboard export --format svg --format csv", "as drawing, and as data"],
    ['dashboard export one-off --chart "The points" --dark', "one chart of a job, on black"],
  ],
  options: {
    format: {
      type: "string",
      value: "FORMAT",
      help: "png (by default), svg or csv; may be said again",
    },
    chart: {
      type: "string",
      value: "TITLE",
      help: "this one only, by title or number; may be said again",
    },
    out: { type: "string", short: "o", value: "FOLDER", help: "where to; dashboard by default" },
    width: { type: "string", value: "PIXELS", help: "640 by default" },
    dark: { type: "boolean", help: "light on dark" },
    ...inputOption,
  },
  words: "job",
  most: 1,
  async run(input, io) {
    const said = input.values("format").map(readFormat);
    const formats = said.length === 0 ? (["png"] as const) : said;
    const width = readWidth(input.value("width") ?? String(USUAL_WIDTH));
    const { page } = await collectDashboard(readRequest(input, io, input.words[0]));
    const files = await exportCharts(page, {
      ...{ formats: [...formats], width, dark: input.flags.has("dark") },
      charts: input.values("chart"),
      folder: resolve(io.cwd, input.value("out") ?? "dashboard"),
    });
    io.out(
      input.flags.has("json")
        ? `${JSON.stringify(files)}\n`
        : files.map((one) => `${one}\n`).join(""),
    );
    return 0;
  },
};

function readWidth(text: string): number {
  const width = /^\d+$/.test(text) ? Number(text) : 0;
  if (width >= 200 && width <= 4000) return width;
  throw new MayflyError("usage", `cannot draw "${text}" pixels wide`, "from 200 to 4000");
}

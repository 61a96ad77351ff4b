import { resolve } from "node:path";
import { formatBytes, plural } from "../../base/format.ts";
import { buildDashboard, pageName, writePage } from "../../engine/dashboard/build.ts";
import type { Command } from "../command.ts";
import { inputOption, readRequest, tellFixed } from "./options.ts";

const YAML = /\.ya?ml$/;

export const build: Command = {
  summary: "write a dashboard as one HTML file, with its data",
  usage: "dashboard build [JOB|FILE] [-o FILE]",
  examples: [
    ["dashboard build", "dashboard.yaml of this folder, as dashboard.html"],
    ["dashboard build one-off", "of a job of mayfly.yaml, as one-off.html"],
    ["dashboard build --input carrier=AA", "with another value to begin with"],
  ],
  options: {
    out: {
      type: "string",
      short: "o",
      value: "FILE",
      help: "where to; the job's or the file's name with .html by default",
    },
    ...inputOption,
  },
  words: "job",
  most: 1,
  async run(input, io) {
    const [word] = input.words;
    const { found, page, html } = await buildDashboard(readRequest(input, io, word));
    // Of two jobs' dashboards here the second would take the place of the first.
    const its = word === undefined || YAML.test(word) ? found.file : resolve(io.cwd, word);
    const out = input.value("out") ?? pageName(its);
    const path = writePage(html, out, io.cwd);
    const bytes = Buffer.byteLength(html);
    tellFixed(page.fixed, io);
    if (input.flags.has("json"))
      io.out(`${JSON.stringify({ file: path, bytes, fixed: page.fixed })}\n`);
    else {
      io.out(`${path}\n`);
      io.err(
        `${plural(page.spec.charts.length, "chart")}, ${formatBytes(bytes)}; it opens in any browser, from anywhere\n`,
      );
    }
    return 0;
  },
};

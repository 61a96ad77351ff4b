import { relative } from "node:path";
import { findDashboard } from "../../engine/dashboard/find.ts";
import type { Command } from "../command.ts";
import { console as consoleCommand, serveConsole } from "../console/console.ts";

export const serve: Command = {
  summary: "open a dashboard in the console, where it asks again",
  usage: "dashboard serve [JOB|FILE] [--port N] [--no-open]",
  examples: [
    ["dashboard serve", "dashboard.yaml of this folder, until Ctrl-C"],
    ["dashboard serve one-off --no-open", "of a job; only prints the address"],
  ],
  options: consoleCommand.options,
  words: "job",
  most: 1,
  async run(input, io) {
    const { file, project } = await findDashboard(input.words[0], io.cwd);
    const page = `/dashboards?file=${encodeURIComponent(relative(project, file))}`;
    return serveConsole(input, io, project, page);
  },
};

import { formatDuration, formatTable } from "../../base/format.ts";
import { projectFolder } from "../../engine/project.ts";
import { checkLimit, elsewhere, listRuns } from "../../engine/runs/list.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import type { Command } from "../command.ts";

export const ls: Command = {
  summary: "list runs",
  usage: "ls [--all] [--limit N]",
  examples: [
    ["ls", "the newest runs of this project"],
    ["ls --all --limit 50", "of every project on this machine"],
    ["ls --json", "for a program"],
  ],
  options: {
    all: { type: "boolean", help: "of every project on this machine" },
    limit: { type: "string", value: "N", help: "how many, 20 by default" },
  },
  most: 0,
  async run(input, io) {
    const project = projectFolder(io.cwd);
    const limit = checkLimit(input.value("limit") ?? "20");
    for (const id of await recoverRuns(project))
      io.err(`run ${id} had been killed; what it left was ended\n`);
    const runs = listRuns(project, { limit, all: input.flags.has("all") });
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(runs)}\n`);
      return 0;
    }
    if (runs.length === 0) {
      const others = elsewhere(project).slice(0, 3);
      const where = others.map((one) => `${one.runs} in ${one.project}`).join(", ");
      io.err(`no runs in ${project}${where ? `; ${where} (mayfly ls --all)` : ""}\n`);
      return 0;
    }
    const rows = runs.map((run) => [
      run.id,
      run.state,
      new Date(run.createdAt).toISOString().slice(0, 19).replace("T", " "),
      run.endedAt === undefined ? "" : formatDuration(run.endedAt - run.createdAt),
      run.target,
      run.job,
      ...(input.flags.has("all") ? [run.project] : []),
    ]);
    for (const line of formatTable([
      ["RUN", "STATE", "STARTED (UTC)", "TIME", "TARGET", "JOB"],
      ...rows,
    ])) {
      io.out(`${line}\n`);
    }
    return 0;
  },
};

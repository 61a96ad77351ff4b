import { formatDuration, formatTable } from "../../base/format.ts";
import { findInAccount, listClusters } from "../../engine/clusters/list.ts";
import { projectFolder } from "../../engine/project.ts";
import { checkLimit, elsewhere, listRuns } from "../../engine/runs/list.ts";
import { showClusters } from "../clusters/show.ts";
import type { Command } from "../command.ts";
import { tellRecovered } from "./recovered.ts";

export const ls: Command = {
  summary: "list clusters and runs",
  usage: "ls [--all] [--limit N] [--account]",
  examples: [
    ["ls", "the newest runs of this project"],
    ["ls --all --limit 50", "of every project on this machine"],
    ["ls --account", "also clusters that another machine of ours has opened"],
    ["ls --json", "for a program"],
  ],
  options: {
    all: { type: "boolean", help: "of every project on this machine" },
    account: { type: "boolean", help: "asks AWS for our clusters, and remembers them here" },
    limit: { type: "string", value: "N", help: "how many, 20 by default" },
  },
  most: 0,
  async run(input, io) {
    const project = projectFolder(io.cwd);
    const limit = checkLimit(input.value("limit") ?? "20");
    await tellRecovered(io);
    if (input.flags.has("account")) await findInAccount(io.cwd, io.env);
    const clusters = await listClusters(io.env);
    const runs = listRuns(project, { limit, all: input.flags.has("all") });
    if (input.flags.has("json")) {
      // A list of runs, as before there were clusters; those that are open come with their own word.
      io.out(`${JSON.stringify([...clusters.map((one) => ({ cluster: one })), ...runs])}\n`);
      return 0;
    }
    showClusters(clusters, io);
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

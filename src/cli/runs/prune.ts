import { formatBytes, formatTable, plural } from "../../base/format.ts";
import { cacheFolder } from "../../base/places.ts";
import { projectFolder } from "../../engine/project.ts";
import { findPrunable, removePrunable } from "../../engine/runs/prune.ts";
import { findRunId } from "../../engine/runs/records.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import { readAge } from "../../model/age.ts";
import type { Command } from "../command.ts";
import { confirm } from "../confirm.ts";

export const prune: Command = {
  summary: "remove old runs and caches",
  usage: "prune [RUN…] [--older-than 7d] [--cache] [--yes]",
  examples: [
    ["prune", "shows what can go, with its size, and asks"],
    ["prune --older-than 0d --yes", "every run that has ended"],
    ["prune --cache", "also Spark, Java, Python environments: fetched again when needed"],
  ],
  options: {
    "older-than": { type: "string", value: "AGE", help: "runs older than 7d (default), 12h, 30m" },
    cache: { type: "boolean", help: "the shared caches too" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
    "no-input": { type: "boolean", help: "never ask: without --yes only show" },
  },
  words: "run",
  async run(input, io) {
    const project = projectFolder(io.cwd);
    await recoverRuns(project);
    const found = findPrunable(project, {
      runs: input.words.map((word) => findRunId(word, project)),
      olderThanMs: readAge(input.value("older-than") ?? "7d"),
      ...(input.flags.has("cache") ? { cache: cacheFolder(io.env) } : {}),
    });
    const bytes = found.reduce((sum, one) => sum + one.bytes, 0);
    const json = input.flags.has("json");
    if (!json) {
      for (const line of formatTable(found.map((one) => [formatBytes(one.bytes), one.what])))
        io.out(`${line}\n`);
    }
    const may = found.length > 0 && (await confirm(`remove ${formatBytes(bytes)}?`, input, io));
    if (may) await removePrunable(found, io.env);
    if (json) io.out(`${JSON.stringify({ found, bytes, removed: may })}\n`);
    else if (found.length === 0) io.err("nothing to remove\n");
    else
      io.err(
        `${may ? "removed" : "kept"} ${plural(found.length, "item")}, ${formatBytes(bytes)}${may ? "" : " (--yes removes them)"}\n`,
      );
    return 0;
  },
};

import { initProject } from "../../engine/init.ts";
import type { Command } from "../command.ts";

export const init: Command = {
  summary: "write a mayfly.yaml",
  usage: "init",
  examples: [
    ["init", "a job for each program in this folder, or one to start from"],
    ["init --json", "what was written, for a program"],
  ],
  options: { "no-input": { type: "boolean", help: "never ask" } },
  most: 0,
  async run(input, io) {
    const { file, jobs, program } = initProject(io.cwd);
    if (input.flags.has("json")) io.out(`${JSON.stringify({ file, jobs, program })}\n`);
    else io.out(`${[file, ...(program ? [program] : [])].join("\n")}\n`);
    io.err(`run it: ${jobs.map((job) => `mayfly run ${job}`).join(", ")}\n`);
    return 0;
  },
};

import { MayflyError } from "../../base/errors.ts";
import { printable } from "../../base/format.ts";
import { importCluster } from "../../engine/import.ts";
import type { Command } from "../command.ts";

export const importCommand: Command = {
  summary: "a mayfly.yaml from an aws emr create-cluster line",
  usage: "import FILE|- [--print] | import -- aws emr create-cluster …",
  examples: [
    ["import launch_cluster.sh", "a script with the line in it"],
    ["import - --print < line.txt", "from what comes in; nothing is written"],
    ["import -- aws emr create-cluster --name demo --instance-type m5.xlarge", "the line itself"],
  ],
  options: { print: { type: "boolean", help: "print the file, and write nothing" } },
  async run(input, io) {
    const { words, flags } = input;
    if (words.length === 0 || (words.length > 1 && words[0] !== "aws"))
      throw new MayflyError(
        "usage",
        words.length === 0
          ? "mayfly import needs a line"
          : `mayfly import takes one file, got "${words[1]}"`,
        "mayfly import FILE, or mayfly import -- aws emr create-cluster …",
      );
    const print = flags.has("print");
    const { file, text, target, job, left } = await importCluster({ cwd: io.cwd, words, print });
    if (flags.has("json")) io.out(`${JSON.stringify({ file, text, target, job, left })}\n`);
    else io.out(print ? text : `${file}\n`);
    for (const one of left) io.err(`not carried over as it was: ${printable(one)}\n`);
    if (!print) io.err(`look at it: mayfly plan ${job ?? "JOB"} --on ${target}\n`);
    return 0;
  },
};

import { formatTable } from "../../base/format.ts";
import { examine } from "../../engine/doctor.ts";
import { projectFolder } from "../../engine/project.ts";
import type { Command } from "../command.ts";
import { paint } from "../paint.ts";

export const doctor: Command = {
  summary: "look whether this machine is ready",
  usage: "doctor",
  examples: [
    ["doctor", "what is here, what is missing, what to do; exit code 3 if something is missing"],
    ["doctor --json", "for a program or a bug report"],
  ],
  options: {},
  most: 0,
  async run(input, io) {
    const checks = await examine(projectFolder(io.cwd));
    const missing = checks.filter((check) => check.state === "missing");
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(checks)}\n`);
      return missing.length > 0 ? 3 : 0;
    }
    const color = io.terminal.out ? paint(io) : undefined;
    const marks = { ok: "✓", warning: "!", missing: "✗" };
    const paints = { ok: color?.green, warning: color?.yellow, missing: color?.red };
    const lines = formatTable(checks.map((check) => [check.what, check.found]));
    checks.forEach((check, i) => {
      const mark = marks[check.state];
      io.out(`${paints[check.state]?.(mark) ?? mark} ${lines[i]}\n`);
      if (check.remedy) io.out(`    ${check.remedy}\n`);
    });
    return missing.length > 0 ? 3 : 0;
  },
};

import { MayflyError } from "../../base/errors.ts";
import { resetRehearsal } from "../../rehearsal/control/reset.ts";
import { listRehearsals } from "../../rehearsal/control/status.ts";
import type { Command } from "../command.ts";
import { confirm } from "../confirm.ts";
import { nameOption, readName } from "./options.ts";
import { unknown } from "./status.ts";

export const reset: Command = {
  summary: "forget all that a rehearsal holds: buckets, clusters, roles, keys it gave out",
  usage: "rehearsal reset [--name NAME] [--yes]",
  examples: [
    ["rehearsal reset", "asks first; one that runs goes on, empty"],
    ["rehearsal reset --yes", "does not ask"],
  ],
  options: {
    ...nameOption,
    yes: { type: "boolean", short: "y", help: "do not ask" },
  },
  most: 0,
  async run(input, io) {
    const name = readName(input);
    const all = listRehearsals(io.env);
    if (!all.some((one) => one.name === name)) throw unknown(name, all);
    if (!input.flags.has("yes") && !io.terminal.in)
      throw new MayflyError(
        "refused",
        `cannot reset the rehearsal "${name}" without asking, and there is nobody to ask`,
        "say --yes",
      );
    if (!(await confirm(`forget all that the rehearsal "${name}" holds?`, input, io))) {
      io.err("nothing was changed\n");
      return 0;
    }
    const { running } = await resetRehearsal(name, io.env, (text) => io.err(`  ${text}\n`));
    if (input.flags.has("json")) io.out(`${JSON.stringify({ name, running })}\n`);
    else io.out(running ? `rehearsal ${name} is empty, and runs\n` : `rehearsal ${name} is gone\n`);
    return 0;
  },
};

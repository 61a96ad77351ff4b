import { stopRehearsal } from "../../rehearsal/control/reset.ts";
import { listRehearsals } from "../../rehearsal/control/status.ts";
import type { Command } from "../command.ts";
import { nameOption, readName } from "./options.ts";
import { unknown } from "./status.ts";

export const stop: Command = {
  summary: "end a rehearsal; what it holds is there when it starts again",
  usage: "rehearsal stop [--name NAME]",
  examples: [
    ["rehearsal stop", "the one that has no name"],
    ["rehearsal stop --name second", "one of several"],
  ],
  options: { ...nameOption },
  most: 0,
  async run(input, io) {
    const name = readName(input);
    const all = listRehearsals(io.env);
    if (input.value("name") !== undefined && !all.some((one) => one.name === name)) {
      throw unknown(name, all);
    }
    const stopped = await stopRehearsal(name, io.env);
    if (input.flags.has("json")) io.out(`${JSON.stringify({ name, stopped })}\n`);
    else
      io.out(stopped ? `rehearsal ${name} ended; what it holds stays\n` : "it was not running\n");
    return 0;
  },
};

import { environmentOf, MISLEADING } from "../../rehearsal/control/records.ts";
import type { Command } from "../command.ts";
import { nameOption, readName, readPort } from "./options.ts";

export const start: Command = {
  summary: "start AWS on this machine, and print the environment for its clients",
  usage: "rehearsal start [--name NAME] [--port N] [--profile P]",
  examples: [
    ["rehearsal start", 'eval "$(mayfly rehearsal start)" makes it so for a whole shell'],
    ["rehearsal start --profile rehearsal", "for aws --profile rehearsal …"],
    ["rehearsal start --name second", "another one beside it"],
  ],
  options: {
    ...nameOption,
    port: { type: "string", value: "N", help: "instead of the one it had, or a free one" },
    profile: { type: "string", value: "P", help: "write this profile into ~/.aws as well" },
  },
  most: 0,
  async run(input, io) {
    const { startRehearsal } = await import("../../rehearsal/control/start.ts");
    const wish = {
      name: readName(input),
      env: io.env,
      port: readPort(input),
      profile: input.value("profile"),
    };
    const known = await startRehearsal(wish, (text) => io.err(`  ${text}\n`));
    const environment = environmentOf(known);
    if (input.flags.has("json")) {
      const { port, profile } = known;
      io.out(`${JSON.stringify({ name: wish.name, port, profile, environment })}\n`);
      return 0;
    }
    io.out(`unset ${MISLEADING.join(" ")}\n`);
    const pairs = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    io.out(`export ${pairs.join(" ")}\n`);
    return 0;
  },
};

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { toMayflyError } from "../../base/errors.ts";
import { environmentOf, MISLEADING } from "../../rehearsal/control/records.ts";
import type { Rule } from "../../rehearsal/faults/rules/rule.ts";
import type { Command, Input } from "../command.ts";
import { nameOption, readName, readPort, readSpeed } from "./options.ts";

export const start: Command = {
  summary: "start AWS on this machine, and print the environment for its clients",
  usage:
    "rehearsal start [--name NAME] [--port N] [--profile P] [--speed N] [--chaos FILE] [--unsafe]",
  examples: [
    ["rehearsal start", 'eval "$(mayfly rehearsal start)" makes it so for a whole shell'],
    ["rehearsal start --profile rehearsal", "for aws --profile rehearsal …"],
    ["rehearsal start --name second", "another one beside it"],
    ["rehearsal start --speed 60", "an idle minute of a cluster is over in a second"],
    ["rehearsal start --chaos faults.yaml", "with what is to go wrong in it"],
  ],
  options: {
    ...nameOption,
    port: { type: "string", value: "N", help: "instead of the one it had, or a free one" },
    profile: { type: "string", value: "P", help: "write this profile into ~/.aws as well" },
    speed: { type: "string", value: "N", help: "all that it waits for goes N times as fast; kept" },
    chaos: {
      type: "string",
      value: "FILE",
      help: "a YAML file of faults, instead of those it has",
    },
    unsafe: {
      type: "boolean",
      help: "where this machine has no walls for them, let steps do all that you may",
    },
  },
  most: 0,
  async run(input, io) {
    const { startRehearsal } = await import("../../rehearsal/control/start.ts");
    const wish = {
      name: readName(input),
      env: io.env,
      port: readPort(input),
      profile: input.value("profile"),
      speed: readSpeed(input),
      unsafe: input.flags.has("unsafe"),
      faults: await readFaults(input.value("chaos"), io.cwd),
    };
    const known = await startRehearsal(wish, (text) => io.err(`  ${text}\n`));
    if (known.unsafe) {
      io.err(
        "  --unsafe: where this machine has no walls, what steps run may do all that you may\n",
      );
    }
    const environment = environmentOf(known);
    if (input.flags.has("json")) {
      const { port, profile, speed = 1, unsafe = false } = known;
      const said = { name: wish.name, port, profile, speed, unsafe, environment };
      io.out(`${JSON.stringify(said)}\n`);
      return 0;
    }
    io.out(`unset ${MISLEADING.join(" ")}\n`);
    const pairs = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    io.out(`export ${pairs.join(" ")}\n`);
    // Read by a person, they have no effect yet.
    if (io.terminal.out) io.err(`  this shell uses it after: eval "$(${again(input)})"\n`);
    return 0;
  },
};

/** Started again it is the same one, so that only the name counts. */
function again(input: Input): string {
  const name = input.value("name");
  return name === undefined ? "mayfly rehearsal start" : `mayfly rehearsal start --name ${name}`;
}

async function readFaults(file: string | undefined, cwd: string): Promise<Rule[] | undefined> {
  if (file === undefined) return undefined;
  const { readFaultFile } = await import("../../rehearsal/faults/rules/file.ts");
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    throw toMayflyError(error, `read the faults of "${file}"`);
  }
  return readFaultFile(text, file);
}

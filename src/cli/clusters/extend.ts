import { MayflyError } from "../../base/errors.ts";
import { extend as extendBy } from "../../engine/clusters/change.ts";
import { readAge } from "../../model/age.ts";
import type { Command } from "../command.ts";
import { tellRecovered } from "../runs/recovered.ts";
import { noteTo } from "./notes.ts";
import { withSignals } from "./signals.ts";

export const extend: Command = {
  summary: "let a cluster live longer",
  usage: "extend NAME TIME",
  examples: [
    ["extend lab 2h", "two hours more than it had"],
    ["extend lab 30m --json", "and when it ends, for a program"],
    ["extend j-2AXXXXXXGAPLF 1d", "by its id"],
  ],
  options: {},
  most: 2,
  async run(input, io) {
    const [cluster, text] = input.words;
    if (text === undefined)
      throw new MayflyError(
        "usage",
        "mayfly extend needs a cluster and a time",
        "for example mayfly extend lab 2h",
      );
    const ms = readAge(text, `mayfly extend ${cluster}`);
    await tellRecovered(io);
    const { record, endsAt } = await withSignals((signal) =>
      extendBy({ cluster, env: io.env, signal }, ms, noteTo(io)),
    );
    const ends = new Date(endsAt).toISOString();
    if (input.flags.has("json")) io.out(`${JSON.stringify({ ...record, endsAt })}\n`);
    else io.out(`${record.name} ends itself at ${ends.slice(0, 16).replace("T", " ")} UTC\n`);
    return 0;
  },
};

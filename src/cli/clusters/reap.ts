import { formatDuration, formatTable } from "../../base/format.ts";
import { findLeft, reap as reapThese, type Verdict } from "../../engine/clusters/reap.ts";
import { readAge } from "../../model/age.ts";
import { briefMoney } from "../../model/money/money.ts";
import type { Command } from "../command.ts";
import { confirm } from "../confirm.ts";
import { tellRecovered } from "../runs/recovered.ts";
import { showClosing } from "./closing.ts";
import { noteTo } from "./notes.ts";
import { withSignals } from "./signals.ts";

export const reap: Command = {
  summary: "find by tag what our runs have left in the cloud, and end it",
  usage: "reap [--all] [--older-than AGE] [--owner ARN] [--yes]",
  examples: [
    ["reap", "shows what carries our tags, and asks"],
    ["reap --yes --older-than 1d", "for a timer: what is left from yesterday"],
    ["reap --all", "also clusters that were opened to stay"],
  ],
  options: {
    all: { type: "boolean", help: "also clusters that were opened to stay, before their time" },
    "older-than": { type: "string", value: "AGE", help: "only what is older than 7d, 12h, 30m" },
    owner: { type: "string", value: "ARN", help: "what this owner has left, instead of our own" },
    yes: { type: "boolean", short: "y", help: "do not ask" },
    "no-input": { type: "boolean", help: "never ask: without --yes only show" },
  },
  most: 0,
  async run(input, io) {
    const age = input.value("older-than");
    const owner = input.value("owner");
    const json = input.flags.has("json");
    return withSignals(async (signal) => {
      await tellRecovered(io);
      const wish = { cwd: io.cwd, env: io.env, signal, all: input.flags.has("all") };
      const verdicts = await findLeft({
        ...wish,
        ...(owner === undefined ? {} : { owner }),
        ...(age === undefined ? {} : { olderThanMs: readAge(age) }),
      });
      const going = verdicts.filter((one) => !one.stays);
      if (!json) for (const line of formatTable(verdicts.map(rowOf))) io.err(`${line}\n`);
      const may = going.length > 0 && (await confirm("end these?", input, io));
      const closing = may
        ? await reapThese(verdicts, wish, noteTo(io))
        : { gone: [], remains: [], pending: [] };
      if (json) {
        const found = verdicts.map(({ ours, stays }) => ({ ...ours, ...(stays ? { stays } : {}) }));
        io.out(`${JSON.stringify({ found, ...closing })}\n`);
        return closing.pending.length + closing.remains.length > 0 ? 4 : 0;
      }
      if (going.length === 0) io.err("nothing is left of ours\n");
      else if (!may) io.err("nothing was ended (--yes ends what is not said to stay)\n");
      return showClosing(closing, false, io);
    });
  },
};

function rowOf({ ours, stays }: Verdict): string[] {
  const { what, id, region, run, createdAt, perHour } = ours;
  const hour = perHour ? `${briefMoney(perHour)} an hour (estimate)` : "";
  const age = createdAt === undefined ? "" : formatDuration(Date.now() - createdAt);
  return [
    `${what} ${id}`,
    region,
    `run ${run}`,
    age,
    hour,
    stays ? `stays: ${stays}` : "to be ended",
  ];
}

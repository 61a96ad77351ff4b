import { MayflyError } from "../../base/errors.ts";
import { formatDuration } from "../../base/format.ts";
import { planUp } from "../../engine/clusters/plan.ts";
import { up as openCluster } from "../../engine/clusters/up.ts";
import { readAge, readBudget } from "../../model/age.ts";
import type { Command } from "../command.ts";
import { showPlan } from "../job/show-plan.ts";
import { tellRecovered } from "../runs/recovered.ts";
import { noteTo } from "./notes.ts";
import { withSignals } from "./signals.ts";

export const up: Command = {
  summary: "open a cluster that stays",
  usage: "up NAME [--on TARGET] [--ttl TIME] [--budget USD] [--plan]",
  examples: [
    ["up lab --on small", "as the target small of mayfly.yaml says; jobs go there with --on lab"],
    ["up lab --ttl 4h", "as EMR's defaults are; it ends itself after four hours"],
    ["up lab --on small --plan", "what would be made and cost; opens nothing"],
    ["up lab --json", "what is remembered of it"],
  ],
  options: {
    on: {
      type: "string",
      value: "TARGET",
      help: "a target of mayfly.yaml or a kind; emr by default",
    },
    budget: { type: "string", value: "USD", help: "it ends itself before it has cost so much: $5" },
    ttl: { type: "string", value: "TIME", help: "it ends itself after so long: 90m, 4h, 1d" },
    plan: { type: "boolean", help: "only say what would be made and cost" },
  },
  most: 1,
  async run(input, io) {
    const [name] = input.words;
    if (name === undefined)
      throw new MayflyError(
        "usage",
        "mayfly up needs a name for the cluster",
        "mayfly up NAME: jobs go there with --on NAME",
      );
    const began = Date.now();
    const ttl = input.value("ttl");
    if (ttl !== undefined) readAge(ttl, "--ttl");
    const budget = input.value("budget");
    const target = {
      ...(ttl === undefined ? {} : { ttl }),
      ...(budget === undefined ? {} : { budget: readBudget(budget) }),
    };
    const wish = { name, on: input.value("on") ?? "emr", cwd: io.cwd, env: io.env, target };
    if (input.flags.has("plan")) {
      const plan = await planUp(wish);
      if (input.flags.has("json")) io.out(`${JSON.stringify(plan)}\n`);
      else showPlan(plan, io);
      return 0;
    }
    await tellRecovered(io);
    const record = await withSignals((signal) => openCluster({ ...wish, signal }, noteTo(io)));
    if (input.flags.has("json")) io.out(`${JSON.stringify(record)}\n`);
    else {
      io.out(`${record.name} ${record.id}\n`);
      io.err(
        `ready after ${formatDuration(Date.now() - began)}; mayfly run JOB --on ${name}, and in the end mayfly down ${name}\n`,
      );
    }
    return 0;
  },
};

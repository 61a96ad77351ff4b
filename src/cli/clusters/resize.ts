import { plural } from "../../base/format.ts";
import { resize as resizeTo } from "../../engine/clusters/change.ts";
import { readWorkers } from "../../model/age.ts";
import type { Command } from "../command.ts";
import { tellRecovered } from "../runs/recovered.ts";
import { noteTo } from "./notes.ts";
import { withSignals } from "./signals.ts";

export const resize: Command = {
  summary: "more or fewer workers for a cluster",
  usage: "resize NAME WORKERS",
  examples: [
    ["resize lab 8", "eight workers, beside its primary"],
    ["resize lab 1", "as few as there can be where core instances hold HDFS"],
    ["resize lab 4 --json", "what is remembered of it"],
  ],
  options: {},
  most: 2,
  async run(input, io) {
    const [cluster, text] = input.words;
    const workers = readWorkers(text);
    await tellRecovered(io);
    const record = await withSignals((signal) =>
      resizeTo({ cluster, env: io.env, signal }, workers, noteTo(io)),
    );
    if (input.flags.has("json")) io.out(`${JSON.stringify({ ...record, workers })}\n`);
    else io.out(`${record.name} is to have ${plural(workers, "worker")}\n`);
    return 0;
  },
};

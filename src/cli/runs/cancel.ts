import { cancelRun } from "../../engine/runs/cancel.ts";
import type { Command } from "../command.ts";
import { locateRun } from "./locate.ts";

export const cancel: Command = {
  summary: "end a running run",
  usage: "cancel [RUN]",
  examples: [
    ["cancel", "the last run"],
    ["cancel 3fa9c1", "a run by the end of its id"],
    ["cancel last --json", "its record when it has ended"],
  ],
  options: {},
  words: "run",
  most: 1,
  async run(input, io) {
    const record = await cancelRun(await locateRun(input.words[0], io));
    io.out(
      input.flags.has("json") ? `${JSON.stringify(record)}\n` : `${record.id} ${record.state}\n`,
    );
    return 0;
  },
};

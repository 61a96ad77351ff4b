import { requestOf } from "../../engine/rerun.ts";
import type { Command } from "../command.ts";
import { runAndShow } from "../job/show-events.ts";
import { locateRun } from "./locate.ts";

export const rerun: Command = {
  summary: "ask for an earlier run again",
  usage: "rerun [RUN]",
  examples: [
    ["rerun", "the last run, with the code as it is now"],
    ["rerun 3fa9c1", "a run by the end of its id"],
    ["rerun last --json", "its events"],
  ],
  options: {},
  words: "run",
  most: 1,
  async run(input, io) {
    const request = requestOf(await locateRun(input.words[0], io));
    return runAndShow(request, input.flags.has("json"), io);
  },
};

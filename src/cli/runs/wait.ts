import { MayflyError } from "../../base/errors.ts";
import { exitCodeOf, waitForRun } from "../../engine/runs/wait.ts";
import type { Command } from "../command.ts";
import { locateRun } from "./locate.ts";

export const wait: Command = {
  summary: "wait until a run has ended",
  usage: "wait [RUN] [--timeout SECONDS]",
  examples: [
    ["wait", "for the last run; ends with its exit code"],
    ["wait 3fa9c1 --timeout 600", "ten minutes at most"],
    ["wait last --json", "its record when it has ended"],
  ],
  options: {
    timeout: {
      type: "string",
      value: "SECONDS",
      help: "give up after so many seconds, exit code 5",
    },
  },
  words: "run",
  most: 1,
  async run(input, io) {
    const text = input.value("timeout");
    const seconds = text === undefined ? undefined : Number(text);
    if (seconds !== undefined && !(seconds >= 0)) {
      throw new MayflyError("usage", `cannot wait "${text}" seconds`, "write --timeout 600");
    }
    const run = await locateRun(input.words[0], io);
    const record = await waitForRun(run, seconds === undefined ? undefined : seconds * 1000);
    io.out(
      input.flags.has("json") ? `${JSON.stringify(record)}\n` : `${record.id} ${record.state}\n`,
    );
    return exitCodeOf(record);
  },
};

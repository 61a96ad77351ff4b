import { sampleOf } from "../../engine/watch/sample.ts";
import { watch as watchJob } from "../../engine/watch/watch.ts";
import type { Command } from "../command.ts";
import { readRequest, requestOptions } from "./request.ts";
import { runOptions, showEvents } from "./show-events.ts";

export const watch: Command = {
  summary: "run a job, and again on each saved change, with the difference",
  usage: "watch JOB [--sample ROWS|PART%] [options] [args…] [-- args…]",
  examples: [
    ["watch word_count.py", "again whenever a file of it is saved, on a warm driver"],
    ["watch train --small", "a job of mayfly.yaml in its small form"],
    ["watch report.sql --sample 1000", "with a thousand rows of each table that it reads"],
    [
      "watch job.py --sample 1% -- --top 10",
      "with a hundredth of them; what follows -- is its own",
    ],
  ],
  options: {
    sample: {
      type: "string",
      value: "ROWS",
      help: "so many rows of each table that is read, or a part of them: 1000, 1%",
    },
    ...requestOptions,
  },
  words: "job",
  async run(input, io) {
    const sample = input.value("sample");
    const request = {
      ...readRequest("watch", input, io),
      ...(sample === undefined ? {} : { sample: sampleOf(sample) }),
    };
    const json = input.flags.has("json");
    const handle = await watchJob(request, runOptions(json, io));
    await showEvents(handle, json, io);
    return handle.exitCode() ?? 0;
  },
};

import type { Command } from "../command.ts";
import { readRequest, requestOptions } from "./request.ts";
import { runAndShow } from "./show-events.ts";

export const run: Command = {
  summary: "run a job",
  usage: "run JOB [--on WHERE] [options] [args…] [-- args…]",
  examples: [
    ["run word_count.py -- --top 10", "a script; what follows -- is its own"],
    ["run examples/one-off --small", "a folder with a mayfly.yaml, in its small form"],
    ["run app.jar --class com.acme.Main in out", "a jar and two arguments"],
    ["run report.sql --conf spark.sql.ansi.enabled=true", "a SQL file with a setting"],
    ["run job.py --release emr-6.15.0", "with the Spark of that EMR release"],
  ],
  options: {
    ...requestOptions,
    fetch: { type: "boolean", help: "bring outputs that lie elsewhere to this machine" },
  },
  words: "job",
  async run(input, io) {
    const request = readRequest("run", input, io);
    const fetch = input.flags.has("fetch") ? { fetch: true } : {};
    return runAndShow({ ...request, ...fetch }, input.flags.has("json"), io);
  },
};

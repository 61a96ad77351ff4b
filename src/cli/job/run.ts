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
  options: requestOptions,
  words: "job",
  async run(input, io) {
    return runAndShow(readRequest("run", input, io), input.flags.has("json"), io);
  },
};

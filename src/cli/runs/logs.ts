import { systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import { type LogStream, readLogs } from "../../engine/runs/logs.ts";
import type { Command } from "../command.ts";
import { followMeter } from "../host/meter.ts";
import { locateRun } from "./locate.ts";

const STREAMS: LogStream[] = ["stdout", "stderr", "spark"];

export const logs: Command = {
  summary: "what a run printed",
  usage: "logs [RUN] [--follow] [--step STEP] [--stream stdout|stderr|spark]",
  examples: [
    ["logs", "what the last run printed"],
    ["logs --follow", "and what it prints from now on"],
    ["logs 3fa9c1 --stream spark", "Spark's own log"],
  ],
  options: {
    follow: { type: "boolean", short: "f", help: "go on until the run ends" },
    step: { type: "string", value: "STEP", help: "of one step: its name or number" },
    stream: {
      type: "string",
      value: "STREAM",
      help: "stdout, stderr or spark; the first two by default",
    },
  },
  words: "run",
  most: 1,
  async run(input, io) {
    const stream = input.value("stream");
    if (stream !== undefined && !STREAMS.includes(stream as LogStream)) {
      throw new MayflyError(
        "usage",
        `cannot show the stream "${stream}"`,
        `streams: ${STREAMS.join(", ")}`,
      );
    }
    const streams = stream === undefined ? STREAMS.slice(0, 2) : [stream as LogStream];
    const run = await locateRun(input.words[0], io);
    const step = input.value("step");
    const wish = {
      streams,
      follow: input.flags.has("follow"),
      ...(step === undefined ? {} : { step }),
    };
    const meter = followMeter(io);
    for await (const part of readLogs(run, wish, systemClock)) {
      if (input.flags.has("json")) io.out(`${JSON.stringify(part)}\n`);
      else if ("cost" in part) meter.show(part);
      else {
        const { text } = part;
        const ours = part.stream === "stderr" && stream === undefined;
        meter.print(() => (ours ? io.err(text) : io.out(text)), text);
      }
      await io.ready();
    }
    meter.end();
    return 0;
  },
};

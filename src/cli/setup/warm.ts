import { MayflyError } from "../../base/errors.ts";
import { formatBytes, formatDuration, formatTable, plural } from "../../base/format.ts";
import { didYouMean } from "../../base/nearest.ts";
import { type KnownSpare, listSpares, startWarm, stopSpares } from "../../engine/warm.ts";
import type { Command, Io } from "../command.ts";

const VERBS = ["start", "stop", "status"];

export const warm: Command = {
  summary: "drivers that are started ahead of a run",
  usage: "warm start [JOB] | stop | status",
  examples: [
    ["warm start", "one for any program in this folder, for 5 minutes"],
    ["warm start train", "one with the settings of a job"],
    ["warm status", "which there are, and what they cost"],
    ["warm stop", "ends those that no run is using"],
  ],
  options: {},
  words: VERBS,
  most: 2,
  async run(input, io) {
    const [verb = "", job] = input.words;
    const json = input.flags.has("json");
    if (!VERBS.includes(verb)) {
      throw new MayflyError(
        "usage",
        verb === "" ? "mayfly warm needs a word" : `mayfly warm has no word "${verb}"`,
        didYouMean(verb, VERBS) ?? `one of ${VERBS.join(", ")}`,
      );
    }
    if (job !== undefined && verb !== "start") {
      throw new MayflyError("usage", `mayfly warm ${verb} takes no word, got "${job}"`);
    }
    if (verb === "start") return start(job, json, io);
    if (verb === "stop") {
      const stopped = await stopSpares(io.env);
      io.out(
        json ? `${JSON.stringify({ stopped })}\n` : `${plural(stopped, "warm driver")} ended\n`,
      );
      return 0;
    }
    const all = listSpares(io.env);
    if (json) io.out(`${JSON.stringify(all)}\n`);
    else if (all.length === 0) io.err("no warm drivers; mayfly warm start makes one\n");
    else for (const line of formatTable(table(all))) io.out(`${line}\n`);
    return 0;
  },
};

async function start(job: string | undefined, json: boolean, io: Io): Promise<number> {
  const spare = await startWarm(job, io.cwd, io.env, (text) => io.err(`  ${text}\n`));
  if (json) io.out(`${JSON.stringify(spare ?? null)}\n`);
  else if (spare) io.out(`${spare.id} is starting; runs in ${spare.cwd} will use it\n`);
  else io.err("there is one for this already: mayfly warm status\n");
  return 0;
}

function table(all: KnownSpare[]): string[][] {
  return [
    ["ID", "STATE", "SPARK", "MEMORY", "AGE", "LEFT", "FOLDER"],
    ...all.map(({ id, state, spark, bytes, since, until, cwd }) => [
      id,
      state,
      spark,
      formatBytes(bytes),
      formatDuration(Date.now() - since),
      state === "ready" ? formatDuration(until - Date.now()) : "",
      cwd,
    ]),
  ];
}

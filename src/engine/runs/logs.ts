import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import type { Cost } from "../../model/money/money.ts";
import type { Located } from "./records.ts";
import { findRun } from "./records.ts";
import { settleRun } from "./recover.ts";

export type LogStream = "stdout" | "stderr" | "spark";

export interface LogPart {
  step: number;
  stream: LogStream;
  text: string;
}

/** What the run has cost so far, and when that was known. */
export interface MeterPart {
  cost: Cost;
  at: number;
}

interface Wish {
  step?: string;
  streams: LogStream[];
  follow: boolean;
}

/** What the steps of a run printed; with `follow` also what they print from now on, until the run ends. */
export async function* readLogs(
  run: Located,
  wish: Wish,
  clock: Clock = systemClock,
  signal?: AbortSignal,
): AsyncGenerator<LogPart | MeterPart> {
  const only = wish.step === undefined ? undefined : stepIndex(run, wish.step);
  const tails = new Map<string, Tail>();
  const events = { position: 0, decoder: new StringDecoder("utf8"), rest: "" };
  for (;;) {
    if (wish.follow) await settleRun(findRun(run.record.id, run.project)); // a killed one ends here too
    // The state is read before the files: what was written before the end is then surely seen.
    const running = findRun(run.record.id, run.project).record.state === "running";
    for (const step of loggedSteps(run.folder)) {
      if (only !== undefined && step !== only) continue;
      for (const stream of wish.streams) {
        const path = join(run.folder, "logs", String(step), `${stream}.log`);
        const tail = tails.get(path) ?? { position: 0, decoder: new StringDecoder("utf8") };
        tails.set(path, tail);
        for (const text of readMore(path, tail)) yield { step, stream, text };
      }
    }
    if (wish.follow) yield* readCosts(run.folder, events);
    if (!wish.follow || !running || signal?.aborted) return;
    await clock.sleep(200, signal);
  }
}

interface Tail {
  position: number;
  decoder: StringDecoder;
}

function* readMore(path: string, tail: Tail): Generator<string> {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(64 * 1024);
    while (tail.position < size) {
      const got = readSync(file, bytes, 0, bytes.length, tail.position);
      if (got === 0) return;
      tail.position += got;
      yield tail.decoder.write(bytes.subarray(0, got));
    }
  } finally {
    closeSync(file);
  }
}

/** The newest of those that have come since. */
function* readCosts(folder: string, tail: Tail & { rest: string }): Generator<MeterPart> {
  const text = tail.rest + [...readMore(join(folder, "events.jsonl"), tail)].join("");
  const lines = text.split("\n");
  tail.rest = lines.pop() ?? "";
  const line = lines.findLast((one) => one.includes('"code":"cost"'));
  if (line === undefined) return;
  const { cost, at } = JSON.parse(line) as MeterPart;
  yield { cost, at };
}

function loggedSteps(folder: string): number[] {
  const logs = join(folder, "logs");
  if (!existsSync(logs)) return [];
  return readdirSync(logs)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function stepIndex(run: Located, wanted: string): number {
  const found = run.record.steps.find(
    (step) => step.name === wanted || String(step.index) === wanted,
  );
  if (found) return found.index;
  throw new MayflyError(
    "usage",
    `cannot show the logs of step "${wanted}": the run has no such step`,
    `its steps: ${run.record.steps.map((step) => `${step.index} ${step.name}`).join(", ")}`,
  );
}

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { interruption, MayflyError } from "../../../base/errors.ts";
import { writeAtomic } from "../../../base/files.ts";
import { cacheFolder } from "../../../base/places.ts";
import { type Outcome, run } from "../../run.ts";
import { makeTemporary } from "../temporary.ts";

const PROGRAM = resolve(import.meta.dirname, "../../../../python/query.py");
const POLL_MS = 15;

export interface SparkAnswer {
  columns: { name: string; type: string }[];
  more: boolean;
}

export interface SparkDriver {
  /** Whether it has ended, of itself or by another. */
  over(): boolean;
  /** Whether it takes statements by now. */
  ready(): boolean;
  /** Where a result may be put. */
  file(name: string): string;
  ask(
    wish: object,
    options?: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined },
  ): Promise<SparkAnswer>;
  close(): Promise<void>;
}

/**
 * A driver for statements: a run of a program of ours, in a folder of its own, so that the spare which it leaves
 * is there for the next one.
 */
export async function startSparkDriver(
  env: NodeJS.ProcessEnv,
  say: (text: string) => void = () => {},
  clock: Clock = systemClock,
): Promise<SparkDriver> {
  const home = join(cacheFolder(env), "sql", "spark");
  mkdirSync(home, { recursive: true });
  const program = join(home, "query.py");
  if (!existsSync(program) || !readFileSync(program).equals(readFileSync(PROGRAM)))
    copyFileSync(PROGRAM, program);
  const folder = makeTemporary(cacheFolder(env));
  const handle = await run({ job: program, cwd: home, args: [folder] }, { env, keepWarm: true });
  let over: Outcome | undefined;
  const outcome = handle.outcome.then((one) => {
    over = one;
  });
  const drained = (async () => {
    // What is fetched for it may take minutes.
    for await (const event of handle.events) if (event.code === "note") say(event.text);
  })();
  const at = (name: string) => join(folder, name);
  const requireAlive = () => {
    if (!over) return;
    const why = over.record.failure?.message ?? `it ended with ${over.exitCode}`;
    throw new MayflyError(
      "damaged",
      `the driver that runs SQL has ended: ${why}`,
      "the next query starts another one",
    );
  };
  let last = 0;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    over: () => over !== undefined,
    ready: () => existsSync(at("ready")),
    file: at,
    ask(wish, { signal, timeoutMs } = {}) {
      const mine = turn.then(async () => {
        while (!existsSync(at("ready"))) {
          requireAlive();
          if (signal?.aborted) throw interruption(signal, "the query was cancelled");
          await clock.sleep(POLL_MS);
        }
        const number = ++last;
        writeAtomic(at(`${number}.json`), JSON.stringify(wish));
        const until = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
        let ended: MayflyError | undefined;
        const end = (error: MayflyError) => {
          ended = error;
          writeAtomic(at(`${number}.cancel`), "");
        };
        while (!existsSync(at(`${number}.done.json`))) {
          requireAlive();
          if (!ended && signal?.aborted) end(interruption(signal, "the query was cancelled"));
          if (!ended && clock.now() >= until)
            end(
              new MayflyError(
                "busy",
                `the query was ended: it had not finished in ${(timeoutMs ?? 0) / 1000} s`,
              ),
            );
          await clock.sleep(POLL_MS);
        }
        const answer = JSON.parse(
          readFileSync(at(`${number}.done.json`), "utf8"),
        ) as SparkAnswer & { wrong?: string };
        if (ended) throw ended;
        if (answer.wrong !== undefined)
          throw new MayflyError("usage", `Spark cannot run this query: ${briefly(answer.wrong)}`);
        return answer;
      });
      turn = mine.catch(() => {});
      return mine;
    },
    async close() {
      if (existsSync(folder)) writeAtomic(at("end"), "");
      // One that is at work does not look.
      const late = setTimeout(() => handle.cancel(), 3000);
      await Promise.all([outcome, drained]).finally(() => clearTimeout(late));
      rmSync(folder, { recursive: true, force: true });
      rmSync(handle.folder, { recursive: true, force: true });
    },
  };
}

/** What it parsed stands behind the sentence. */
function briefly(text: string): string {
  return text.split(/\n\n?(?:== SQL ==|'|JVM stacktrace)/)[0]?.trim() ?? text;
}

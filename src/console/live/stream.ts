import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { knownClusters } from "../../engine/clusters/records.ts";
import { readLive, versionOf } from "../../engine/runs/look/live.ts";
import { watchStages } from "../../engine/runs/look/stages.ts";
import { linesAfter, logFile, logNames } from "../../engine/runs/look/window.ts";
import { activeRuns, findRun, readRecord } from "../../engine/runs/records.ts";
import { damagedLines, recoverRuns } from "../../engine/runs/recover.ts";
import { listSpares } from "../../engine/warm.ts";
import type { RunView } from "../api.ts";
import type { ConsoleContext } from "../context.ts";

const TICK_MS = 100;

/** What a tab looks at: `run`, and of it one log from a place on. */
interface Topics {
  run?: string;
  log?: { step: number; stream: string; at: number };
  /** The warm drivers: finding them takes a look at all processes. */
  warm?: true;
}

/** The one stream of a tab: what is new is looked for where it lies, so that whoever makes it need not tell us. */
export function streamEvents(c: Context, context: ConsoleContext): Response {
  const topics = readTopics(new URL(c.req.url).searchParams);
  return streamSSE(c, async (stream) => {
    const looks = [
      ...[runsLook(context), worksLook(context), warmLook(context, topics)],
      ...[runLook(context, topics), logLook(context, topics)],
    ];
    await stream.writeSSE({ event: "hello", data: "{}" });
    for (let tick = 0; !stream.aborted && !context.signal.aborted; tick++) {
      for (const look of looks) await look(stream, tick);
      // Who has gone away without a word is noticed by writing.
      if (tick % 150 === 149) await stream.writeSSE({ event: "still", data: "{}" });
      await stream.sleep(TICK_MS);
    }
  });
}

type Look = (stream: SSEStreamingApi, tick: number) => Promise<void>;

function readTopics(asked: URLSearchParams): Topics {
  const run = asked.get("run");
  const stream = asked.get("stream");
  if (run === null) return asked.has("warm") ? { warm: true } : {};
  if (stream === null) return { run };
  const at = Number(asked.get("at") ?? 0);
  return {
    run,
    log: { step: Number(asked.get("step") ?? 0), stream, at: Number.isFinite(at) ? at : 0 },
  };
}

/** The list has changed; which page of it is shown, the tab knows. */
function runsLook({ index, project }: ConsoleContext): Look {
  let last: string | undefined;
  return async (stream, tick) => {
    if (tick % 5 !== 0) return;
    if (tick % 20 === 0 && activeRuns(project).some((run) => !run.alive))
      await recoverRuns(project).catch(() => {}); // what cannot be ended now is tried again
    const now = index.version();
    if (now !== last) await stream.writeSSE({ event: "runs", data: JSON.stringify({ now }) });
    last = now;
  };
}

/** What is under way in any tab; and that this machine knows other clusters than before, whoever has opened or closed them. */
function worksLook({ works }: ConsoleContext): Look {
  let last: string | undefined;
  let names: string | undefined;
  return async (stream, tick) => {
    if (tick % 2 !== 0) return;
    const now = JSON.stringify(works.all());
    if (now !== last) await stream.writeSSE({ event: "works", data: now });
    last = now;
    if (tick % 10 !== 0) return;
    const known = JSON.stringify(knownClusters().map(({ name, id }) => [name, id]));
    if (names !== undefined && known !== names)
      await stream.writeSSE({ event: "clusters", data: known });
    names = known;
  };
}

function warmLook({ env }: ConsoleContext, { warm }: Topics): Look {
  let last: string | undefined;
  return async (stream, tick) => {
    if (!warm || tick % 10 !== 0) return;
    // What they take of the memory moves all the time.
    const all = listSpares(env).map((one) => ({ ...one, bytes: roundly(one.bytes) }));
    const now = JSON.stringify(all);
    if (now !== last) await stream.writeSSE({ event: "warm", data: now });
    last = now;
  };
}

const roundly = (bytes: number) => Math.round(bytes / 1e7) * 1e7;

function runLook({ project, signal }: ConsoleContext, { run }: Topics): Look {
  if (run === undefined) return async () => {};
  let folder: string | undefined;
  let version: string | undefined;
  let view: RunView | undefined;
  let last: string | undefined;
  const stagesOf = watchStages(signal);
  return async (stream, tick) => {
    if (tick % 2 !== 0) return;
    try {
      folder ??= findRun(run, project).folder;
    } catch {
      return; // the page has asked for it by itself, and says so
    }
    const found = versionOf(folder);
    if (found !== version) view = viewRun(folder);
    version = found;
    const progress = view && stagesOf(view.live);
    const live = view && { ...view.live, ...(progress ? { progress } : {}) };
    const now = `${version} ${JSON.stringify(progress)}`;
    if (now === last) return;
    last = now;
    await stream.writeSSE(
      view
        ? { event: "run", data: JSON.stringify({ ...view, live }) }
        : { event: "gone", data: "{}" },
    );
  };
}

/** All that a page shows of a run; undefined where its record is gone or cannot be read. */
export function viewRun(folder: string): RunView | undefined {
  const record = readRecord(folder);
  if (!record) return undefined;
  const [live, logs, damaged] = [readLive(folder), logNames(folder), damagedLines(folder)];
  return { record, folder, live, logs, damaged };
}

function logLook({ project }: ConsoleContext, { run, log }: Topics): Look {
  if (run === undefined || log === undefined) return async () => {};
  let at = log.at;
  let rest = "";
  let path: string | undefined;
  return async (stream) => {
    try {
      path ??= logFile(findRun(run, project).folder, log.step, log.stream);
    } catch {
      return;
    }
    for (;;) {
      const window = linesAfter(path, at);
      if (window.to === at && window.rest === rest) return;
      await stream.writeSSE({ event: "log", data: JSON.stringify(window) });
      const more = window.to > at && window.to < window.size;
      at = window.to;
      rest = window.rest;
      if (!more || stream.aborted) return;
    }
  };
}

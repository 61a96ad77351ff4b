import { relative } from "node:path";
import { toMayflyError } from "../../base/errors.ts";
import type { Event, EventBody } from "../../model/event.ts";
import { noOptions } from "../../model/job.ts";
import type { Found } from "../job/find.ts";
import { type RunRequest, storedRequest } from "../job/request.ts";
import { type Outcome, prepareJob, type RunHandle, type RunOptions, run } from "../run.ts";
import { lastAlike, runFolder } from "../runs/records.ts";
import { keepSpares } from "../warm.ts";
import { watchFiles } from "./files.ts";
import { compare, type Results, readEarlier, readResults } from "./results.ts";
import { withSample } from "./sample.ts";

export interface WatchRequest extends RunRequest {
  /** Rows of each table that is read, or a part of them below 1. */
  sample?: number;
}

export interface WatchHandle {
  events: AsyncIterable<Event>;
  cancel(signal?: "SIGINT" | "SIGTERM"): void;
  /** Watching ends by being ended; undefined until then. */
  exitCode(): number | undefined;
}

/** Runs a job, and again on each saved change of its files. Rejects when the request is wrong. */
export async function watch(request: WatchRequest, options: RunOptions = {}): Promise<WatchHandle> {
  const first = await prepareJob(request);
  const ending = new AbortController();
  return {
    events: repeat(request, first, options, ending.signal),
    cancel: (signal = "SIGINT") => ending.abort(signal),
    exitCode: () => (ending.signal.aborted ? exitCodeOf(ending.signal) : undefined),
  };
}

/** So many runs, one after the other, were ended by a change of the same file. */
const OWN_WRITES = 4;

async function* repeat(
  wanted: WatchRequest,
  first: Found,
  options: RunOptions,
  ending: AbortSignal,
): AsyncGenerator<Event> {
  let found = first;
  let last = "";
  const event = (body: EventBody): Event => ({ at: Date.now(), run: last, ...body });
  const files = watchFiles(found.job, found.project.folder);
  const spares = keepSpares(found.job.folder, options);
  try {
    let before = await earlier(requestFor(wanted, found), found).catch(() => undefined);
    let again: string[] = [];
    let times = 0;
    while (!ending.aborted) {
      let changed: string[] = [];
      let saved: Promise<string[]> | undefined;
      const over = new AbortController();
      try {
        found = await prepareJob(wanted);
        files.follow(found.job, found.project.folder);
        const handle = await run(requestFor(wanted, found), { ...options, keepWarm: true });
        last = handle.id;
        // What runs is of a time before: nobody waits for it to end.
        saved = files.next(over.signal).then((names) => {
          if (names.length > 0) handle.cancel();
          return names;
        });
        const outcome = yield* follow(handle, ending);
        over.abort();
        changed = await saved;
        if (outcome.record.state === "succeeded") {
          const now = await readResults(outcome.record, outcome.folder);
          if (before) yield event(compare(before, now));
          before = now;
        }
      } catch (error) {
        over.abort();
        changed = (await saved) ?? [];
        const { message, remedy } = toMayflyError(error, `run "${wanted.job}"`);
        if (changed.length === 0 && !ending.aborted)
          yield event({ code: "watch.refused", message, ...(remedy ? { remedy } : {}) });
      }
      // What changes in run after run, nobody is saving: the job writes it.
      again = changed.filter((name) => times === 0 || again.includes(name));
      times = again.length > 0 ? times + 1 : 0;
      if (times >= OWN_WRITES) {
        const written = files.ignore(again);
        const names = written.map((file) => relative(wanted.cwd, file)).join(", ");
        if (written.length > 0)
          yield event({ code: "note", text: `${names}: the job itself writes it; not watched` });
        times = 0;
      }
      if (changed.length === 0) {
        if (!ending.aborted) yield event({ code: "watch.waiting", files: files.count() });
        spares.waiting();
        changed = await files.next(ending);
      }
      if (changed.length > 0) yield event({ code: "watch.changed", files: changed });
    }
    const remains = await spares.close();
    if (remains) yield event({ code: "note", text: remains });
  } finally {
    files.close();
    await spares.close();
  }
}

/** Passes on what happens until the run has ended; the end of the watching is its end too. */
async function* follow(handle: RunHandle, ending: AbortSignal): AsyncGenerator<Event, Outcome> {
  const end = () => handle.cancel(ending.reason as "SIGINT" | "SIGTERM");
  if (ending.aborted) end();
  ending.addEventListener("abort", end);
  try {
    for await (const event of handle.events) {
      // The spare stays while somebody watches; what stays after that is told at the end.
      const kept = event.code === "run.finished" && { ...event.receipt, remains: [] };
      yield kept ? { ...event, receipt: kept } : event;
    }
    return await handle.outcome;
  } finally {
    ending.removeEventListener("abort", end);
  }
}

function exitCodeOf(ending: AbortSignal): number {
  return ending.reason === "SIGTERM" ? 143 : 130;
}

function requestFor({ sample, ...request }: WatchRequest, { job }: Found): RunRequest {
  if (sample === undefined) return request;
  return { ...request, options: withSample(request.options ?? noOptions(), sample, job) };
}

async function earlier(request: RunRequest, { job, project }: Found): Promise<Results | undefined> {
  const record = lastAlike(project.folder, { job: job.name, request: storedRequest(request) });
  return record && readEarlier(record, runFolder(project.folder, record.id));
}

import { signal } from "@preact/signals";
import type { KnownSpare, LogWindow, RunView, Work } from "../../../src/console/api.ts";
import { get, gone, session } from "./api.ts";
import { query } from "./route.ts";

interface Topics {
  run?: string;
  log?: { step: number; stream: string; at: number; take(window: LogWindow): void };
  warm?: true;
}

/** Counted up whenever the list of runs, or that of the clusters, is another one. */
export const runsChanged = signal(0);
export const clustersChanged = signal(0);
export const runView = signal<RunView | undefined>(undefined);
/** The run that is looked at has been removed. */
export const runGone = signal(false);

/** What is under way, in this tab or another one, and what has ended lately. */
export const works = signal<Work[]>([]);
export const workOf = (key: string): Work | undefined => works.value.find((it) => it.key === key);
export const warmDrivers = signal<KnownSpare[] | undefined>(undefined);

let topics: Topics = {};
let source: EventSource | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;

/** What this tab wants to hear of; it has one stream, whatever that is. */
export function listen(wanted: Topics): void {
  if (wanted.run !== topics.run) {
    runView.value = undefined;
    runGone.value = false;
  }
  topics = wanted;
  connect();
}

function connect(): void {
  source?.close();
  clearTimeout(retry);
  if (document.hidden || typeof session.value === "string" || "code" in session.value) return;
  const { run, log, warm } = topics;
  const more = query({ warm: warm && 1, run, step: log?.step, stream: log?.stream, at: log?.at });
  const mine = new EventSource(`api/events?${more}`);
  source = mine;
  mine.addEventListener("hello", () => {
    gone.value = false;
  });
  mine.addEventListener("runs", () => {
    runsChanged.value++;
  });
  mine.addEventListener("clusters", () => {
    clustersChanged.value++;
  });
  mine.addEventListener("works", ({ data }) => {
    works.value = JSON.parse(data) as Work[];
  });
  mine.addEventListener("warm", ({ data }) => {
    warmDrivers.value = JSON.parse(data) as KnownSpare[];
  });
  mine.addEventListener("run", ({ data }) => {
    runView.value = JSON.parse(data) as RunView;
    runGone.value = false;
  });
  mine.addEventListener("gone", () => {
    runGone.value = true;
  });
  mine.addEventListener("log", ({ data }) => {
    const window = JSON.parse(data) as LogWindow;
    if (!log || topics.log !== log) return;
    log.at = window.to;
    log.take(window);
  });
  mine.onerror = () => {
    mine.close();
    if (source !== mine) return;
    gone.value = true;
    retry = setTimeout(again, 1500);
  };
}

/** Whoever answers after a while may be another console, which does not know us. */
function again(): void {
  get("api").then(connect, () => {
    if (typeof session.value !== "string" && "project" in session.value)
      retry = setTimeout(again, 1500);
  });
}

// A browser has six connections for a server; tabs that nobody sees need none.
document.addEventListener("visibilitychange", connect);
session.subscribe(() => connect());

import { statSync } from "node:fs";
import { join } from "node:path";
import type { Event, Progress } from "../../../model/event.ts";
import type { Cost } from "../../../model/money/money.ts";
import { readAt, withFile } from "./window.ts";

/** What a run is at, as its events have it. */
export interface LiveState {
  progress?: Progress & { step: number };
  cost?: Cost;
  /** Its Spark UI, while it runs, and the application at work. */
  ui?: string;
  app?: { id: string; step: number; since: number };
  notes: string[];
}

/** The newest of each kind of event stands near the end. */
const END_BYTES = 256 * 1024;

export function readLive(folder: string): LiveState {
  const text =
    withFile(join(folder, "events.jsonl"), (file, size) =>
      readAt(file, Math.max(0, size - END_BYTES), size).toString("utf8"),
    ) ?? "";
  const live: LiveState = { notes: [] };
  for (const line of text.split("\n")) {
    const event = parse(line);
    if (event?.code === "step.progress") live.progress = { ...event.progress, step: event.step };
    else if (event?.code === "step.finished") {
      delete live.progress;
      delete live.app;
    } else if (event?.code === "cost") live.cost = event.cost;
    else if (event?.code === "step.app") {
      live.ui = event.ui;
      live.app = { id: event.app, step: event.step, since: event.at };
    } else if (event?.code === "run.finished") delete live.ui;
    else if (event?.code === "note") live.notes.push(event.text);
  }
  return live;
}

/** Another one whenever there is something new of a run. */
export function versionOf(folder: string): string {
  const of = (name: string) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs} ${stat.size}` : "";
  };
  return `${of("run.json")} ${of("events.jsonl")}`;
}

function parse(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined; // cut at the beginning, or still being written
  }
}

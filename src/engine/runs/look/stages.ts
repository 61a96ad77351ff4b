import { readProgress } from "../../../spark/progress.ts";
import type { LiveState } from "./live.ts";

/** Being asked makes a driver load its REST service: small jobs are spared that. */
const FIRST_MS = 3000;
const EVERY_MS = 1000;
/** Of an address that stands in a file nobody else is asked. */
const HERE = /^http:\/\/(?:127\.0\.0\.1|localhost):\d+$/;

/**
 * Stages at work of a run that is looked at. One whose output is redirected asks its driver for nothing, as nobody would see it:
 * whoever looks asks then, for as long as he looks. What is known is there at once, and what was asked for the next time.
 */
export function watchStages(signal: AbortSignal): (live: LiveState) => LiveState["progress"] {
  let known: { app: string; progress: LiveState["progress"] } | undefined;
  let asked = 0;
  let asking = false;
  const ask = async (ui: string, { id, step }: NonNullable<LiveState["app"]>) => {
    asking = true;
    const found = await readProgress(ui, id, signal);
    known = { app: id, progress: found && { ...found, step } };
    asked = Date.now();
    asking = false;
  };
  return ({ progress, app, ui }) => {
    if (progress || !app || !ui || !HERE.test(ui)) return progress;
    const now = Date.now();
    if (!asking && now - asked >= EVERY_MS && now - app.since >= FIRST_MS) void ask(ui, app);
    return known?.app === app.id ? known.progress : undefined;
  };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import type { Event } from "../../model/event.ts";
import { appIds } from "../../spark/eventlog.ts";
import { type History, startHistory } from "../../spark/history.ts";
import { readApps } from "../../spark/progress.ts";
import type { Located } from "./records.ts";

export type Ui = "spark" | "history";

export interface Opened {
  ui: Ui;
  url: string;
  /** A history server of ours, to be closed by whoever opened it. */
  history?: History;
}

/** The live Spark UI of a running job, or Spark's History Server over the event log of a finished one. */
export async function openUi(run: Located, wanted: Ui | undefined): Promise<Opened> {
  const live = wanted === "history" ? undefined : await liveUi(run);
  if (live) return { ui: "spark", url: live };
  if (wanted === "spark" || (wanted === undefined && run.record.state === "running")) {
    throw new MayflyError(
      "not-found",
      `cannot open the Spark UI of run ${run.record.id}: no application of it answers now`,
      `what it has done so far: mayfly open ${run.record.id} history`,
    );
  }
  const folder = join(run.folder, "eventlog");
  const apps = appIds(folder);
  if (apps.length === 0) {
    throw new MayflyError(
      "not-found",
      `cannot open the history of run ${run.record.id}: it has no event log`,
      "no step of it started Spark",
    );
  }
  const history = await startHistory(folder, run.record, apps);
  const path = apps.length === 1 ? `/history/${apps[0]}/jobs/` : "/";
  return { ui: "history", url: `${history.url}${path}`, history };
}

async function liveUi(run: Located): Promise<string | undefined> {
  if (run.record.state !== "running") return undefined;
  const last = readEvents(run.folder).findLast((event) => event.code === "step.app");
  if (last?.code !== "step.app") return undefined;
  // A driver at work may take its time for the first answer of its REST service.
  const apps = await readApps(last.ui, AbortSignal.timeout(20_000));
  return apps.includes(last.app) ? last.ui : undefined;
}

export function readEvents(folder: string): Event[] {
  let text: string;
  try {
    text = readFileSync(join(folder, "events.jsonl"), "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as Event];
    } catch {
      return []; // the last line of a run that was killed
    }
  });
}

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../base/locks.ts";
import { endMarked } from "../../base/processes.ts";
import { attemptsOf, openJournal, readJournal } from "../../journal/journal.ts";
import type { RunRecord } from "../../model/run.ts";
import { makeTarget } from "../../targets/index.ts";
import { stateOf } from "../project.ts";
import {
  activeRuns,
  isForgotten,
  type Located,
  readRecord,
  runFolder,
  unmarkActive,
  writeRecord,
} from "./records.ts";

/** A run whose process was killed: what it left is ended, and it is told as what it is. */
export async function recoverRuns(project: string): Promise<string[]> {
  const dead = activeRuns(project).filter((run) => !run.alive);
  const recovered: string[] = [];
  for (const { id } of dead) {
    await withLock(join(stateOf(project), "active", `${id}.lock`), async () => {
      // Another command may have been faster.
      if (!activeRuns(project).some((run) => run.id === id && !run.alive)) return;
      if (await recoverRun(project, id).catch(() => abandon(project, id))) recovered.push(id);
    });
  }
  return recovered;
}

/** The same for one run, also when its marker is gone: its record alone says that it runs. */
export async function settleRun(run: Located): Promise<void> {
  await recoverRuns(run.project);
  if (!isForgotten(run)) return;
  await endMarked(run.record.id, { graceMs: 500 });
  writeRecord(run.folder, asKilled(run.record));
}

async function recoverRun(project: string, id: string): Promise<boolean> {
  const folder = runFolder(project, id);
  const record = readRecord(folder);
  if (!record) {
    // Killed before anything was begun, or its summary was lost: the marker alone is enough to end it.
    await endMarked(id, { graceMs: 500 });
    if (!existsSync(join(folder, "journal.jsonl")))
      rmSync(folder, { recursive: true, force: true });
    unmarkActive(project, id);
    return false;
  }
  const journal = readJournal(folder);
  const target = await makeTarget(record.kind, record.target);
  await target.recover({
    run: id,
    folder,
    places: { state: stateOf(project), mounts: {}, liveS3: false },
    attempts: attemptsOf(journal),
    act: openJournal(folder),
  });
  if (record.state === "running") writeRecord(folder, asKilled(record));
  unmarkActive(project, id);
  return record.state === "running";
}

/** A run that cannot be recovered as its kind would: its processes still end, and it holds up nobody. */
async function abandon(project: string, id: string): Promise<boolean> {
  await endMarked(id, { graceMs: 500 });
  unmarkActive(project, id);
  return true;
}

function asKilled(record: RunRecord): RunRecord {
  return {
    ...record,
    state: "killed",
    endedAt: Date.now(),
    steps: record.steps.map((step) =>
      step.state === "running"
        ? { ...step, state: "failed" }
        : step.state === "waiting"
          ? { ...step, state: "skipped" }
          : step,
    ),
  };
}

/** Lines of a run's journal that something else than Mayfly has written or cut. */
export function damagedLines(folder: string): number[] {
  return readJournal(folder).damaged;
}

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toMayflyError } from "../../base/errors.ts";
import { withLock } from "../../base/locks.ts";
import { endMarked } from "../../base/processes.ts";
import { attemptsOf, openJournal, readJournal } from "../../journal/journal.ts";
import type { RunRecord } from "../../model/run.ts";
import { kinds, makeTarget } from "../../targets/index.ts";
import type { Closing } from "../../targets/target.ts";
import { rememberCluster } from "../clusters/records.ts";
import { stateOf } from "../project.ts";
import { receiptOf } from "./receipt.ts";
import {
  activeRuns,
  isForgotten,
  type Located,
  readRecord,
  runFolder,
  unmarkActive,
  writeRecord,
} from "./records.ts";

/** So long at most a command waits for a cloud that it has to ask for a run of another command. */
const ASK_MS = 8000;

export interface Recovered {
  id: string;
  /** Asked to go and not gone yet, or not known: the next command looks again. */
  pending: string[];
}

/** A run whose process was killed: what it left is ended, and it is told as what it is. */
export async function recoverRuns(project: string): Promise<Recovered[]> {
  const dead = activeRuns(project).filter((run) => !run.alive);
  const recovered: Recovered[] = [];
  for (const { id } of dead) {
    await withLock(join(stateOf(project), "active", `${id}.lock`), async () => {
      // Another command may have been faster.
      if (!activeRuns(project).some((run) => run.id === id && !run.alive)) return;
      const pending = await recoverRun(project, id);
      if (pending) recovered.push({ id, pending });
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

async function recoverRun(project: string, id: string): Promise<string[] | undefined> {
  const folder = runFolder(project, id);
  const record = readRecord(folder);
  if (!record) return recoverDamaged(project, id);
  const closing = await endLeft(project, id, record);
  const { pending = [], kept, cost } = closing;
  const ended = record.state === "running" ? asKilled(record) : record;
  const told = cost ? { ...ended, cost } : ended;
  try {
    const receipt = receiptOf(record, attemptsOf(readJournal(folder)), closing);
    writeRecord(folder, { ...told, receipt });
    if (kept) rememberCluster(kept);
  } catch {
    // on a full disk the marker stays, and with it what it stands for
    return pending;
  }
  // As long as anything may be left, the marker says so.
  if (pending.length === 0) unmarkActive(project, id);
  return record.state === "running" || pending.length > 0 ? pending : undefined;
}

/** Killed before anything was begun, or its summary was lost: its journal tells what it may have made, on whatever kind. */
async function recoverDamaged(project: string, id: string): Promise<string[] | undefined> {
  const folder = runFolder(project, id);
  const pending: string[] = [];
  if (existsSync(join(folder, "journal.jsonl")))
    for (const kind of kinds()) {
      const closing = await endLeft(project, id, { kind, target: kind });
      pending.push(...(closing.pending ?? []));
      if (closing.kept) rememberCluster(closing.kept);
    }
  else {
    await endMarked(id, { graceMs: 500 });
    rmSync(folder, { recursive: true, force: true });
  }
  if (pending.length > 0) return pending;
  unmarkActive(project, id);
  return undefined;
}

async function endLeft(
  project: string,
  id: string,
  { kind, target: name }: Pick<RunRecord, "kind" | "target">,
): Promise<Closing> {
  const folder = runFolder(project, id);
  let remote = true;
  try {
    const target = await makeTarget(kind, name);
    remote = target.remote === true;
    return await target.recover({
      run: id,
      folder,
      places: { state: stateOf(project), mounts: {}, liveS3: remote },
      attempts: () => attemptsOf(readJournal(folder)),
      act: openJournal(folder),
      env: process.env,
      wait: false,
      signal: AbortSignal.timeout(ASK_MS),
    });
  } catch (error) {
    // It holds up nobody: its processes still end.
    await endMarked(id, { graceMs: 500 });
    const { message } = toMayflyError(error, "end what it has left");
    return { gone: [], remains: [], pending: remote ? [message] : [] };
  }
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

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere, readFileIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { nearest } from "../../base/nearest.ts";
import { identify, isAlive, type ProcessId, parseProcess } from "../../base/processes.ts";
import { isRunRecord, type RunRecord } from "../../model/run.ts";
import { knownProjects, stateOf } from "../project.ts";

/** A run and the project it lies in. */
export interface Located {
  project: string;
  folder: string;
  record: RunRecord;
}

/** Sorts by time, fits into names and tags of every kind of target. */
export function newRunId(now: Date = new Date()): string {
  const digits = now.toISOString().replace(/[-:]/g, "");
  const ms = now.getMilliseconds().toString(16).padStart(3, "0");
  return `${digits.slice(0, 8)}-${digits.slice(9, 15)}-${ms}${randomBytes(2).toString("hex").slice(1)}`;
}

export function timeOfId(id: string): number {
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id)?.slice(1).map(Number) ?? [];
  return Date.UTC(y, mo - 1, d, h, mi, s);
}

const ID = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

export function runFolder(project: string, id: string): string {
  return join(stateOf(project), "runs", id);
}

/** The project that a run's folder lies in. */
export function projectOf(folder: string): string {
  return join(folder, "../../..");
}

export function runIds(project: string): string[] {
  return listIfThere(join(stateOf(project), "runs"))
    .filter((name) => ID.test(name))
    .sort()
    .reverse();
}

/** Undefined for what is no record, whatever lies there: one that is damaged hides no others. */
export function readRecord(folder: string): RunRecord | undefined {
  try {
    const record: unknown = JSON.parse(readFileIfThere(join(folder, "run.json")) ?? "");
    return isRunRecord(record) ? record : undefined;
  } catch (error) {
    const noFile = error instanceof MayflyError || error instanceof SyntaxError;
    if (noFile || /^(?:EISDIR|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}

export function writeRecord(folder: string, record: RunRecord): void {
  if (!existsSync(folder)) {
    throw new MayflyError(
      "missing",
      `cannot keep what run ${record.id} did: its folder "${folder}" is gone`,
      "somebody removed it, or its project, while it ran",
    );
  }
  writeAtomic(join(folder, "run.json"), `${JSON.stringify(record, null, 1)}\n`);
}

/** Who is running it: written before the run's folder, removed when all of it is closed. */
export function markActive(project: string, id: string): void {
  const folder = join(stateOf(project), "active");
  mkdirSync(folder, { recursive: true });
  writeAtomic(join(folder, id), JSON.stringify(identify(process.pid)));
}

export function unmarkActive(project: string, id: string): void {
  rmSync(join(stateOf(project), "active", id), { force: true });
}

export function activeRuns(
  project: string,
): { id: string; runner: ProcessId | undefined; alive: boolean }[] {
  const folder = join(stateOf(project), "active");
  return listIfThere(folder)
    .filter((name) => ID.test(name))
    .map((id) => {
      const runner = parseProcess(readIfThere(join(folder, id)));
      return { id, runner, alive: runner !== undefined && isAlive(runner) };
    });
}

/** A run by its id, the end of its id, or `last`. */
export function findRun(wanted: string | undefined, project: string): Located {
  const { project: where, id } = findRunId(wanted, project);
  const folder = runFolder(where, id);
  const record = readRecord(folder);
  if (record) return { project: where, folder, record };
  throw new MayflyError(
    "damaged",
    `cannot read the run "${id}": "${join(folder, "run.json")}" is missing or damaged`,
    `its journal and logs are in ${folder}; to remove it: mayfly prune ${id}`,
  );
}

/** Runs no more, whatever its record says: nobody is named that runs it. */
export function isForgotten({ project, record }: Located): boolean {
  if (record.state !== "running" || activeRuns(project).some((run) => run.id === record.id))
    return false;
  // The record is whole before the marker goes: read again, it says how the run ended.
  return readRecord(runFolder(project, record.id))?.state === "running";
}

/** The newest run that was asked for in the same way and went well. */
export function lastAlike(
  project: string,
  wanted: Pick<RunRecord, "job" | "request">,
): RunRecord | undefined {
  const asked = JSON.stringify([wanted.job, wanted.request]);
  for (const id of runIds(project).slice(0, 20)) {
    const record = readRecord(runFolder(project, id));
    if (record?.state !== "succeeded") continue;
    if (JSON.stringify([record.job, record.request]) === asked) return record;
  }
  return undefined;
}

/** How long its steps took the last time. */
export function timesOfLast(
  project: string,
  wanted: RunRecord,
): (step: number) => number | undefined {
  const last = lastAlike(project, wanted);
  return (index) => {
    const { startedAt, endedAt } = last?.steps[index] ?? {};
    return startedAt && endedAt ? endedAt - startedAt : undefined;
  };
}

/** In this project first, then in every known one. */
export function findRunId(
  wanted: string | undefined,
  project: string,
): { project: string; id: string } {
  const projects = [project, ...knownProjects().filter((path) => path !== project)];
  if (wanted === undefined || wanted === "last") return lastRun(project);
  for (const path of projects) {
    if (ID.test(wanted) && existsSync(runFolder(path, wanted)))
      return { project: path, id: wanted };
    if (!/^[0-9a-f-]{4,}$/.test(wanted)) continue;
    const ends = runIds(path).filter((id) => id.endsWith(wanted) || id.startsWith(wanted));
    if (ends.length > 1) {
      throw new MayflyError(
        "ambiguous",
        `cannot tell which run "${wanted}" is: ${ends.slice(0, 4).join(", ")}`,
        "write more of the id",
      );
    }
    if (ends[0]) return { project: path, id: ends[0] };
  }
  const ids = projects.flatMap((path) => runIds(path).slice(0, 100));
  const near = ids.filter((id) => nearest(wanted, [id, id.slice(-6)]).length > 0).slice(0, 3);
  throw new MayflyError(
    "not-found",
    `cannot find the run "${wanted}"`,
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : "mayfly ls lists the runs",
  );
}

/** Never of another project: what ends or removes a run must not reach there by a word left out. */
function lastRun(project: string): { project: string; id: string } {
  const [id] = runIds(project);
  if (id !== undefined) return { project, id };
  // What was started from here on a folder below is what "last" means here.
  const [below] = knownProjects()
    .filter((path) => path.startsWith(`${project}/`))
    .flatMap((path) =>
      runIds(path)
        .slice(0, 1)
        .map((newest) => ({ project: path, id: newest })),
    )
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  if (below) return below;
  const other = knownProjects().find((path) => runIds(path).length > 0);
  throw new MayflyError(
    "not-found",
    `cannot find the last run: there are no runs here (${project})`,
    other === undefined
      ? "mayfly run JOB makes one"
      : `there are some in ${other}; mayfly ls --all lists them`,
  );
}

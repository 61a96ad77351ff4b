import { MayflyError } from "../../base/errors.ts";
import type { RunState } from "../../model/run.ts";
import { knownProjects } from "../project.ts";
import { readRecord, runFolder, runIds, timeOfId } from "./records.ts";

export interface Listed {
  id: string;
  project: string;
  job: string;
  target: string;
  state: RunState | "damaged";
  createdAt: number;
  endedAt?: number;
}

/** The newest runs, newest first. Only those shown are read: a project may have thousands. */
export function listRuns(project: string, options: { limit: number; all: boolean }): Listed[] {
  const projects = options.all ? [...new Set([project, ...knownProjects()])] : [project];
  return projects
    .flatMap((folder) =>
      runIds(folder)
        .slice(0, options.limit)
        .map((id) => ({ folder, id })),
    )
    .sort((a, b) => (a.id < b.id ? 1 : -1)) // no localeCompare: its tables cost 14 ms
    .slice(0, options.limit)
    .map(({ folder, id }) => listedRun(folder, id));
}

/** A run in a few words. */
export function listedRun(project: string, id: string): Listed {
  const record = readRecord(runFolder(project, id));
  if (!record)
    return { id, project, job: "?", target: "?", state: "damaged", createdAt: timeOfId(id) };
  const { job, target, state, createdAt, endedAt } = record;
  return {
    id,
    project,
    job,
    target,
    state,
    createdAt,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}

/** How many runs other projects on this machine have: for someone who looks in the wrong folder. */
export function elsewhere(project: string): { project: string; runs: number }[] {
  return knownProjects()
    .filter((folder) => folder !== project)
    .map((folder) => ({ project: folder, runs: runIds(folder).length }))
    .filter((one) => one.runs > 0);
}

export function checkLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new MayflyError(
    "usage",
    `cannot list "${text}" runs: --limit takes a whole number from 1 on`,
    "for example --limit 50",
  );
}

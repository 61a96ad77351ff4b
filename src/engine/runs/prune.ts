import { lstatSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere, sizeOf } from "../../base/files.ts";
import { knownProjects } from "../project.ts";
import { stopSpares } from "../warm.ts";
import { activeRuns, runFolder, runIds, timeOfId } from "./records.ts";

export interface Prunable {
  what: string;
  path: string;
  bytes: number;
}

export interface PruneWish {
  /** These runs; otherwise all of the project that ended before `olderThanMs`. */
  runs: { project: string; id: string }[];
  olderThanMs: number;
  /** Everything in this folder too. */
  cache?: string;
}

const CACHES = ["spark", "jre", "python", "node", "ivy", "downloads", "compile", "jsa", "sql"];

/** What could go, with its size; nothing is removed by looking. */
export function findPrunable(project: string, wish: PruneWish, now = Date.now()): Prunable[] {
  const named = wish.runs.length > 0;
  const runs = named ? wish.runs : runIds(project).map((id) => ({ project, id }));
  const found: Prunable[] = [];
  for (const run of runs) {
    const active = activeRuns(run.project).some((one) => one.id === run.id);
    if (active && named) {
      throw new MayflyError(
        "refused",
        `cannot remove run ${run.id}: it is running`,
        `end it first: mayfly cancel ${run.id}`,
      );
    }
    const old = named || timeOfId(run.id) < now - wish.olderThanMs;
    if (!active && old) found.push(measure(`run ${run.id}`, runFolder(run.project, run.id)));
  }
  const { cache } = wish;
  if (cache === undefined) return found;
  const busy = [project, ...knownProjects()].flatMap(activeRuns).find((run) => run.alive);
  if (busy) {
    throw new MayflyError(
      "busy",
      `cannot remove caches: run ${busy.id} is using them`,
      "wait until it has ended: mayfly wait",
    );
  }
  // MAYFLY_CACHE may name any folder, one's home too, in which "python" is somebody's work.
  const other = listIfThere(cache).find((name) => !CACHES.includes(name));
  if (other !== undefined) {
    throw new MayflyError(
      "refused",
      `cannot remove caches: "${cache}" also holds "${other}", so it is not Mayfly's alone`,
      `move that away, or remove what you no longer need of ${CACHES.join(", ")} in it yourself`,
    );
  }
  for (const kind of CACHES) {
    // A link leads to what is not ours to remove.
    if (lstatSync(join(cache, kind), { throwIfNoEntry: false })?.isDirectory() !== true) continue;
    for (const name of listIfThere(join(cache, kind)))
      found.push(measure(`cache ${kind}/${name}`, join(cache, kind, name)));
  }
  return found;
}

function measure(what: string, path: string): Prunable {
  return { what, path, bytes: sizeOf(path).bytes };
}

/** A warm driver runs from the caches that go: it ends first. */
export async function removePrunable(
  found: readonly Prunable[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (found.some(({ what }) => what.startsWith("cache "))) await stopSpares(env);
  for (const { path } of found) await rm(path, { recursive: true, force: true });
}

import {
  IDLE_MS,
  type KnownSpare,
  listSpares,
  renewSpares,
  stopSpares,
} from "../spark/warm/pool.ts";
import type { WarmDriver } from "../targets/target.ts";
import { findJob } from "./job/find.ts";
import { chooseTarget } from "./job/where.ts";
import { loadProject, placesOf, projectFolder } from "./project.ts";

export { type KnownSpare, listSpares, stopSpares };

/** Starts a spare driver for a job, or for any program in this folder; undefined where there is one. */
export async function startWarm(
  job: string | undefined,
  cwd: string,
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
): Promise<WarmDriver | undefined> {
  const project = await loadProject(projectFolder(cwd));
  const found =
    job === undefined ? undefined : await findJob({ job, cwd, small: false, liveS3: false });
  const target = await chooseTarget(undefined, project);
  return target.warm?.(found?.job, {
    cwd,
    places: found?.places ?? placesOf(project, false),
    strictRelease: false,
    env,
    say,
  });
}

/** How long spares are kept for somebody who saves nothing. */
const PATIENCE_MS = 60 * 60_000;

/**
 * While somebody watches a job, the spares of its folder do not end after their five minutes. One that
 * watches off a terminal takes with it what came to be meanwhile.
 */
export function keepSpares(cwd: string, options: { keepWarm?: boolean; env?: NodeJS.ProcessEnv }) {
  const env = options.env ?? process.env;
  const there = new Set(listSpares(env).map(({ id }) => id));
  let until = 0;
  const timer = setInterval(() => {
    if (Date.now() < until) renewSpares(cwd, env);
  }, IDLE_MS / 5).unref();
  return {
    waiting: () => {
      until = Date.now() + PATIENCE_MS;
    },
    /** What stays, where it does. */
    async close(): Promise<string | undefined> {
      clearInterval(timer);
      const made = (spare: KnownSpare) => spare.cwd === cwd && !there.has(spare.id);
      if (!options.keepWarm) await stopSpares(env, made);
      const stays = listSpares(env).some((spare) => made(spare) && spare.state !== "used");
      return stays
        ? "a warm driver for the next run stays, for 5 minutes (mayfly warm stop)"
        : undefined;
    },
  };
}

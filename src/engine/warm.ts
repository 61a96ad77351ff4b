import type { WarmDriver } from "../targets/target.ts";
import { findJob } from "./job/find.ts";
import { chooseTarget } from "./job/where.ts";
import { loadProject, placesOf, projectFolder } from "./project.ts";

export { type KnownSpare, listSpares, stopSpares } from "../spark/warm/pool.ts";

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

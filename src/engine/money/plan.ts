import { MayflyError } from "../../base/errors.ts";
import { formatDuration } from "../../base/format.ts";
import { isSpark, type Job } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import type { RunRecord } from "../../model/run.ts";
import { type Effects, systemEffects } from "../../spark/install/effects.ts";
import { findPython } from "../../spark/install/python.ts";
import { DEFAULT_SPARK } from "../../spark/versions.ts";
import { kinds } from "../../targets/index.ts";
import type { PlanContext, Target } from "../../targets/target.ts";
import type { RunRequest } from "../job/request.ts";
import { chooseTarget } from "../job/where.ts";
import { loadProject, type Project, projectFolder } from "../project.ts";
import { prepareJob } from "../run.ts";
import { readRecord, runFolder, runIds } from "../runs/records.ts";

/** A plan of one place, or why the job cannot run there. */
export type Planned = { on: string; plan: Plan } | { on: string; refused: MayflyError };

export interface PlanOptions {
  /** How long the job is said to take. */
  hours?: number;
  env?: NodeJS.ProcessEnv;
  effects?: Effects;
}

export const ALL = "all";

/** What running it would do and cost: in one place, or in all that there are. Touches nothing. */
export async function planJob(request: RunRequest, options: PlanOptions = {}): Promise<Planned[]> {
  const project = await loadProject(projectFolder(request.cwd));
  if (request.on !== ALL) {
    const target = await chooseTarget(request.on, project, request.target);
    return [{ on: target.name, plan: await planOn(target, request, options) }];
  }
  const planned: Planned[] = [];
  for (const on of placesOf(project)) {
    try {
      const target = await chooseTarget(on, project);
      planned.push({ on, plan: await planOn(target, { ...request, on }, options) });
    } catch (error) {
      // A job that is wrong everywhere is no matter of the place.
      if (!(error instanceof MayflyError) || planned.length === 0) throw error;
      planned.push({ on, refused: error });
    }
  }
  return planned;
}

/** This machine first, then what mayfly.yaml names, then kinds of which it names none. */
function placesOf({ file }: Project): string[] {
  const targets = Object.entries(file?.targets ?? {});
  const named = new Set<string>(targets.map(([, { kind }]) => kind));
  const others = kinds().filter((kind) => kind !== "local" && !named.has(kind));
  return [...new Set(["local", ...targets.map(([name]) => name), ...others])];
}

async function planOn(target: Target, request: RunRequest, options: PlanOptions): Promise<Plan> {
  const { env = process.env, effects = systemEffects } = options;
  const { job, places, project } = await prepareJob(request, target);
  const expected = expectedOf(project.folder, job, target.name, options.hours);
  const context: PlanContext = {
    ...{ places, env, read: true, strictRelease: request.strictRelease === true },
    ...(expected ? { expected } : {}),
    laptop: target.remote ? await laptopOf(project.folder, job, effects) : {},
  };
  return target.plan(job, context);
}

/** As somebody says, or as its last run took: there, or else elsewhere. */
function expectedOf(project: string, job: Job, on: string, hours: number | undefined) {
  if (hours !== undefined) return { hours, from: `the job takes ${hours} h, as --hours says` };
  const last = lastRuns(project, job);
  const record = last.find(({ target }) => target === on) ?? last[0];
  if (!record) return undefined;
  const ms = record.steps.reduce(
    (all, { startedAt = 0, endedAt = startedAt }) => all + endedAt - startedAt,
    0,
  );
  const from = `the job takes ${formatDuration(ms)}, as on ${record.target} the last time (${record.id})`;
  return { hours: ms / 3_600_000, from };
}

async function laptopOf(project: string, job: Job, effects: Effects) {
  const spark = lastRuns(project, job).find(({ target }) => target === "local")?.spark;
  const pyspark = job.steps.some((step) => isSpark(step) && step.kind === "pyspark");
  const found = pyspark
    ? await findPython(DEFAULT_SPARK, () => {}, effects).catch(() => undefined)
    : undefined;
  const python = found?.version.split(".").slice(0, 2).join(".");
  return { ...(spark ? { spark } : {}), ...(python ? { python } : {}) };
}

/** Those that went well, the newest first. */
function lastRuns(project: string, { name }: Job): RunRecord[] {
  return runIds(project)
    .slice(0, 50)
    .flatMap((id) => readRecord(runFolder(project, id)) ?? [])
    .filter((record) => record.job === name && record.state === "succeeded");
}

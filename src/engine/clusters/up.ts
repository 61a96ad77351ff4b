import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { withLock } from "../../base/locks.ts";
import { attemptsOf, openJournal, readJournal } from "../../journal/journal.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import { kinds } from "../../targets/index.ts";
import type { TargetWish } from "../job/request.ts";
import { chooseTarget } from "../job/where.ts";
import { loadProject, placesOf, projectFolder } from "../project.ts";
import { newRunId } from "../runs/records.ts";
import { recoverRuns } from "../runs/recover.ts";
import { endOpening, noteOpening, recoverOpening, recoverOpenings } from "./opening.ts";
import {
  checkName,
  clusterFolder,
  clustersFolder,
  forgetCluster,
  readCluster,
  rememberCluster,
} from "./records.ts";
import { keeperOf } from "./targets.ts";

export interface UpRequest {
  name: string;
  on: string;
  target?: TargetWish;
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Where it would be opened, and by whom; a name that means something else is refused. */
export async function chooseKeeper({ name, on, cwd, target: wish }: Omit<UpRequest, "signal">) {
  const project = await loadProject(projectFolder(cwd));
  const target = await chooseTarget(on, project, wish);
  checkName(name);
  if (Object.hasOwn(project.file?.targets ?? {}, name) || kinds().includes(name))
    throw new MayflyError(
      "ambiguous",
      `cannot call a cluster "${name}": a target or a kind has this name, and --on ${name} would mean both`,
      "take another name",
    );
  const keeper = target.clusters;
  if (keeper) return { project, target, keeper };
  throw new MayflyError(
    "usage",
    `cannot open a cluster on "${on}": the kind ${target.kind} has none`,
    "name a target of kind emr: mayfly up --on emr",
  );
}

/** Opens a cluster that stays, under a name. */
export async function up(request: UpRequest, emit: Emit): Promise<ClusterRecord> {
  const { name, env, signal } = request;
  const { project, target, keeper } = await chooseKeeper(request);
  await recoverRuns(project.folder);
  await recoverOpenings(env);
  return withLock(join(clustersFolder(), `${name}.lock`), async () => {
    // An earlier opening of this name was killed: a new journal on top of its own would hide what it left.
    if (!(await recoverOpening(name, env, true)))
      throw new MayflyError(
        "refused",
        `cannot open "${name}": an earlier opening of this name was killed, and what it left is not known to be gone`,
        "try again in five minutes, or take another name; mayfly reap ends what is left",
      );
    await requireFree(name, env);
    const folder = clusterFolder(name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const run = newRunId();
    noteOpening(name, run, target);
    const places = placesOf(project, true);
    const act = openJournal(folder);
    const attempts = () => attemptsOf(readJournal(folder));
    try {
      const record = await keeper.up(name, {
        ...{ run, folder, env, signal, emit, places, act, attempts },
      });
      rememberCluster(record);
      return record;
    } catch (error) {
      const problem = toMayflyError(error, `open the cluster "${name}"`);
      if (!(await endOpening(name, target, run, places, env, true)))
        emit({ code: "note", text: "what was opened is asked to end by the next command" });
      throw problem;
    }
  });
}

/** A name is free when nothing is known of it here, or when what is known has ended. */
async function requireFree(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const known = readCluster(name);
  if (!known) return;
  const now = await (await keeperOf(known)).look(known, { env });
  if (now?.state === "ended") return forgetCluster(name);
  throw new MayflyError(
    "refused",
    `cannot open "${name}": a cluster of this name is open (${known.id})`,
    `run on it: mayfly run JOB --on ${name}; end it: mayfly down ${name}`,
  );
}

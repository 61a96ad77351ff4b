import { mkdirSync } from "node:fs";
import { openJournal } from "../../journal/journal.ts";
import type { Ours } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import type { Ended } from "../../targets/target.ts";
import { knownProjects, projectFolder } from "../project.ts";
import { activeRuns } from "../runs/records.ts";
import { clusterFolder, forgetCluster, knownClusters } from "./records.ts";
import { type KeptTarget, ourTargets } from "./targets.ts";

export interface ReapRequest {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Also clusters that were opened to stay, before their time. */
  all: boolean;
  /** Another owner's, by name. */
  owner?: string;
  /** Only what is older. */
  olderThanMs?: number;
}

/** Something that carries our tags, and what is to become of it. */
export interface Verdict {
  ours: Ours;
  /** Why it stays; absent when it is to go. */
  stays?: string;
  target: KeptTarget;
}

/** All that carries our tags in the accounts and regions of this project's targets; asking changes nothing. */
export async function findLeft(request: ReapRequest, now = Date.now()): Promise<Verdict[]> {
  const { cwd, env, owner: other } = request;
  const verdicts = new Map<string, Verdict>();
  const alive = new Set(
    [projectFolder(cwd), ...knownProjects()].flatMap((project) =>
      activeRuns(project).flatMap((run) => (run.alive ? [run.id] : [])),
    ),
  );
  for (const target of await ourTargets(cwd)) {
    const { owner, ours } = await target.keeper.find({ env, cost: true });
    for (const one of ours) {
      const key = `${one.region} ${one.what} ${one.id}`;
      if (verdicts.has(key)) continue;
      const stays = whyItStays(one, { ...request, owner: other ?? owner }, alive, now);
      verdicts.set(key, { ours: one, target, ...(stays ? { stays } : {}) });
    }
  }
  const all = [...verdicts.values()];
  const staying = new Set(
    all.filter(({ ours, stays }) => ours.what === "cluster" && stays).map(({ ours }) => ours.run),
  );
  return all.map((one) =>
    one.ours.what !== "cluster" && !one.stays && staying.has(one.ours.run)
      ? { ...one, stays: "its cluster stays" }
      : one,
  );
}

function whyItStays(
  one: Ours,
  { owner, all, olderThanMs }: { owner: string; all: boolean; olderThanMs?: number },
  alive: Set<string>,
  now: number,
): string | undefined {
  if (one.owner !== owner) return `${one.owner || "nobody"} is its owner`;
  if (alive.has(one.run)) return "its run goes on";
  if (olderThanMs !== undefined && one.createdAt !== undefined && now - one.createdAt < olderThanMs)
    return "it is younger";
  if (one.protected) return "it is protected from termination";
  if (one.heldBy !== undefined && one.heldBy !== one.run && !all)
    return `run ${one.heldBy} works on it`;
  const over = one.endsAt !== undefined && one.endsAt < now;
  if (one.name !== undefined && !over && !all) return `it was opened to stay, as ${one.name}`;
  return undefined;
}

/** Ends what a look has found, and returns when it is gone. */
export async function reap(
  verdicts: Verdict[],
  { env, signal }: Pick<ReapRequest, "env" | "signal">,
  emit: Emit,
): Promise<Ended> {
  const total: Ended = { gone: [], remains: [], pending: [] };
  const folder = clusterFolder(".reap");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const act = openJournal(folder);
  for (const target of new Set(verdicts.map((one) => one.target))) {
    const going = verdicts.filter((one) => one.target === target && !one.stays);
    const closing = await target.keeper.end(
      going.map(({ ours }) => ours),
      { env, signal, emit, act, unprotect: false },
    );
    total.gone.push(...closing.gone);
    total.remains.push(...closing.remains);
    total.pending.push(...(closing.pending ?? []));
  }
  for (const { name, id } of knownClusters())
    if (total.gone.includes(`cluster ${id}`)) forgetCluster(name);
  return total;
}

import { toMayflyError } from "../../base/errors.ts";
import type { ClusterInfo, ClusterRecord } from "../../model/cluster.ts";
import { down } from "./down.ts";
import { knownClusters, rememberCluster } from "./records.ts";
import { keeperOf, ourTargets } from "./targets.ts";

export interface ListedCluster {
  record: ClusterRecord;
  /** Absent where its place could not be asked. */
  now?: ClusterInfo;
  problem?: string;
}

/** The clusters that this machine knows, as they are now. One that has ended is told once, and forgotten. */
export const listClusters = (env: NodeJS.ProcessEnv): Promise<ListedCluster[]> =>
  Promise.all(knownClusters().map((record) => lookAtCluster(record, env)));

export async function lookAtCluster(
  record: ClusterRecord,
  env: NodeJS.ProcessEnv,
): Promise<ListedCluster> {
  const signal = AbortSignal.timeout(8000);
  try {
    const keeper = await keeperOf(record);
    const now = await keeper.look(record, { env, signal, cost: true });
    // Of one that has ended by itself, what was made for it goes; then it is forgotten.
    if (now?.state === "ended")
      await down(record, { env, signal, unprotect: false, brief: true }, () => {});
    return now ? { record, now } : { record, problem: "nobody knows it there" };
  } catch (error) {
    return { record, problem: toMayflyError(error, `ask for "${record.name}"`).message };
  }
}

/** Those that other machines have opened too: from now on they can be named here. */
export async function findInAccount(cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const { keeper } of await ourTargets(cwd)) {
    const { owner, ours, clusters } = await keeper.find({ env });
    const known = new Set(knownClusters().map(({ name }) => name));
    for (const record of clusters) {
      const mine = ours.some((one) => one.id === record.id && one.owner === owner);
      if (mine && !known.has(record.name)) rememberCluster(record);
    }
  }
}

import { mkdirSync } from "node:fs";
import { openJournal } from "../../journal/journal.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import type { Ended } from "../../targets/target.ts";
import { clusterFolder, forgetCluster } from "./records.ts";
import { keeperOf } from "./targets.ts";

export interface DownWish {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** A protection from termination is taken away first. */
  unprotect: boolean;
  /** What does not go at once is not waited for. */
  brief?: boolean;
}

/** Ends a cluster that stays, and all that was made for it; it is forgotten when that is gone. */
export async function down(record: ClusterRecord, wish: DownWish, emit: Emit): Promise<Ended> {
  const { name } = record;
  const keeper = await keeperOf(record);
  const folder = clusterFolder(name);
  // Of one that another machine has opened there is no journal here yet.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const closing = await keeper.down(record, { ...wish, emit, act: openJournal(folder) });
  const { gone, remains, pending = [] } = closing;
  if (pending.length + remains.length === 0) forgetCluster(name);
  return { gone, remains, pending };
}

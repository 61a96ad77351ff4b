import { mkdirSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import { openJournal } from "../../journal/journal.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Emit } from "../../model/event.ts";
import { makeTarget } from "../../targets/index.ts";
import type { Closing } from "../../targets/target.ts";
import { clusterFolder, forgetCluster } from "./records.ts";

export interface DownWish {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** A protection from termination is taken away first. */
  unprotect: boolean;
  /** What does not go at once is not waited for. */
  brief?: boolean;
}

export type Ended = Required<Pick<Closing, "gone" | "remains" | "pending">>;

export const isGone = ({ remains, pending }: Ended) => pending.length + remains.length === 0;

/** Ends a cluster that stays, and all that was made for it; it is forgotten when that is gone. */
export async function down(record: ClusterRecord, wish: DownWish, emit: Emit): Promise<Ended> {
  const { name, kind, target, entry } = record;
  const { clusters } = await makeTarget(kind, target, entry);
  if (!clusters) throw new MayflyError("damaged", `cannot end "${name}": ${kind} has no clusters`);
  const folder = clusterFolder(name);
  // Of one that another machine has opened there is no journal here yet.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const closing = await clusters.down(record, { ...wish, emit, act: openJournal(folder) });
  const { gone, remains, pending = [] } = closing;
  const ended = { gone, remains, pending };
  if (isGone(ended)) forgetCluster(name);
  return ended;
}

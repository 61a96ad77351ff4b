import { createHash } from "node:crypto";
import { MayflyError } from "../../../base/errors.ts";
import type { ClusterRecord } from "../../../model/cluster.ts";
import type { Job } from "../../../model/job.ts";
import type { TargetContext } from "../../target.ts";
import type { Account } from "../account.ts";
import { ended, lookAt } from "../life/cluster.ts";
import { findClusters } from "../life/find.ts";
import { openCluster, type Place } from "../life/open.ts";
import { TAGS } from "../life/tags.ts";
import { type EmrEntry, type EmrSettings, releaseOf } from "../shape/settings.ts";
import { lock } from "./lock.ts";

export interface TakeWish extends Place {
  /** Hears which it is; of one that was there before, since when it is ours. */
  begun: (cluster: string, since?: number) => void;
  target: string;
  entry: EmrEntry;
  job: Job;
}

/** The cluster of a session, and what becomes of it afterwards. */
export interface Taken {
  cluster: string;
  /** Nobody else takes it meanwhile. */
  held: boolean;
  /** It was there before: what it costs is the run's from here on. */
  since?: number;
  /** After the run it ends, or stays under this name for so many seconds without work. */
  after: "end" | { keep: ClusterRecord; idleSeconds: number; lingers: boolean } | "leave";
}

/** The cluster a run is to have: the one named, a free one of the same making, or a new one. */
export async function takeCluster(
  wish: TakeWish,
  opened: ClusterRecord | undefined,
  context: TargetContext,
): Promise<Taken> {
  const { account, settings, job } = wish;
  const since = Date.now();
  const there = (cluster: string, held: boolean): Taken => {
    wish.begun(cluster, since);
    return { cluster, held, since, after: "leave" };
  };
  if (opened) {
    await requireLive(account, opened);
    return there(opened.id, false);
  }
  const release = releaseOf(job, settings);
  const config = configOf(settings, release);
  if (settings.reuse) {
    const free = await takeFree(account, config, context);
    if (free) return there(free, true);
  }
  const stays = settings.lingerSeconds ?? (settings.reuse ? settings.idleSeconds : undefined);
  const tags = settings.reuse ? { [TAGS.config]: config } : {};
  const cluster = await openCluster(
    wish,
    { label: job.name, release, tags, begun: wish.begun },
    context,
  );
  const held = settings.reuse;
  if (stays === undefined) return { cluster, held, after: "end" };
  if (held) await lock(account, cluster, context.run, context.act);
  const keep: ClusterRecord = {
    version: 1,
    // Not a run's id, so that nobody takes the one for the other.
    name: `${wish.target}-${context.run.slice(-6)}`,
    kind: "emr",
    ...{ target: wish.target, id: cluster, run: context.run },
    ...{ where: account.where, entry: wish.entry, createdAt: Date.now() },
  };
  const lingers = settings.lingerSeconds !== undefined;
  return { cluster, held, after: { keep, idleSeconds: stays, lingers } };
}

async function requireLive({ emr }: Account, { id, name }: ClusterRecord): Promise<void> {
  const found = await lookAt(emr, id);
  if (found && /^(STARTING|BOOTSTRAPPING|RUNNING|WAITING)$/.test(found.Status.State)) return;
  if (found) throw ended(id, found.Status);
  throw new MayflyError(
    "cluster",
    `cannot run on "${name}": EMR does not know its cluster ${id}`,
    `mayfly down ${name} forgets it`,
  );
}

/** Clusters of the same hash run the same: all that stands in the request of one is in it. */
export function configOf(settings: EmrSettings, release: string): string {
  const {
    target: _target,
    ttlSeconds: _ttl,
    lingerSeconds: _linger,
    budgetUsd: _budget,
    reuse: _reuse,
    tags: _tags,
    ...made
  } = settings;
  const text = JSON.stringify({ ...made, release });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** A cluster that is about to end by itself is no place for a run. */
const LEAST_MS = 10 * 60_000;

/** Of our own, waiting, and locked by nobody; the one with most of its life left. */
async function takeFree(account: Account, config: string, context: TargetContext) {
  const all = await findClusters(account, ["WAITING"]);
  const fits = all
    .filter(({ endsAt }) => endsAt === undefined || endsAt - Date.now() > LEAST_MS)
    .filter(
      ({ tags }) => tags.get(TAGS.owner) === account.owner && tags.get(TAGS.config) === config,
    )
    .sort((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0));
  for (const { id } of fits) {
    if (!(await lock(account, id, context.run, context.act))) continue;
    context.emit({ code: "note", text: `cluster ${id} is free and of the same making: taken` });
    return id;
  }
  return undefined;
}

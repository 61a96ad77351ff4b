import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { AwsRefusal } from "../../../aws/asking.ts";
import { interruption } from "../../../base/errors.ts";
import type { Act } from "../../../model/run.ts";
import type { Stores } from "../../../storage/open.ts";
import type { UpContext } from "../../clusters.ts";
import type { Account } from "../account.ts";
import { type Put, putOnce } from "../jobs/stage.ts";
import { openOwn } from "../own/own.ts";
import { openPoll } from "../poll.ts";
import { localScripts, readConfigurations } from "../shape/files.ts";
import { clusterRequest } from "../shape/request.ts";
import type { EmrSettings } from "../shape/settings.ts";
import { findLost, waitUntilReady } from "./cluster.ts";
import { DO, placed, REFUSED } from "./intents.ts";
import { TAGS } from "./tags.ts";
import { TIMER, timerAction } from "./timer.ts";

/** Where a cluster's files are put, and how. */
export interface Place {
  account: Account;
  bucket: string;
  stores: Stores;
  settings: EmrSettings;
  put: Put;
}

export interface OpenWish {
  /** What its name tells: a job, or the name it is opened under. */
  label: string;
  release: string;
  /** Beside those that stand on all we make. */
  tags?: Record<string, string>;
  /** Hears of it as soon as it may cost something. */
  begun?: (cluster: string) => void;
}

/** Where a cluster's files and logs lie; made when it is not there, and never removed. */
export async function openBucket(
  account: Account,
  settings: EmrSettings,
  stores: Stores,
  { act }: Pick<UpContext, "act">,
): Promise<{ bucket: string; buckets: string[] }> {
  const bucket = settings.bucket ?? `mayfly-${account.id}-${account.where.region}`;
  const s3 = await stores.s3();
  const buckets = (await s3.listBuckets()).map(({ name }) => name);
  if (!buckets.includes(bucket))
    await act(placed({ do: "make-bucket", id: `bucket-${bucket}`, bucket }, account.where), () =>
      s3.makeBucket(bucket),
    );
  return { bucket, buckets };
}

/** Asks for a cluster and waits until it takes steps. What it leaves when it fails, the journal's reader ends. */
export async function openCluster(
  place: Place,
  { label, release, tags = {}, begun = () => {} }: OpenWish,
  context: UpContext,
): Promise<string> {
  const { account, bucket, settings } = place;
  const { emr, aws, where, owner } = account;
  const act: Act = (intent, call, seen) => context.act(placed(intent, where), call, seen);
  const folder = dirname(context.places.state);
  const { staged, timer } = await stageScripts(place, folder, context);
  const own = await openOwn({ aws, emr, settings, release, owner }, { ...context, act });
  const request = clusterRequest({
    ...{ label, release, settings, run: context.run, owner, bucket, staged },
    surroundings: own.surroundings,
    configurations: readConfigurations(settings, folder),
    tags: { [TAGS.ttl]: String(settings.ttlSeconds), ...tags },
    timer: timerAction(timer, settings.ttlSeconds, where.region),
  });
  const intent = {
    ...{ do: DO.create, id: "cluster", name: request.Name },
    // Only who has protected it may take that away again.
    ...(settings.terminationProtection ? { protected: true } : {}),
  };
  // Who has gone in the meantime wants no cluster any more.
  if (context.signal.aborted)
    throw interruption(context.signal, "interrupted before the cluster was asked for");
  let refusal: AwsRefusal | undefined;
  const cluster = await act(
    intent,
    () =>
      own
        .asks(() => emr.runJobFlow(request))
        .catch(async (error: unknown) => {
          // Nothing was made: whoever reads the journal need not look for it.
          if (error instanceof AwsRefusal) {
            refusal = error;
            return REFUSED;
          }
          // It may have been made all the same: its name says whose it is.
          const found = await findLost(emr, request.Name);
          if (found) return found;
          throw error;
        }),
    (id) => id,
  );
  if (refusal) throw refusal;
  context.emit({ code: "note", text: `cluster ${cluster} (${release}) is starting` });
  begun(cluster);
  await waitUntilReady(openPoll(emr, cluster, context.emit), cluster, context);
  return cluster;
}

/** What machines run when they start, where they can fetch it. */
async function stageScripts(
  { bucket, stores, settings, put }: Place,
  folder: string,
  context: Pick<UpContext, "folder">,
) {
  const file = join(context.folder, "mayfly-timer.sh");
  writeFileSync(file, TIMER);
  const timer = await putOnce(file, bucket, stores, put);
  const scripts = new Map<string, string>();
  for (const path of localScripts(settings, folder))
    scripts.set(path, await putOnce(resolve(folder, path), bucket, stores, put));
  return { timer, staged: (path: string) => scripts.get(path) ?? path };
}

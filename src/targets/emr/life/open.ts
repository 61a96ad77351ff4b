import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsRefusal } from "../../../aws/ask-json.ts";
import type { Stores } from "../../../storage/open.ts";
import type { UpContext } from "../../clusters.ts";
import type { Account } from "../account.ts";
import { stageFile } from "../jobs/stage.ts";
import { clusterRequest } from "../shape/request.ts";
import type { EmrSettings } from "../shape/settings.ts";
import { findLost, waitUntilReady } from "./cluster.ts";
import { DO, placed, REFUSED } from "./intents.ts";
import { TAGS } from "./tags.ts";
import { TIMER, timerAction } from "./timer.ts";

export interface OpenWish {
  /** What its name tells: a job, or the name it is opened under. */
  label: string;
  release: string;
  settings: EmrSettings;
  /** Beside those that stand on all we make. */
  tags?: Record<string, string>;
}

/** Where a cluster's files and logs lie; made when it is not there, and never removed. */
export async function openBucket(
  account: Account,
  settings: EmrSettings,
  stores: Stores,
  { act }: Pick<UpContext, "act">,
): Promise<string> {
  const bucket = settings.bucket ?? `mayfly-${account.id}-${account.where.region}`;
  const s3 = await stores.s3();
  if (!(await s3.listBuckets()).some((one) => one.name === bucket))
    await act(placed({ do: "make-bucket", id: `bucket-${bucket}`, bucket }, account.where), () =>
      s3.makeBucket(bucket),
    );
  return bucket;
}

/** Asks for a cluster and waits until it takes steps. What it leaves when it fails, the journal's reader ends. */
export async function openCluster(
  account: Account,
  at: { bucket: string; stores: Stores },
  { label, release, settings, tags = {} }: OpenWish,
  context: UpContext,
): Promise<string> {
  const { emr, where, owner } = account;
  const script = join(context.folder, "mayfly-timer.sh");
  writeFileSync(script, TIMER);
  const timer = await stageFile(script, at.bucket, at.stores, (uri, work) =>
    context.act(placed({ do: "put", id: uri, uri }, where), work),
  );
  const request = clusterRequest({
    ...{ label, release, settings, run: context.run, bucket: at.bucket },
    tags: {
      [TAGS.run]: context.run,
      [TAGS.owner]: owner,
      [TAGS.ttl]: String(settings.ttlSeconds),
      ...tags,
    },
    timer: timerAction(timer, settings.ttlSeconds, where.region),
  });
  let refusal: AwsRefusal | undefined;
  const cluster = await context.act(
    placed({ do: DO.create, id: "cluster", name: request.Name }, where),
    () =>
      emr.runJobFlow(request).catch(async (error: unknown) => {
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
  context.emit({
    code: "note",
    text: `cluster ${cluster} (${request.ReleaseLabel}) is starting`,
  });
  await waitUntilReady(emr, cluster, context);
  return cluster;
}

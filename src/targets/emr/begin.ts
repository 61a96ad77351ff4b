import type { ClusterRecord } from "../../model/cluster.ts";
import type { Job } from "../../model/job.ts";
import type { Stores } from "../../storage/open.ts";
import { bringOutput } from "../outputs.ts";
import type { FoundOutput, Session, TargetContext } from "../target.ts";
import { type Account, storesOf } from "./account.ts";
import { onlyHere } from "./jobs/only-here.ts";
import type { MadePackages } from "./jobs/packages.ts";
import { type Put, putOnce, stage } from "./jobs/stage.ts";
import { jobThere } from "./jobs/there.ts";
import { placed } from "./life/intents.ts";
import { openBucket } from "./life/open.ts";
import { withinBudget } from "./money/budget.ts";
import { openMeter } from "./money/meter.ts";
import { makeSession } from "./session.ts";
import { type EmrEntry, type EmrSettings, releaseOf } from "./shape/settings.ts";
import { takeCluster } from "./stay/take.ts";

export interface BeginWish {
  account: Account;
  stores: Stores;
  target: { name: string; entry: EmrEntry; settings: EmrSettings; opened?: ClusterRecord };
  /** What its programs import, made for the cluster. */
  made?: MadePackages;
}

/** Brings what a job needs to S3, then takes a cluster for it: what is missing is found out before anything costs money. */
export async function beginRun(
  asked: Job,
  { account, stores, target, made }: BeginWish,
  context: TargetContext,
): Promise<Session> {
  const { name, entry, settings, opened } = target;
  const put: Put = (uri, work) =>
    context.act(placed({ do: "put", id: uri, uri }, account.where), work);
  const { bucket, buckets } = await openBucket(account, settings, stores, context);
  const there = jobThere(asked, { bucket, run: context.run, buckets });
  for (const text of await onlyHere(there.job, stores)) context.emit({ code: "note", text });
  const staged = await stage(there.job, bucket, stores, put);
  const packages = made && {
    uri: await putOnce(made.file, bucket, stores, put),
    python: made.python,
  };
  const limited = opened
    ? settings
    : (await withinBudget(settings, releaseOf(asked, settings), context.env)).settings;
  const meter = openMeter(account, opened ? undefined : settings.budgetUsd, context);
  const place = { account, bucket, stores, put, settings: limited, begun: meter.begin };
  const wish = { ...place, target: name, entry, job: asked };
  const taken = await takeCluster(wish, opened, context).catch((error: unknown) => {
    meter.end();
    throw error;
  });
  const bring = async ({ uri }: FoundOutput, to: string) => {
    const own = storesOf(account, context.places, asked.folder);
    await bringOutput(uri, to, own, context.signal).finally(() => own.close());
  };
  return makeSession(
    {
      ...{ ...there, ...staged, settings, account, stores, bucket, bring, meter },
      ...taken,
      ...(packages ? { packages } : {}),
    },
    context,
  );
}

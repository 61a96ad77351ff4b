import { plural } from "../../base/format.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Plan } from "../../model/plan.ts";
import type { Target } from "../target.ts";
import { enterAccount, returnTo, storesOf } from "./account.ts";
import { localArguments, requireKnown } from "./jobs/look.ts";
import { localFiles, stage } from "./jobs/stage.ts";
import { converge } from "./life/converge.ts";
import { placed, whereOf } from "./life/intents.ts";
import { openBucket } from "./life/open.ts";
import { makeSession } from "./session.ts";
import { type EmrEntry, releaseOf, settingsOf } from "./shape/settings.ts";
import { clusterKeeper } from "./stay/keeper.ts";
import { takeCluster } from "./stay/take.ts";

/** Amazon EMR: a cluster that appears, runs the job's steps, and is gone; or one that is there and stays. */
export function emrTarget(name: string, entry: EmrEntry, opened?: ClusterRecord): Target {
  const settings = settingsOf(entry);

  return {
    kind: "emr",
    name,
    remote: true,
    clusters: clusterKeeper(name, entry),

    async plan(job): Promise<Plan> {
      requireKnown(job);
      const { instanceCount, instanceType } = settings;
      const files = localFiles(job).length;
      const runs = job.steps.map((step) => `run ${step.name} on it`);
      return {
        job,
        target: name,
        kind: "emr",
        actions: [
          ...(files > 0 ? [`put ${plural(files, "file")} of this machine on S3`] : []),
          ...(opened
            ? runs
            : [
                `create a cluster of ${plural(instanceCount, "instance")} ${instanceType}, ${releaseOf(job, settings)}`,
                ...runs,
                "terminate the cluster",
              ]),
        ],
        notes: localArguments(job),
        quote: { basis: "estimate", assumes: ["no price is known yet"] },
      };
    },

    async open(plan, context) {
      const { job } = plan;
      const where = opened && whereOf(opened);
      const account = where
        ? await returnTo(where, context.env)
        : await enterAccount(settings, context.env);
      const stores = storesOf(account, context.places, job.folder);
      const bucket = await openBucket(account, settings, stores, context);
      const staged = await stage(job, bucket, stores, (uri, work) =>
        context.act(placed({ do: "put", id: uri, uri }, account.where), work),
      );
      const taken = await takeCluster(
        { account, bucket, stores, settings, target: name, entry, job },
        opened,
        context,
      );
      return makeSession({ job, settings, staged, account, stores, bucket, ...taken }, context);
    },

    recover: (left) => converge(left),
  };
}

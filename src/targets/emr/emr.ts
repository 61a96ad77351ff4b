import { dirname } from "node:path";
import { plural } from "../../base/format.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Plan } from "../../model/plan.ts";
import type { Target } from "../target.ts";
import { enterAccount, returnTo, storesOf } from "./account.ts";
import { localArguments, requireKnown } from "./jobs/look.ts";
import { localFiles, type Put, stage } from "./jobs/stage.ts";
import { converge } from "./life/converge.ts";
import { placed, whereOf } from "./life/intents.ts";
import { openBucket } from "./life/open.ts";
import { makeSession } from "./session.ts";
import { localScripts, readConfigurations } from "./shape/files.ts";
import { fitRelease } from "./shape/fit.ts";
import { describeMachines } from "./shape/machines.ts";
import { type EmrEntry, releaseOf, settingsOf } from "./shape/settings.ts";
import { clusterKeeper } from "./stay/keeper.ts";
import { takeCluster } from "./stay/take.ts";

/** Amazon EMR: a cluster that appears, runs the job's steps, and is gone; or one that is there and stays. */
export function emrTarget(name: string, entry: EmrEntry, opened?: ClusterRecord): Target {
  const settings = settingsOf(entry, name);

  return {
    kind: "emr",
    name,
    remote: true,
    clusters: clusterKeeper(name, entry),

    async plan(job, { places }): Promise<Plan> {
      requireKnown(job);
      const folder = dirname(places.state);
      const release = releaseOf(job, settings);
      const notes = opened ? [] : fitRelease(settings, release);
      readConfigurations(settings, folder);
      const files = localFiles(job).length + localScripts(settings, folder).length;
      const { key, groups } = settings;
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
                ...(groups === "own" ? ["make security groups for it alone"] : []),
                ...(typeof key === "object" ? ["make a key pair for it alone"] : []),
                `create a cluster of ${describeMachines(settings.machines)}, ${release}`,
                ...runs,
                "terminate the cluster",
                ...(groups === "own" || typeof key === "object"
                  ? ["remove what was made for it"]
                  : []),
              ]),
        ],
        notes: [...notes, ...localArguments(job)],
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
      const put: Put = (uri, work) =>
        context.act(placed({ do: "put", id: uri, uri }, account.where), work);
      const bucket = await openBucket(account, settings, stores, context);
      const staged = await stage(job, bucket, stores, put);
      const at = { account, bucket, stores, settings, put };
      const taken = await takeCluster({ ...at, target: name, entry, job }, opened, context);
      return makeSession({ job, settings, staged, account, stores, bucket, ...taken }, context);
    },

    recover: (left) => converge(left),
  };
}

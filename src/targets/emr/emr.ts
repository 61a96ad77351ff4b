import { dirname } from "node:path";
import { plural } from "../../base/format.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Plan } from "../../model/plan.ts";
import { describePlatform } from "../../spark/pack/platform.ts";
import type { FoundOutput, Target } from "../target.ts";
import { enterAccount, returnTo, storesOf } from "./account.ts";
import { argumentNotes, requireSmall } from "./jobs/arguments.ts";
import { requireKnown } from "./jobs/look.ts";
import { onlyHere } from "./jobs/only-here.ts";
import { bringOutput } from "./jobs/outputs.ts";
import { makePackages, wantsPackages } from "./jobs/packages.ts";
import { localFiles, type Put, putOnce, stage } from "./jobs/stage.ts";
import { jobThere } from "./jobs/there.ts";
import { converge } from "./life/converge.ts";
import { placed, whereOf } from "./life/intents.ts";
import { openBucket } from "./life/open.ts";
import { makeSession } from "./session.ts";
import { localScripts, readConfigurations } from "./shape/files.ts";
import { fitRelease } from "./shape/fit.ts";
import { describeMachines } from "./shape/machines.ts";
import { platformOf, pythonNotes } from "./shape/platform.ts";
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
      await requireSmall(job);
      const folder = dirname(places.state);
      const release = releaseOf(job, settings);
      const notes = opened ? [] : fitRelease(settings, release);
      readConfigurations(settings, folder);
      const files = localFiles(job).length + localScripts(settings, folder).length;
      const { key, groups } = settings;
      const platform = wantsPackages(job, settings) && platformOf(settings, release);
      const runs = job.steps.map((step) => `run ${step.name} on it`);
      return {
        job,
        target: name,
        kind: "emr",
        actions: [
          ...(platform ? [`make the packages for ${describePlatform(platform)}`] : []),
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
        notes: [...notes, ...pythonNotes(settings, release), ...argumentNotes(job)],
        quote: { basis: "estimate", assumes: ["no price is known yet"] },
      };
    },

    async open(plan, context) {
      const where = opened && whereOf(opened);
      // What no wheel is there for is said before anything is made.
      const { job, made } = await makePackages(plan.job, settings, context);
      const account = where
        ? await returnTo(where, context.env)
        : await enterAccount(settings, context.env);
      const { folder } = job;
      const stores = storesOf(account, context.places, folder);
      const put: Put = (uri, work) =>
        context.act(placed({ do: "put", id: uri, uri }, account.where), work);
      const { bucket, buckets } = await openBucket(account, settings, stores, context);
      const there = jobThere(job, { bucket, run: context.run, buckets });
      for (const text of await onlyHere(there.job, stores)) context.emit({ code: "note", text });
      const staged = await stage(there.job, bucket, stores, put);
      const packages = made && {
        uri: await putOnce(made.file, bucket, stores, put),
        python: made.python,
      };
      const at = { account, bucket, stores, settings, put };
      const wish = { ...at, target: name, entry, job };
      const taken = await takeCluster(wish, opened, context);
      const bring = async (output: FoundOutput, to: string) => {
        const own = storesOf(account, context.places, folder);
        await bringOutput(output, to, own, context.signal).finally(() => own.close());
      };
      const live = {
        ...{ ...there, ...staged, settings, account, stores, bucket, bring, ...taken },
        ...(packages ? { packages } : {}),
      };
      return makeSession(live, context);
    },

    recover: (left) => converge(left),
  };
}

import { dirname } from "node:path";
import { plural } from "../../base/format.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Job } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import type { Stores } from "../../storage/open.ts";
import type { FoundOutput, PlanContext, Session, Target } from "../target.ts";
import { type Account, enterAccount, returnTo, storesOf, wishOf } from "./account.ts";
import { argumentNotes, requireSmall } from "./jobs/arguments.ts";
import { requireKnown } from "./jobs/look.ts";
import { onlyHere } from "./jobs/only-here.ts";
import { bringOutput } from "./jobs/outputs.ts";
import { localFiles, type Put, stage } from "./jobs/stage.ts";
import { jobThere } from "./jobs/there.ts";
import { converge } from "./life/converge.ts";
import { placed, whereOf } from "./life/intents.ts";
import { openBucket } from "./life/open.ts";
import { withinBudget } from "./money/budget.ts";
import { openMeter } from "./money/meter.ts";
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

    async plan(job, context): Promise<Plan> {
      requireKnown(job);
      await requireSmall(job);
      const folder = dirname(context.places.state);
      const release = releaseOf(job, settings);
      const notes = opened ? [] : fitRelease(settings, release);
      if (!opened) notes.push(...given((await withinBudget(settings, release, context.env)).note));
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
        notes: [...notes, ...argumentNotes(job)],
        quote: { basis: "estimate", assumes: ["mayfly plan reckons it"] },
        ...(context.read && !opened ? await described(job, context) : {}),
      };
    },

    async open(plan, context) {
      const where = opened && whereOf(opened);
      const account = where
        ? await returnTo(where, context.env)
        : await enterAccount(settings, context.env);
      const { folder } = plan.job;
      const stores = storesOf(account, context.places, folder);
      try {
        return await openIn(account, stores);
      } catch (error) {
        // What keeps its connections open keeps this process alive.
        await stores.close();
        throw error;
      }

      async function openIn(account: Account, stores: Stores): Promise<Session> {
        const put: Put = (uri, work) =>
          context.act(placed({ do: "put", id: uri, uri }, account.where), work);
        const { bucket, buckets } = await openBucket(account, settings, stores, context);
        const there = jobThere(plan.job, { bucket, run: context.run, buckets });
        for (const text of await onlyHere(there.job, stores)) context.emit({ code: "note", text });
        const staged = await stage(there.job, bucket, stores, put);
        const release = releaseOf(plan.job, settings);
        const limited = opened
          ? settings
          : (await withinBudget(settings, release, context.env)).settings;
        const meter = openMeter(account, opened ? undefined : settings.budgetUsd, context);
        const at = { account, bucket, stores, put, settings: limited, begun: meter.begin };
        const wish = { ...at, target: name, entry, job: plan.job };
        const taken = await takeCluster(wish, opened, context).catch((error: unknown) => {
          meter.end();
          throw error;
        });
        const bring = async (output: FoundOutput, to: string) => {
          const own = storesOf(account, context.places, folder);
          await bringOutput(output, to, own, context.signal).finally(() => own.close());
        };
        const live = {
          ...there,
          ...staged,
          settings,
          account,
          stores,
          bucket,
          bring,
          meter,
          ...taken,
        };
        return makeSession(live, context);
      }
    },

    recover: (left) => converge(left),
  };

  async function described(job: Job, context: PlanContext) {
    const { describePlan } = await import("./plan/plan.ts");
    const who = wishOf(settings, context.env);
    const stores = storesOf({ wish: who }, context.places, job.folder);
    const folder = dirname(context.places.state);
    const configurations = readConfigurations(settings, folder);
    const scripts = localScripts(settings, folder);
    const limited = await withinBudget(settings, releaseOf(job, settings), context.env);
    const wish = { job, who, stores, context, configurations, scripts };
    return describePlan({ ...wish, settings: limited.settings });
  }
}

const given = (note: string | undefined) => (note === undefined ? [] : [note]);

import { dirname } from "node:path";
import { plural } from "../../base/format.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { Job } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import type { PlanContext, Target } from "../target.ts";
import { enterAccount, returnTo, storesOf, wishOf } from "./account.ts";
import { beginRun } from "./begin.ts";
import { argumentNotes, requireSmall } from "./jobs/arguments.ts";
import { requireKnown } from "./jobs/look.ts";
import { makePackages, wantsPackages } from "./jobs/packages.ts";
import { localFiles } from "./jobs/stage.ts";
import { converge } from "./life/converge.ts";
import { whereOf } from "./life/intents.ts";
import { withinBudget } from "./money/budget.ts";
import { localScripts, readConfigurations } from "./shape/files.ts";
import { fitRelease } from "./shape/fit.ts";
import { describeMachines } from "./shape/machines.ts";
import { packagesAction, pythonNotes } from "./shape/platform.ts";
import { type EmrEntry, releaseOf, settingsOf } from "./shape/settings.ts";
import { clusterKeeper } from "./stay/keeper.ts";

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
          ...(wantsPackages(job, settings) ? [packagesAction(settings, release)] : []),
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
        quote: { basis: "estimate", assumes: ["mayfly plan reckons it"] },
        ...(context.read && !opened ? await described(job, context) : {}),
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
      const target = { name, entry, settings, ...(opened ? { opened } : {}) };
      try {
        return await beginRun(job, { account, stores, target, ...(made ? { made } : {}) }, context);
      } catch (error) {
        // What keeps its connections open keeps this process alive.
        await stores.close();
        throw error;
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

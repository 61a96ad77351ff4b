import { dirname, resolve } from "node:path";
import { openEmr } from "../../aws/emr.ts";
import { whoAmI } from "../../aws/identity.ts";
import { openSession, type SessionWish } from "../../aws/session.ts";
import { plural } from "../../base/format.ts";
import type { Job } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import { openStores } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import type { PlanContext, Target } from "../target.ts";
import { localArguments, requireKnown } from "./jobs/look.ts";
import { localFiles, type Put, putOnce, stage } from "./jobs/stage.ts";
import { findCluster, terminate, waitUntilReady } from "./life/cluster.ts";
import { clientsOf, openOwn } from "./own/own.ts";
import { closeOwn } from "./own/remove.ts";
import { makeSession } from "./session.ts";
import { localScripts, readConfigurations } from "./shape/files.ts";
import { fitRelease } from "./shape/fit.ts";
import { describeMachines } from "./shape/machines.ts";
import { clusterRequest, releaseOf } from "./shape/request.ts";
import { type EmrEntry, settingsOf } from "./shape/settings.ts";

/** A throwaway cluster of Amazon EMR: it appears, runs the job's steps, and is gone. */
export function emrTarget(name: string, entry: EmrEntry): Target {
  const settings = settingsOf(entry, name);
  const who = (env: NodeJS.ProcessEnv): SessionWish => ({
    env,
    ...(settings.region ? { region: settings.region } : {}),
    ...(settings.profile ? { profile: settings.profile } : {}),
  });

  return {
    kind: "emr",
    name,
    remote: true,

    async plan(job, context): Promise<Plan> {
      requireKnown(job);
      const folder = dirname(context.places.state);
      const release = releaseOf(job, settings);
      const notes = fitRelease(settings, release);
      readConfigurations(settings, folder);
      const files = localFiles(job).length + localScripts(settings, folder).length;
      const { key, groups } = settings;
      return {
        job,
        target: name,
        kind: "emr",
        actions: [
          ...(files > 0 ? [`put ${plural(files, "file")} of this machine on S3`] : []),
          ...(groups === "own" ? ["make security groups for it alone"] : []),
          ...(typeof key === "object" ? ["make a key pair for it alone"] : []),
          `create a cluster of ${describeMachines(settings.machines)}, ${release}`,
          ...job.steps.map((step) => `run ${step.name} on it`),
          "terminate the cluster",
          ...(groups === "own" || typeof key === "object" ? ["remove what was made for it"] : []),
        ],
        notes: [...notes, ...localArguments(job)],
        quote: { basis: "estimate", assumes: ["mayfly plan reckons it"] },
        ...(context.read ? await described(job, context) : {}),
      };
    },

    async open(plan, context) {
      const aws = await openSession(who(context.env));
      const emr = openEmr(aws);
      const { region } = aws;
      const { account, arn } = await whoAmI(aws);
      const bucket = settings.bucket ?? `mayfly-${account}-${aws.region}`;
      const stores = storesOf(context, plan.job.folder);
      const s3 = await stores.s3();
      if (!(await s3.listBuckets()).some((one) => one.name === bucket))
        await context.act({ do: "make-bucket", id: `bucket-${bucket}`, bucket }, () =>
          s3.makeBucket(bucket),
        );
      const put: Put = (uri, work) => context.act({ do: "put", id: uri, uri }, work);
      const staged = await stage(plan.job, bucket, stores, put);
      const folder = dirname(context.places.state);
      const scripts = new Map<string, string>();
      for (const path of localScripts(settings, folder))
        scripts.set(path, await putOnce(resolve(folder, path), bucket, stores, put));
      const release = releaseOf(plan.job, settings);
      const own = await openOwn({ aws, emr, settings, release, owner: arn }, context);
      const request = clusterRequest({
        ...{ job: plan.job, run: context.run, owner: arn, bucket, settings },
        surroundings: own.surroundings,
        staged: (path) => scripts.get(path) ?? path,
        configurations: readConfigurations(settings, folder),
      });
      let cluster: string | undefined;
      try {
        const made = await context.act(
          { do: "create-cluster", id: "cluster", name: request.Name, region: aws.region },
          () =>
            own
              .asks(() => emr.runJobFlow(request))
              .catch(async (error: unknown) => {
                // It may have been made all the same: its name says whose it is.
                const found = await findCluster(emr, request.Name, error);
                if (found) return found;
                throw error;
              }),
          (id) => id,
        );
        cluster = made;
        context.emit({
          code: "note",
          text: `cluster ${made} (${request.ReleaseLabel}) is starting`,
        });
        const live = {
          job: plan.job,
          settings,
          staged,
          emr,
          cluster: made,
          own,
          stores,
          bucket,
          region,
        };
        await waitUntilReady(emr, made, context);
        return makeSession(live, context);
      } catch (error) {
        if (cluster !== undefined) await terminate(emr, cluster, context);
        // Also where nobody knows whether there is a cluster: without its groups none comes up.
        await own.close();
        await stores.close();
        throw error;
      }
    },

    async recover(left) {
      const region = left.attempts.map(({ intent }) => intent.region).find((one) => one);
      const wish = who(process.env);
      const aws = await openSession({ ...wish, ...(region ? { region: String(region) } : {}) });
      const emr = openEmr(aws);
      const gone: string[] = [];
      for (const { intent, seen } of left.attempts) {
        if (intent.do !== "create-cluster") continue;
        const id =
          typeof seen === "string" ? seen : await findCluster(emr, String(intent.name ?? ""));
        if (id === undefined) continue;
        await terminate(emr, id, left);
        gone.push(`cluster ${id}`);
      }
      const own = await closeOwn({ ...clientsOf(aws), ...left });
      return { gone: [...gone, ...own.gone], remains: own.remains };
    },
  };

  async function described(job: Job, context: PlanContext) {
    const { describePlan } = await import("./plan/plan.ts");
    const stores = storesOf(context, job.folder);
    const folder = dirname(context.places.state);
    const configurations = readConfigurations(settings, folder);
    const scripts = localScripts(settings, folder);
    const wish = { job, settings, who: who(context.env), stores, context };
    return describePlan({ ...wish, configurations, scripts });
  }

  function storesOf({ places, env }: PlanContext, cwd: string) {
    const roots = rootsOf(places.state, places.mounts);
    return openStores({ roots, cwd, liveS3: true, aws: who(env) });
  }
}

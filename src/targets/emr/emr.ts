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
import { localFiles, stage } from "./jobs/stage.ts";
import { findCluster, terminate, waitUntilReady } from "./life/cluster.ts";
import { makeSession } from "./session.ts";
import { clusterRequest, releaseOf } from "./shape/request.ts";
import { type EmrEntry, settingsOf } from "./shape/settings.ts";

/** A throwaway cluster of Amazon EMR: it appears, runs the job's steps, and is gone. */
export function emrTarget(name: string, entry: EmrEntry): Target {
  const settings = settingsOf(entry);
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
      const { instanceCount, instanceType } = settings;
      const files = localFiles(job).length;
      return {
        job,
        target: name,
        kind: "emr",
        actions: [
          ...(files > 0 ? [`put ${plural(files, "file")} of this machine on S3`] : []),
          `create a cluster of ${plural(instanceCount, "instance")} ${instanceType}, ${releaseOf(job, settings)}`,
          ...job.steps.map((step) => `run ${step.name} on it`),
          "terminate the cluster",
        ],
        notes: localArguments(job),
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
      const staged = await stage(plan.job, bucket, stores, (uri, work) =>
        context.act({ do: "put", id: uri, uri }, work),
      );
      const request = clusterRequest({
        ...{ job: plan.job, run: context.run, owner: arn, bucket, settings },
      });
      const cluster = await context.act(
        { do: "create-cluster", id: "cluster", name: request.Name, region: aws.region },
        () =>
          emr.runJobFlow(request).catch(async (error: unknown) => {
            // It may have been made all the same: its name says whose it is.
            const found = await findCluster(emr, request.Name, error);
            if (found) return found;
            throw error;
          }),
        (id) => id,
      );
      context.emit({
        code: "note",
        text: `cluster ${cluster} (${request.ReleaseLabel}) is starting`,
      });
      const live = { job: plan.job, settings, staged, emr, cluster, stores, bucket, region };
      try {
        await waitUntilReady(emr, cluster, context);
      } catch (error) {
        await terminate(emr, cluster, context);
        await stores.close();
        throw error;
      }
      return makeSession(live, context);
    },

    async recover(left) {
      const aws = await openSession(who(process.env));
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
      return { gone, remains: [] };
    },
  };

  async function described(job: Job, context: PlanContext) {
    const { describePlan } = await import("./plan/plan.ts");
    const stores = storesOf(context, job.folder);
    return describePlan({ job, settings, who: who(context.env), stores, context });
  }

  function storesOf({ places, env }: PlanContext, cwd: string) {
    const roots = rootsOf(places.state, places.mounts);
    return openStores({ roots, cwd, liveS3: true, aws: who(env) });
  }
}

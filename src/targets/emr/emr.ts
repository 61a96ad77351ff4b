import { openEmr } from "../../aws/emr.ts";
import { whoAmI } from "../../aws/identity.ts";
import { openSession, type SessionWish } from "../../aws/session.ts";
import { plural } from "../../base/format.ts";
import type { Plan } from "../../model/plan.ts";
import { openStores } from "../../storage/open.ts";
import { rootsOf } from "../../storage/places.ts";
import type { FoundOutput, Target, TargetContext } from "../target.ts";
import { argumentNotes, requireSmall } from "./jobs/arguments.ts";
import { requireKnown } from "./jobs/look.ts";
import { onlyHere } from "./jobs/only-here.ts";
import { bringOutput } from "./jobs/outputs.ts";
import { localFiles, stage } from "./jobs/stage.ts";
import { jobThere } from "./jobs/there.ts";
import { findCluster, terminate, waitUntilReady } from "./life/cluster.ts";
import { openPoll } from "./poll.ts";
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

    async plan(job): Promise<Plan> {
      requireKnown(job);
      await requireSmall(job);
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
        notes: argumentNotes(job),
        quote: { basis: "estimate", assumes: ["no price is known yet"] },
      };
    },

    async open(plan, context) {
      const aws = await openSession(who(context.env));
      const emr = openEmr(aws);
      const { account, arn } = await whoAmI(aws);
      const bucket = settings.bucket ?? `mayfly-${account}-${aws.region}`;
      const stores = storesOf(context, plan.job.folder);
      /** What keeps its connections open keeps this process alive. */
      const orClose = <T>(work: Promise<T>) =>
        work.catch(async (error: unknown) => {
          await stores.close();
          throw error;
        });
      const s3 = await stores.s3();
      const buckets = (await s3.listBuckets()).map(({ name }) => name);
      if (!buckets.includes(bucket))
        await context.act({ do: "make-bucket", id: `bucket-${bucket}`, bucket }, () =>
          s3.makeBucket(bucket),
        );
      const there = jobThere(plan.job, { bucket, run: context.run, buckets });
      for (const text of await orClose(onlyHere(there.job, stores)))
        context.emit({ code: "note", text });
      const staged = await orClose(
        stage(there.job, bucket, stores, (uri, work) =>
          context.act({ do: "put", id: uri, uri }, work),
        ),
      );
      const request = clusterRequest({
        ...{ job: plan.job, run: context.run, owner: arn, bucket, settings },
      });
      const making = context.act(
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
      const cluster = await orClose(making);
      context.emit({
        code: "note",
        text: `cluster ${cluster} (${request.ReleaseLabel}) is starting`,
      });
      const poll = openPoll(emr, cluster, context.emit);
      const bring = async (output: FoundOutput, to: string) => {
        const own = storesOf(context, plan.job.folder);
        await bringOutput(output, to, own, context.signal).finally(() => own.close());
      };
      const live = { ...there, ...staged, settings, emr, poll, cluster, stores, bucket, bring };
      try {
        await waitUntilReady(poll, cluster, context);
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

  function storesOf({ places, env }: TargetContext, cwd: string) {
    const roots = rootsOf(places.state, places.mounts);
    return openStores({ roots, cwd, liveS3: true, aws: who(env) });
  }
}

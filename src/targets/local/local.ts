import { existsSync, mkdirSync, rmSync } from "node:fs";
import { interruption, type MayflyError } from "../../base/errors.ts";
import { exec } from "../../base/exec.ts";
import { endMarked } from "../../base/processes.ts";
import { isSpark, type Job, mergeOptions } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import { chooseSpark } from "../../spark/choose.ts";
import { mapForOneMachine } from "../../spark/cluster-options.ts";
import { filesFrom } from "../../spark/install/asked.ts";
import { type Effects, systemEffects } from "../../spark/install/effects.ts";
import { ensureRuntime, type RuntimeNews, type RuntimeWish } from "../../spark/runtime.ts";
import { bucketFolder, parseUri, rootsOf } from "../../storage/places.ts";
import type { PlanContext, Target, TargetContext } from "../target.ts";
import { startGuardian } from "./guardian.ts";
import { stagingOf, thisMachine } from "./prepare.ts";
import { closing, makeSession, makeStaging } from "./session.ts";

/** The laptop: real Spark in one process, buckets and HDFS as folders. */
export function localTarget(name: string): Target {
  return {
    kind: "local",
    name,

    async plan(job, context) {
      return planHere(job, name, context);
    },

    async open(plan, context) {
      const wish = wishOf(plan.job, context);
      const runtime =
        wish && (await ensureRuntime(wish, (news) => tell(news, context), effectsOf(context)));
      requireGoing(context);
      await context.act({ do: "make-folder", id: "staging", path: stagingOf(context) }, () =>
        makeStaging(context),
      );
      for (const bucket of missingBuckets(plan.job, context)) {
        await context.act(
          { do: "make-bucket", id: `bucket-${bucket.name}`, path: bucket.path },
          () => mkdirSync(bucket.path, { recursive: true }),
        );
      }
      const guardian = await startGuardian(context.run);
      return makeSession(plan.job, runtime, guardian, context);
    },

    async warm(job, context) {
      const { warmFor } = await import("./warm.ts");
      return warmFor(
        job,
        context,
        (found) => wishOf(found, context) ?? versionWish(found, context),
      );
    },

    async recover(left) {
      const { removeSpare, sparesOf } = await import("../../spark/warm/pool.ts");
      const spares = sparesOf(left.run);
      const ended = await endMarked([left.run, ...spares], { graceMs: 1000 });
      for (const spare of spares) await removeSpare(spare, process.env);
      await left.act({ do: "remove-folder", id: "staging-gone", path: stagingOf(left) }, () =>
        rmSync(stagingOf(left), { recursive: true, force: true, maxRetries: 3 }),
      );
      return closing(ended);
    },
  };
}

/** Whoever interrupts a download or the making of an environment ends it, not only us. */
function effectsOf({ env, signal }: TargetContext): Effects {
  return {
    ...systemEffects,
    env,
    exec: async (command, args, options) => {
      const done = await exec(command, args, { ...options, signal });
      if (signal.aborted) throw interrupted(signal);
      return done;
    },
  };
}

function requireGoing({ signal }: TargetContext): void {
  if (signal.aborted) throw interrupted(signal);
}

function interrupted(signal: AbortSignal): MayflyError {
  return interruption(signal, "interrupted; nothing was run");
}

function planHere(job: Job, target: string, context: PlanContext): Plan {
  const notes: string[] = [];
  if (job.steps.some(isSpark)) {
    const chosen = chooseSpark(versionWish(job, context));
    if (chosen.note) notes.push(chosen.note);
  }
  for (const step of job.steps) {
    if (!isSpark(step)) continue;
    for (const note of mapForOneMachine(mergeOptions(job.options, step.options), thisMachine())
      .notes) {
      if (!notes.includes(note)) notes.push(note);
    }
  }
  const actions = [
    ...missingBuckets(job, context).map(
      (bucket) => `make the bucket s3://${bucket.name} (${bucket.path})`,
    ),
    ...job.steps.map((step) => `run ${step.name} on this machine`),
    "remove the staging folder",
  ];
  return {
    job,
    target,
    kind: "local",
    actions,
    notes,
    quote: { usd: 0, basis: "estimate", assumes: [] },
  };
}

function versionWish(job: Job, context: PlanContext): RuntimeWish {
  return {
    ...(job.release === undefined ? {} : { release: job.release }),
    ...(job.spark === undefined ? {} : { spark: job.spark }),
    strict: context.strictRelease,
    needs: { java: job.steps.some(isSpark) },
  };
}

/** Nothing is fetched for a job of commands and copies alone. */
function wishOf(job: Job, context: PlanContext): RuntimeWish | undefined {
  if (!job.steps.some((step) => isSpark(step) || step.kind === "python")) return undefined;
  return { ...versionWish(job, context), ...filesFrom(job.folder, job.python) };
}

/** The buckets of declared outputs are made; any other must be there, as on S3. */
function missingBuckets(job: Job, context: PlanContext): { name: string; path: string }[] {
  const { places } = context;
  if (places.liveS3) return [];
  const roots = rootsOf(places.state, places.mounts);
  const buckets = Object.values(job.outputs)
    .map(parseUri)
    .filter((uri) => uri.scheme === "s3")
    .map((uri) => uri.bucket);
  return [...new Set(buckets)]
    .map((name) => ({ name, path: bucketFolder(name, roots) }))
    .filter((bucket) => !existsSync(bucket.path));
}

function tell(news: RuntimeNews, context: TargetContext): void {
  if (news.kind === "note") context.emit({ code: "note", text: news.text });
  else {
    const { what, bytes, total } = news;
    context.emit({
      code: "fetch.progress",
      what,
      bytes,
      ...(total === undefined ? {} : { total }),
    });
  }
}

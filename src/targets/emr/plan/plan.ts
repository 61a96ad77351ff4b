import { whoAmI } from "../../../aws/identity.ts";
import { hourOf, type Machines } from "../../../aws/prices/cost.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import { openSession, type Session, type SessionWish } from "../../../aws/session.ts";
import { formatDuration, plural } from "../../../base/format.ts";
import { isSpark, type Job } from "../../../model/job.ts";
import type { Plan } from "../../../model/plan.ts";
import type { Stores } from "../../../storage/open.ts";
import type { PlanContext } from "../../target.ts";
import { wantsPackages } from "../jobs/packages.ts";
import { localFiles } from "../jobs/stage.ts";
import { TAGS } from "../life/tags.ts";
import { IMDSV2 } from "../own/metadata.ts";
import { packagesAction, pythonThere } from "../shape/platform.ts";
import { clusterRequest } from "../shape/request.ts";
import { type Configuration, type EmrSettings, releaseOf } from "../shape/settings.ts";
import type { Flow } from "./flow.ts";
import { createLine } from "./line.ts";
import { type Around, lookAround, lookAtBuckets, unseenAround } from "./look.ts";
import { machinesOf } from "./machines.ts";
import { policyOf } from "./permissions.ts";
import { quoteOf, quoteOfStay } from "./quote.ts";
import { ACCOUNT, CALLER } from "./shell.ts";
import { farBuckets, warningsOf } from "./warnings.ts";

/** Stands for the run's id, which nothing has yet. */
const PLANNED = "planned";

export interface PlanWish {
  job: Job;
  settings: EmrSettings;
  who: SessionWish;
  stores: Stores;
  context: PlanContext;
  configurations: Configuration[];
  /** Bootstrap actions that lie on this machine. */
  scripts: string[];
}

type Described = Required<
  Pick<Plan, "actions" | "line" | "policy" | "warnings" | "unseen" | "quote">
>;

/** What a run would make, ask for and cost. Looks at AWS where somebody may; changes nothing there. */
export async function describePlan(wish: PlanWish): Promise<Described> {
  const { job, settings, who, context, configurations, scripts } = wish;
  const session = await openSession(who);
  const { region } = session;
  const unseen: string[] = [];
  const caller = await callerOf(session, unseen);
  const account = caller?.account ?? ACCOUNT;
  const owner = caller?.arn ?? CALLER;
  const bucket = settings.bucket ?? `mayfly-${account}-${region}`;
  const release = releaseOf(job, settings);
  const around = caller
    ? await lookAround(session, settings, release, unseen)
    : unseenAround(settings, release);
  const staged = (path: string) =>
    scripts.includes(path) ? `s3://${bucket}/mayfly/code/${path.split("/").at(-1)}` : path;
  const flow: Flow = clusterRequest({
    ...{ label: job.name, release, run: PLANNED, owner, bucket, settings, configurations, staged },
    surroundings: around.surroundings,
    tags: {
      [TAGS.ttl]: String(settings.ttlSeconds),
      ...(context.stays ? { [TAGS.cluster]: job.name } : {}),
    },
  });
  const named = bucketsOf(job, flow).filter((one) => one !== bucket);
  const seen = caller ? await lookAtBuckets(wish.stores, [bucket, ...named], unseen) : undefined;
  const { machines, assumes } = machinesOf(flow);
  const perHour = hourOf(machines, region, await loadPrices(context.env));
  const { line, left } = createLine(flow, region, settings.profile);
  const makesBucket = settings.bucket === undefined && !seen?.regions.has(bucket);
  const files = localFiles(job).length + scripts.length;
  return {
    actions: [
      ...(makesBucket
        ? [`make the bucket ${shown(bucket)}${seen ? "" : ", if it is not there"}`]
        : []),
      ...(wantsPackages(job, settings) ? [packagesAction(settings, release)] : []),
      ...(files > 0
        ? [`put ${plural(files, "file")} of this machine below s3://${shown(bucket)}/mayfly/code/`]
        : []),
      ...ownActions(settings, around, caller !== undefined),
      clusterAction(flow, machines),
      `have a timer on its primary end it after ${formatDuration(settings.ttlSeconds * 1000)}`,
      ...job.steps.map((step) => `run ${step.name} on it`),
      ...endActions(settings, context),
    ],
    line,
    policy: policyOf({
      ...{ flow, region, account, owner, bucket, makesBucket, around, settings },
      reads: [...new Set(Object.values(job.outputs).flatMap(bucketIn))].filter(
        (one) => one !== bucket,
      ),
    }),
    warnings: [
      ...warningsOf(
        flow,
        context.laptop ?? {},
        job.steps.some(isPython) ? pythonThere(settings, flow.ReleaseLabel ?? "") : undefined,
      ),
      ...farBuckets(seen?.regions ?? new Map(), region),
      ...(seen?.missing ?? []).map((one) => `s3://${one} does not exist`),
      ...inLine(settings, around, scripts, left),
    ],
    unseen,
    quote: context.stays
      ? quoteOfStay(perHour, assumes, settings.ttlSeconds)
      : quoteOf(perHour, assumes, context),
  };
}

function endActions(settings: EmrSettings, { stays: named }: PlanContext): string[] {
  const { lingerSeconds, reuse, idleSeconds } = settings;
  if (named) return [`leave it, until it is idle for ${formatDuration(idleSeconds * 1000)}`];
  const stays = lingerSeconds ?? (reuse ? idleSeconds : undefined);
  if (stays !== undefined)
    return [`leave the cluster until it is idle for ${formatDuration(stays * 1000)}`];
  return ["terminate the cluster", ...(makesOwn(settings) ? ["remove what was made for it"] : [])];
}

const isPython = (step: Job["steps"][number]) => isSpark(step) && step.kind === "pyspark";
const makesOwn = ({ groups, key }: EmrSettings) => groups === "own" || typeof key === "object";

async function callerOf(session: Session, unseen: string[]) {
  try {
    return await whoAmI(session);
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    unseen.push(`the account and its buckets were not looked at: ${why}`);
    return undefined;
  }
}

/** Where a job reads or writes on S3, as far as its words say. */
function bucketsOf(job: Job, flow: Flow): string[] {
  const words = [
    ...job.steps.flatMap((step) => {
      if (step.kind === "copy") return [step.from, step.to];
      return "main" in step ? [step.main, ...step.args] : step.args;
    }),
    ...Object.values(job.inputs),
    ...Object.values(job.outputs),
    ...(flow.LogUri ? [flow.LogUri] : []),
    ...(flow.BootstrapActions ?? []).map(({ ScriptBootstrapAction }) => ScriptBootstrapAction.Path),
  ];
  return [...new Set(words.flatMap(bucketIn))];
}

const bucketIn = (text: string) => /^s3[an]?:\/\/([^/]+)/.exec(text)?.[1] ?? [];
const shown = (text: string) => text.replaceAll(ACCOUNT, "ACCOUNT").replaceAll(CALLER, "CALLER");

/** What is made in the account before the cluster: for it alone, or because it was missing. */
function ownActions({ groups, key }: EmrSettings, around: Around, seen: boolean): string[] {
  const perhaps = seen ? "" : ", if it is not there";
  return [
    ...around.roles.map((role) => `make the role ${role}${perhaps}`),
    ...(around.vpc ? [`make the default VPC${perhaps}`] : []),
    ...(around.imdsv2 ? [`make the security configuration ${IMDSV2}${perhaps}`] : []),
    ...(groups === "own" ? ["make security groups for it alone"] : []),
    ...(typeof key === "object" ? ["make a key pair for it alone"] : []),
  ];
}

function clusterAction(flow: Flow, machines: Machines[]): string {
  const group = ({ count, type, market }: Machines) =>
    `${count} x ${type} ${market === "SPOT" ? "spot" : "on demand"}`;
  const tags = (flow.Tags ?? []).map(({ Key, Value }) => `${Key}=${shown(Value)}`);
  const applications = (flow.Applications ?? []).map(({ Name }) => Name).join(", ");
  return `create the cluster "${flow.Name}": ${flow.ReleaseLabel} with ${applications}; ${machines.map(group).join(", ")}; tags ${tags.join(", ")}`;
}

/** How the cluster of the line differs from the run's. */
function inLine(settings: EmrSettings, around: Around, scripts: string[], left: string[]) {
  return [
    ...(settings.groups === "own"
      ? ["the line takes EMR's own security groups: those of a run are made for it alone"]
      : []),
    ...(typeof settings.key === "object"
      ? ["the line has no key pair: that of a run is made"]
      : []),
    ...(around.imdsv2
      ? [`the line lacks the security configuration ${IMDSV2}, which a run makes`]
      : []),
    "the cluster of the line has no timer: its idle limit alone ends it",
    ...(scripts.length > 0
      ? [`the line wants ${scripts.join(", ")} to lie where it names it on S3`]
      : []),
    ...left.map(
      (member) => `the line lacks ${member}: aws emr create-cluster has no option for it`,
    ),
  ];
}

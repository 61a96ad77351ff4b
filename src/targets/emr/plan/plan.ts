import { whoAmI } from "../../../aws/identity.ts";
import { hourOf, type Machines } from "../../../aws/prices/cost.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import { openSession, type Session, type SessionWish } from "../../../aws/session.ts";
import { plural } from "../../../base/format.ts";
import { isSpark, type Job } from "../../../model/job.ts";
import { formatUsd, type Money, times } from "../../../model/money.ts";
import type { Plan, Quote } from "../../../model/plan.ts";
import type { Stores } from "../../../storage/open.ts";
import type { PlanContext } from "../../target.ts";
import { localFiles } from "../jobs/stage.ts";
import { clusterRequest } from "../shape/request.ts";
import type { EmrSettings } from "../shape/settings.ts";
import type { Flow } from "./flow.ts";
import { createLine } from "./line.ts";
import { machinesOf } from "./machines.ts";
import { policyOf } from "./permissions.ts";
import { ACCOUNT, CALLER } from "./shell.ts";
import { farBuckets, warningsOf } from "./warnings.ts";

/** Stands for the run's id, which nothing has yet. */
const PLANNED = "planned";
/** From asking for a cluster until it takes a step; about what the source tutorials saw. */
const BOOT_HOURS = 8 / 60;

export interface PlanWish {
  job: Job;
  settings: EmrSettings;
  who: SessionWish;
  stores: Stores;
  context: PlanContext;
}

type Described = Required<
  Pick<Plan, "actions" | "line" | "policy" | "warnings" | "unseen" | "quote">
>;

/** What a run would make, ask for and cost. Looks at AWS where somebody may; changes nothing there. */
export async function describePlan(wish: PlanWish): Promise<Described> {
  const { job, settings, who, context } = wish;
  const session = await openSession(who);
  const { region } = session;
  const unseen: string[] = [];
  const caller = await callerOf(session, unseen);
  const account = caller?.account ?? ACCOUNT;
  const owner = caller?.arn ?? CALLER;
  const bucket = settings.bucket ?? `mayfly-${account}-${region}`;
  const flow: Flow = clusterRequest({ job, run: PLANNED, owner, bucket, settings });
  const named = bucketsOf(job, flow).filter((one) => one !== bucket);
  const seen = caller ? await lookAtBuckets(wish.stores, [bucket, ...named], unseen) : undefined;
  const { machines, assumes } = machinesOf(flow);
  const perHour = hourOf(machines, region, await loadPrices(context.env));
  const { line, left } = createLine(flow, region);
  const makesBucket = settings.bucket === undefined && !seen?.regions.has(bucket);
  const outputs = Object.values(job.outputs).flatMap(bucketIn);
  return {
    actions: [
      ...(makesBucket
        ? [`make the bucket ${shown(bucket)}${seen ? "" : ", if it is not there"}`]
        : []),
      ...actionsOf(job, flow, machines, bucket),
    ],
    line,
    policy: policyOf({
      ...{ flow, region, account, owner, bucket, makesBucket },
      reads: [...new Set(outputs)].filter((one) => one !== bucket),
    }),
    warnings: [
      ...warningsOf(flow, context.laptop ?? {}, job.steps.some(isPython)),
      ...farBuckets(seen?.regions ?? new Map(), region),
      ...(seen?.missing ?? []).map((one) => `s3://${one} does not exist`),
      ...left.map(
        (member) => `aws emr create-cluster has no option for ${member}: the line lacks it`,
      ),
    ],
    unseen,
    quote: quoteOf(perHour, assumes, context),
  };
}

const isPython = (step: Job["steps"][number]) => isSpark(step) && step.kind === "pyspark";

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
    ...job.steps.flatMap((step) =>
      step.kind === "copy"
        ? [step.from, step.to]
        : "main" in step
          ? [step.main, ...step.args]
          : step.args,
    ),
    ...Object.values(job.inputs),
    ...Object.values(job.outputs),
    ...(flow.LogUri ? [flow.LogUri] : []),
    ...(flow.BootstrapActions ?? []).map(({ ScriptBootstrapAction }) => ScriptBootstrapAction.Path),
  ];
  return [...new Set(words.flatMap(bucketIn))];
}

const bucketIn = (text: string) => /^s3[an]?:\/\/([^/]+)/.exec(text)?.[1] ?? [];

async function lookAtBuckets(stores: Stores, names: string[], unseen: string[]) {
  const s3 = await stores.s3();
  const regions = new Map<string, string>();
  const missing: string[] = [];
  for (const [index, name] of names.entries()) {
    try {
      const region = await s3.regionOf(name);
      if (region !== undefined) regions.set(name, region);
      // The first is the staging bucket, which is made.
      else if (index > 0) missing.push(name);
    } catch (error) {
      const [why] = (error as Error).message.split("\n");
      unseen.push(`the region of s3://${name}: ${why}`);
    }
  }
  await stores.close();
  return { regions, missing };
}

const shown = (text: string) => text.replaceAll(ACCOUNT, "ACCOUNT").replaceAll(CALLER, "CALLER");

function actionsOf(job: Job, flow: Flow, machines: Machines[], bucket: string): string[] {
  const files = localFiles(job).length;
  const group = ({ count, type, market }: Machines) =>
    `${count} x ${type} ${market === "SPOT" ? "spot" : "on demand"}`;
  const tags = (flow.Tags ?? []).map(({ Key, Value }) => `${Key}=${shown(Value)}`);
  const applications = (flow.Applications ?? []).map(({ Name }) => Name).join(", ");
  return [
    ...(files > 0
      ? [`put ${plural(files, "file")} of this machine below s3://${shown(bucket)}/mayfly/code/`]
      : []),
    `create the cluster "${flow.Name}": ${flow.ReleaseLabel} with ${applications}; ${machines.map(group).join(", ")}; tags ${tags.join(", ")}`,
    ...job.steps.map((step) => `run ${step.name} on it`),
    "terminate the cluster",
  ];
}

function quoteOf(perHour: Money, assumes: string[], { expected }: PlanContext): Quote {
  const hour =
    perHour.usd === undefined ? [] : [`the cluster costs ${formatUsd(perHour.usd)} an hour`];
  const boot = `${Math.round(BOOT_HOURS * 60)} minutes until it is ready`;
  if (expected === undefined)
    return {
      ...{ basis: "estimate", perHour },
      ...(perHour.pricesOf ? { pricesOf: perHour.pricesOf } : {}),
      assumes: [...hour, "how long the job takes is not known: --hours says it", ...assumes],
    };
  const total = times(perHour, BOOT_HOURS + expected.hours);
  return {
    ...{ basis: "estimate", perHour, total },
    ...(total.usd === undefined ? {} : { usd: total.usd }),
    ...(perHour.pricesOf ? { pricesOf: perHour.pricesOf } : {}),
    assumes: [...hour, boot, expected.from, ...assumes],
  };
}

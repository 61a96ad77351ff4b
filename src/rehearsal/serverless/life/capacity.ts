import type { ApplicationSettings } from "../application.ts";
import type { Worker } from "../job-run.ts";

type Sizes = Omit<Worker, "count">;

/** What a job asks for: one driver, and so many executors where there is room. */
export interface Demand {
  driver: Sizes;
  executor: Sizes;
  executors: number;
}

/**
 * EMR Serverless's guide, "Spark jobs", the table of defaults: 4 vCPU, 14 GB and what Spark takes on top (a tenth, 384 MB
 * at least), 20 GB of disk, three executors to begin with.
 */
export function demandOf(conf: Record<string, string>): Demand {
  const worker = (who: "driver" | "executor"): Sizes => {
    const heap = bytesOf(conf[`spark.${who}.memory`] ?? "14g");
    const factor = numberOf(
      conf[`spark.${who}.memoryOverheadFactor`] ??
        conf["spark.emr-serverless.memoryOverheadFactor"],
      0.1,
    );
    const said = conf[`spark.${who}.memoryOverhead`];
    const overhead = said === undefined ? Math.max(384 * MB, heap * factor) : bytesOf(said);
    return {
      cpu: numberOf(conf[`spark.${who}.cores`], 4),
      memory: Math.ceil((heap + overhead) / GB),
      disk: Math.ceil(bytesOf(conf[`spark.emr-serverless.${who}.disk`] ?? "20g") / GB),
    };
  };
  const instances = numberOf(conf["spark.executor.instances"], 3);
  const dynamic = conf["spark.dynamicAllocation.enabled"] !== "false";
  const first = numberOf(conf["spark.dynamicAllocation.initialExecutors"], instances);
  const most = numberOf(conf["spark.dynamicAllocation.maxExecutors"], first);
  return {
    driver: worker("driver"),
    executor: worker("executor"),
    executors: Math.max(1, Math.floor(dynamic ? Math.min(first, most) : instances)),
  };
}

/** Of the limits those that are passed, as AWS names them: `cpu: 4 vCPU`. */
export function exceeded(
  limits: ApplicationSettings["maximumCapacity"],
  workers: readonly Worker[],
): string[] {
  const names = { cpu: "vCPU", memory: "GB", disk: "GB" } as const;
  return (["cpu", "memory", "disk"] as const).flatMap((what) => {
    const left = room(limits, workers, what);
    return left < 0 ? [`${what}: ${limitOf(limits, what)} ${names[what]}`] : [];
  });
}

const limitOf = (limits: ApplicationSettings["maximumCapacity"], what: keyof Sizes) => {
  const limit = Number.parseInt(limits?.[what] ?? "", 10);
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
};

/** What these leave of it. */
const room = (
  limits: ApplicationSettings["maximumCapacity"],
  workers: readonly Worker[],
  what: keyof Sizes,
) => workers.reduce((left, one) => left - one[what] * (one.count ?? 1), limitOf(limits, what));

/** Driver and executors, as many of them as there is room for beside the others; undefined where not even one is. */
export function allot(
  { driver, executor, executors }: Demand,
  limits: ApplicationSettings["maximumCapacity"],
  others: readonly Worker[],
): Worker[] | undefined {
  const fitting = (["cpu", "memory", "disk"] as const).map((what) => {
    const left = room(limits, [...others, driver], what);
    // Those that take nothing of it are as many as are wanted.
    return executor[what] === 0 && left >= 0 ? executors : Math.floor(left / executor[what]);
  });
  const count = Math.min(executors, ...fitting);
  return count >= 1 ? [driver, { ...executor, count }] : undefined;
}

/**
 * Why a job can never run in this application (EMR Serverless's guide, "Troubleshooting", has both sentences; the second is
 * completed as drivers' logs of public threads have it). AWS's driver asks for its executors for 20 minutes before it gives up.
 */
export function neverFits(
  demand: Demand,
  limits: ApplicationSettings["maximumCapacity"],
): string | undefined {
  if (exceeded(limits, [demand.driver]).length > 0)
    return "Job failed as application has exceeded maximumCapacity settings.";
  const passed = exceeded(limits, [demand.driver, demand.executor]);
  if (passed.length === 0) return undefined;
  return `Job failed due to Worker could not be allocated as the application has exceeded maximumCapacity settings: [${passed.join(", ")}]`;
}

const MB = 1024 ** 2;
const GB = 1024 ** 3;
const UNITS: Record<string, number> = { k: 1024, m: MB, g: GB, t: 1024 * GB };

/** What Spark would not take for a number counts as not said: Spark itself says so to whoever submitted it. */
function numberOf(text: string | undefined, other: number): number {
  const value = Number(text ?? other);
  return Number.isFinite(value) ? Math.min(Math.max(0, value), MOST) : other;
}

/** Spark's numbers are Java's. */
const MOST = 2 ** 31 - 1;

/** Spark's words for sizes: a plain number is megabytes. */
function bytesOf(text: string): number {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(text);
  const bytes = found ? Number(found[1]) * (UNITS[(found[2] || "m").toLowerCase()] ?? MB) : 0;
  return Math.min(bytes, MOST * GB);
}

import { monthOfRemains } from "../../../aws/prices/cost.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import { formatCost, type Money } from "../../../model/money/money.ts";
import type { Attempt } from "../../../model/run.ts";
import type { Stores } from "../../../storage/open.ts";
import type { Account } from "../account.ts";
import { costOf } from "../plan/actual.ts";

/** What lies on S3 after a run because of it, by the month: its logs, the files that it has put, what it wrote. */
export async function monthOf(
  { where: { region } }: Account,
  { attempts, places }: { attempts: Attempt[]; places: string[] },
  stores: Stores,
  env: NodeJS.ProcessEnv,
): Promise<Money | undefined> {
  const put = attempts.flatMap(({ intent, done }) =>
    done && intent.do === "put" && typeof intent.uri === "string" ? [intent.uri] : [],
  );
  try {
    let bucketBytes = 0;
    for (const uri of new Set([...put, ...places])) bucketBytes += await bytesAt(uri, stores);
    return monthOfRemains({ bucketBytes }, region, await loadPrices(env));
  } catch {
    return undefined; // a figure that cannot be had ends no run
  }
}

async function bytesAt(uri: string, stores: Stores): Promise<number> {
  const { store, path } = await stores.at(uri);
  const own = path.endsWith("/") ? undefined : await store.stat(path);
  if (own?.kind === "file") return own.bytes;
  let bytes = 0;
  for await (const page of store.list(path.replace(/\/*$/, "/"), true))
    for (const item of page) bytes += item.bytes;
  return bytes;
}

/** `; it costs $0.31 an hour (estimate, prices of …)`: of a cluster that stays; nothing where it costs nothing. */
export async function hourlyText(
  { emr, where: { region } }: Account,
  cluster: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const cost = await costOf(emr, cluster, region, env);
  if (!cost || cost.perHour.usd === 0) return "";
  if (cost.perHour.usd === undefined) return `; its cost an hour is ${formatCost(cost.perHour)}`;
  return `; it costs ${formatCost(cost.perHour).replace(" (", " an hour (")}`;
}

import { dollars, type Money, NOTHING, sum, times, unknown } from "../../model/money/money.ts";
import type { HourKind, Prices } from "./layers.ts";

export interface Volume {
  /** `gp2`, `gp3` … */
  type: string;
  gib: number;
}

/** Instances alike; `emr` where EMR takes its part. */
export interface Machines {
  type: string;
  market: "ON_DEMAND" | "SPOT";
  count: number;
  volumes: Volume[];
  emr: boolean;
}

/** AWS reckons a month as 730 hours. */
export const MONTH_HOURS = 730;

/** What one of these costs an hour. */
export function hourOfOne(machine: Omit<Machines, "count">, region: string, prices: Prices): Money {
  const { type, market, volumes, emr } = machine;
  const hour = (kind: HourKind, what: string) => {
    const price = prices.hour(region, type, kind);
    return price ? dollars(price.usd, price.of) : unknown(`${what} of ${type} in ${region}`);
  };
  return sum(
    market === "SPOT" ? hour("spot", "the spot price") : hour("on_demand", "the price"),
    emr ? hour("emr", "EMR's part") : NOTHING,
    ...volumes.map((one) => times(monthOf(one, region, prices), 1 / MONTH_HOURS)),
  );
}

export function hourOf(machines: readonly Machines[], region: string, prices: Prices): Money {
  return sum(...machines.map((one) => times(hourOfOne(one, region, prices), one.count)));
}

function monthOf({ type, gib }: Volume, region: string, prices: Prices): Money {
  const price = prices.month(region, type);
  return price
    ? dollars(price.usd * gib, price.of)
    : unknown(`${type === "s3" ? "S3" : `EBS ${type}`} in ${region}`);
}

/** What stays and is paid by the month: objects in a bucket, volumes that nobody removed. */
export function monthOfRemains(
  remains: { bucketBytes?: number; volumes?: Volume[] },
  region: string,
  prices: Prices,
): Money {
  const { bucketBytes = 0, volumes = [] } = remains;
  // S3 bills a gigabyte as 2^30 bytes (S3 FAQs, "How is Amazon S3 storage usage calculated").
  const bucket =
    bucketBytes === 0
      ? NOTHING
      : monthOf({ type: "s3", gib: bucketBytes / 2 ** 30 }, region, prices);
  return sum(bucket, ...volumes.map((one) => monthOf(one, region, prices)));
}

import { type AskJson, askJson } from "../ask-json.ts";
import type { Session } from "../session.ts";
import type { Layer } from "./layers.ts";

/**
 * AWS's own prices, by its Price List API (botocore `pricing/2017-10-15`: GetProducts, awsJson1.1, target
 * AWSPriceListService). Its endpoints are in three regions only and know the prices of all; its host is `api.pricing`.
 */
export const PRICING_REGIONS = ["us-east-1", "eu-central-1", "ap-south-1"];

export function openPricing(session: Session): AskJson {
  const region = PRICING_REGIONS.includes(session.region) ? session.region : "us-east-1";
  return askJson(
    { ...session, region },
    { service: "pricing", target: "AWSPriceListService", host: "api.pricing" },
  );
}

/** A product as it stands in the PriceList, each a text of JSON of its own. */
interface Product {
  product?: { attributes?: Record<string, string>; productFamily?: string };
  terms?: {
    OnDemand?: Record<
      string,
      {
        priceDimensions?: Record<
          string,
          { unit?: string; beginRange?: string; pricePerUnit?: { USD?: string } }
        >;
      }
    >;
  };
  publicationDate?: string;
}

interface Asked {
  usd: number;
  published: string | undefined;
}

/** Undefined where the list has none, or several that differ: what is not clear is not known. */
async function onePrice(
  ask: AskJson,
  ServiceCode: string,
  match: Record<string, string>,
  unit: RegExp,
): Promise<Asked | undefined> {
  const found: Product[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ask<{ PriceList?: string[]; NextToken?: string }>("GetProducts", {
      ServiceCode,
      FormatVersion: "aws_v1",
      Filters: Object.entries(match).map(([Field, Value]) => ({
        Type: "TERM_MATCH",
        Field,
        Value,
      })),
      ...(NextToken ? { NextToken } : {}),
    });
    found.push(...(page.PriceList ?? []).map((text) => JSON.parse(text) as Product));
    NextToken = page.NextToken;
  } while (NextToken);
  const prices = found.flatMap(({ terms }) =>
    Object.values(terms?.OnDemand ?? {}).flatMap(({ priceDimensions }) =>
      Object.values(priceDimensions ?? {})
        // The first tier of a price that falls with the amount.
        .filter(({ beginRange = "0", unit: one = "" }) => beginRange === "0" && unit.test(one))
        .map(({ pricePerUnit }) => Number(pricePerUnit?.USD)),
    ),
  );
  const [usd, ...others] = [...new Set(prices.filter((price) => price > 0))];
  if (usd === undefined || others.length > 0) return undefined;
  return { usd, published: found[0]?.publicationDate };
}

export interface PricesWish {
  types: readonly string[];
  regions: readonly string[];
  today: string;
}

/** A layer of what AWS says today; what it does not say clearly is left out and named. */
export async function askPrices(
  ask: AskJson,
  { types, regions, today }: PricesWish,
): Promise<{ layer: Layer; missing: string[] }> {
  const missing: string[] = [];
  const published: string[] = [];
  const one = async (what: string, ...asked: [string, Record<string, string>, RegExp]) => {
    const price = await onePrice(ask, ...asked);
    if (!price) missing.push(what);
    if (price?.published) published.push(price.published.slice(0, 10));
    return price?.usd;
  };
  const hour: NonNullable<Layer["hour"]> = {};
  const month: NonNullable<Layer["month"]> = {};
  for (const regionCode of regions) {
    const ofTypes: Record<string, { on_demand?: number; emr?: number }> = {};
    for (const instanceType of types) {
      const machine = { regionCode, instanceType };
      const on_demand = await one(
        `${instanceType} in ${regionCode}`,
        "AmazonEC2",
        // Without these the list has reservations that are not used, dedicated machines and other systems, too.
        {
          ...machine,
          ...{ operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA" },
          ...{ capacitystatus: "Used", marketoption: "OnDemand" },
        },
        /^Hrs$/i,
      );
      const emr = await one(
        `EMR's part of ${instanceType} in ${regionCode}`,
        "ElasticMapReduce",
        // As aws-samples/aws-emr-advisor asks for it.
        { ...machine, productFamily: "Elastic Map Reduce Instance", softwareType: "EMR" },
        /^(?:Hrs|hours?)$/i,
      );
      ofTypes[instanceType] = {
        ...(on_demand === undefined ? {} : { on_demand }),
        ...(emr === undefined ? {} : { emr }),
      };
    }
    hour[regionCode] = ofTypes;
    const stored: Record<string, number> = {};
    for (const volumeApiName of ["gp2", "gp3"]) {
      const what = `EBS ${volumeApiName} in ${regionCode}`;
      const match = { regionCode, productFamily: "Storage", volumeApiName };
      const usd = await one(what, "AmazonEC2", match, /^GB-Mo$/i);
      if (usd !== undefined) stored[volumeApiName] = usd;
    }
    const match = { regionCode, productFamily: "Storage", volumeType: "Standard" };
    const s3 = await one(`S3 in ${regionCode}`, "AmazonS3", match, /^GB-Mo$/i);
    if (s3 !== undefined) stored.s3 = s3;
    month[regionCode] = stored;
  }
  const newest = published.sort().at(-1);
  const from = `AWS Price List API${newest ? `, published ${newest}` : ""}`;
  return { layer: { of: today, from, hour, month }, missing };
}

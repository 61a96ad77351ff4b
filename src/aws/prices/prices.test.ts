import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import * as v from "valibot";
import { openSession } from "../session.ts";
import { askPrices, openPricing } from "./ask.ts";
import { hourOf, monthOfRemains } from "./cost.ts";
import { keepAsked, loadPrices, ownPricesFile } from "./kept.ts";
import { layersSchema } from "./layers.ts";

const home = mkdtempSync(join(tmpdir(), "mayfly-test-"));
after(() => rmSync(home, { recursive: true, force: true }));
const env = { XDG_CONFIG_HOME: join(home, "config"), XDG_STATE_HOME: join(home, "state") };

test("what ships has a day and a source for each price, and no price of 0", async () => {
  const { layers } = await loadPrices(env);
  const read = v.safeParse(layersSchema, layers);
  assert.ok(read.success, JSON.stringify(read.issues?.[0]));
  const numbers = JSON.stringify(layers).match(/:([\d.]+)/g) ?? [];
  assert.ok(numbers.length > 1000);
  assert.ok(numbers.every((one) => Number(one.slice(1)) > 0));
});

test("a cluster's hour: instances, EMR's part and volumes; what has no price is unknown", async () => {
  const prices = await loadPrices(env);
  const machines = (count: number, market: "ON_DEMAND" | "SPOT" = "ON_DEMAND") => ({
    ...{ type: "m5.xlarge", market, count, emr: true },
    volumes: [{ type: "gp2", gib: 73 }],
  });
  const hour = hourOf([machines(3)], "us-east-1", prices);
  assert.ok(Math.abs((hour.usd ?? 0) - 3 * (0.192 + 0.048 + 0.01)) < 1e-9, JSON.stringify(hour));
  const paris = hourOf([machines(1)], "eu-west-3", prices);
  assert.equal(paris.usd, undefined);
  assert.deepEqual(paris.unknown, ["EMR's part of m5.xlarge in eu-west-3", "EBS gp2 in eu-west-3"]);
  assert.equal(paris.atLeast, 0.224);
  assert.equal(hourOf([machines(1)], "mars-1", prices).atLeast, 0);
  const stays = monthOfRemains({ bucketBytes: 2 ** 30 * 100 }, "us-east-1", prices);
  assert.ok(Math.abs((stays.usd ?? 0) - 2.3) < 1e-9);
  assert.equal(monthOfRemains({ bucketBytes: 1 }, "us-west-2", prices).usd, undefined);
});

test("a person's own prices have the last word; a mistake in them is named", async () => {
  const file = ownPricesFile(env);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    "of: 2026-03-01\nfrom: our contract\nhour: { eu-west-3: { m5.xlarge: { emr: 0.04 } } }\n",
  );
  const prices = await loadPrices(env);
  assert.deepEqual(prices.hour("eu-west-3", "m5.xlarge", "emr"), {
    ...{ usd: 0.04, of: "2026-03-01", from: "our contract" },
  });
  assert.equal(prices.hour("eu-west-3", "m5.xlarge", "on_demand")?.usd, 0.224);
  const wrong = async (text: string, expected: RegExp) => {
    writeFileSync(file, text);
    await assert.rejects(loadPrices(env), expected);
  };
  await wrong("of: today\nfrom: x\n", /of is "today"; expected a day like 2026-01-31/);
  await wrong("of: 2026-03-01\nfrom: x\nhours: {}\n", /hours is not a word of this file/);
  await wrong(
    "of: 2026-03-01\nfrom: x\nmonth: { a: { gp2: -1 } }\n",
    /month\.a\.gp2 is -1; expected dollars, as 0\.192/,
  );
  await wrong("of: [", /cannot read/);
  rmSync(file);
});

/**
 * A Price List API with what it answered on 2024-05-08 and 2024-07-05 (recorded by grafana/cloudcost-exporter,
 * pkg/aws/ec2/pricing_map_test.go, without attributes that nothing asks for), and products of the same form beside them. It
 * finds by TERM_MATCH as the service says: all filters have to hold.
 */
function product(attributes: Record<string, string>, unit: string, USD: string, day: string) {
  const { productFamily = "", servicecode = "", ...rest } = attributes;
  return {
    servicecode,
    all: { ...rest, productFamily, servicecode },
    text: JSON.stringify({
      product: { productFamily, attributes: { ...rest, servicecode }, sku: "SKU" },
      serviceCode: servicecode,
      terms: {
        OnDemand: {
          "SKU.JRTCKXETXF": {
            priceDimensions: {
              "SKU.JRTCKXETXF.6YS6EN2CT7": {
                ...{ unit, endRange: "Inf", beginRange: "0", pricePerUnit: { USD } },
              },
            },
            ...{ sku: "SKU", offerTermCode: "JRTCKXETXF", termAttributes: {} },
          },
        },
      },
      ...{ version: day.replaceAll("-", ""), publicationDate: `${day}T01:34:54Z` },
    }),
  };
}
const MACHINE = {
  ...{ productFamily: "Compute Instance", servicecode: "AmazonEC2", regionCode: "af-south-1" },
  ...{ operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA" },
  ...{ instanceType: "c5ad.2xlarge", marketoption: "OnDemand" },
};
const PRODUCTS = [
  product(
    { ...MACHINE, capacitystatus: "UnusedCapacityReservation" },
    "Hrs",
    "0.4680000000",
    "2024-05-08",
  ),
  product({ ...MACHINE, capacitystatus: "Used" }, "Hrs", "0.4680000000", "2024-05-08"),
  product(
    { ...MACHINE, capacitystatus: "Used", tenancy: "Dedicated" },
    "Hrs",
    "0.4960000000",
    "2024-05-08",
  ),
  product(
    {
      ...{ productFamily: "Storage", servicecode: "AmazonEC2", regionCode: "af-south-1" },
      ...{ volumeApiName: "gp3", usagetype: "AFS1-EBS:VolumeUsage.gp3" },
    },
    ...(["GB-Mo", "0.1047000000", "2024-07-05"] as const),
  ),
  ...["0.1170000000", "0.1180000000"].map((usd) =>
    product(
      {
        ...{ productFamily: "Elastic Map Reduce Instance", servicecode: "ElasticMapReduce" },
        ...{ regionCode: "af-south-1", instanceType: "c5ad.2xlarge", softwareType: "EMR" },
      },
      ...(["Hrs", usd, "2024-05-08"] as const),
    ),
  ),
];

test("AWS is asked page by page; what it does not say clearly stays unknown; what it says is kept", async () => {
  const asked: { target: string | undefined; scope: string; host: string | undefined }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const { ServiceCode, Filters, NextToken } = JSON.parse(Buffer.concat(parts).toString()) as {
      ServiceCode: string;
      Filters: { Type: string; Field: string; Value: string }[];
      NextToken?: string;
    };
    const { headers } = request;
    asked.push({
      target: String(headers["x-amz-target"]),
      scope: /Credential=\w+\/\d+\/([^,]+)/.exec(String(headers.authorization))?.[1] ?? "",
      host: headers.host,
    });
    const found = PRODUCTS.filter(
      ({ servicecode, all }) =>
        servicecode === ServiceCode &&
        Filters.every(
          ({ Type, Field, Value }) =>
            Type === "TERM_MATCH" && (all as Record<string, string>)[Field] === Value,
        ),
    );
    const page = Number(NextToken ?? 0);
    const more = page + 1 < found.length ? { NextToken: String(page + 1) } : {};
    const PriceList = found.slice(page, page + 1).map(({ text }) => text);
    response.end(JSON.stringify({ FormatVersion: "aws_v1", PriceList, ...more }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const session = await openSession({
      env: { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "x", AWS_ENDPOINT_URL: endpoint },
      region: "eu-west-3",
    });
    const wish = { types: ["c5ad.2xlarge"], regions: ["af-south-1"], today: "2026-03-01" };
    const { layer, missing } = await askPrices(openPricing(session), wish);
    assert.deepEqual(layer, {
      ...{ of: "2026-03-01", from: "AWS Price List API, published 2024-07-05" },
      hour: { "af-south-1": { "c5ad.2xlarge": { on_demand: 0.468 } } },
      month: { "af-south-1": { gp3: 0.1047 } },
    });
    assert.deepEqual(missing, [
      "EMR's part of c5ad.2xlarge in af-south-1",
      "EBS gp2 in af-south-1",
      "S3 in af-south-1",
    ]);
    assert.equal(asked[0]?.target, "AWSPriceListService.GetProducts");
    assert.equal(asked[0]?.scope, "us-east-1/pricing/aws4_request");
    keepAsked(layer, env);
    keepAsked({ ...layer, hour: { "af-south-1": { "c5.xlarge": { on_demand: 0.2 } } } }, env);
    const prices = await loadPrices(env);
    assert.equal(prices.hour("af-south-1", "c5ad.2xlarge", "on_demand")?.usd, 0.468);
    assert.equal(prices.hour("af-south-1", "c5.xlarge", "on_demand")?.of, "2026-03-01");
    assert.equal(prices.hour("af-south-1", "c5ad.2xlarge", "emr"), undefined);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

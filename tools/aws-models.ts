import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pythonTools } from "../test/support/python-tools.ts";

/**
 * The service models that the rehearsal holds requests and answers against, from botocore, which
 * AWS publishes (Apache-2.0), without its prose; `--check` only compares.
 */
const BOTOCORE = "botocore==1.43.106";
const MODELS = { emr: "emr/2009-03-31", "emr-serverless": "emr-serverless/2021-07-13" };

function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, one]) => key !== "documentation" || typeof one === "object",
  );
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutProse(one)]));
}

const { env } = await pythonTools(BOTOCORE);
const [folder = ""] = (env.PYTHONPATH ?? "").split(delimiter);
for (const [name, version] of Object.entries(MODELS)) {
  const packed = readFileSync(join(folder, "botocore/data", version, "service-2.json.gz"));
  const { metadata, operations, shapes } = JSON.parse(gunzipSync(packed).toString()) as Record<
    string,
    unknown
  >;
  const text = `${JSON.stringify({ source: BOTOCORE, ...(withoutProse({ metadata, operations, shapes }) as object) })}\n`;
  const path = new URL(`../src/rehearsal/models/${name}.json`, import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(
      `src/rehearsal/models/${name}.json is not what ${BOTOCORE} says: run npm run models`,
    );
    process.exitCode = 1;
  }
}

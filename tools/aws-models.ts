import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { pythonTools } from "../test/support/python-tools.ts";
import { MOTO } from "../test/support/servers/moto.ts";

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

const folderOf = async (...packages: string[]) =>
  (await pythonTools(...packages)).env.PYTHONPATH?.split(delimiter)[0] ?? "";
const unpack = (path: string) => JSON.parse(gunzipSync(readFileSync(path)).toString()) as unknown;

function keep(name: string, source: string, text: string): void {
  const path = new URL(`../src/rehearsal/models/${name}.json`, import.meta.url);
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(
      `src/rehearsal/models/${name}.json is not what ${source} says: run npm run models`,
    );
    process.exitCode = 1;
  }
}

const folder = await folderOf(BOTOCORE);
for (const [name, version] of Object.entries(MODELS)) {
  const { metadata, operations, shapes } = unpack(
    join(folder, "botocore/data", version, "service-2.json.gz"),
  ) as Record<string, unknown>;
  const text = `${JSON.stringify({ source: BOTOCORE, ...(withoutProse({ metadata, operations, shapes }) as object) })}\n`;
  keep(name, BOTOCORE, text);
}

/**
 * What ListSupportedInstanceTypes has answered, release by release: moto (Apache-2.0) keeps it as it was recorded
 * from AWS. Most releases share their list with others, so each type is kept with the lists that it is on.
 */
const recorded = join(await folderOf(...MOTO), "moto/emr/resources");
const lists: string[] = [];
const releases: Record<string, number> = {};
const types = unpack(join(recorded, "instance_types.json.gz")) as Record<string, object>;
for (const name of readdirSync(recorded).sort()) {
  const label = /^instance-types-(emr-[\d.]+)\.json\.gz$/.exec(name)?.[1];
  const list = label && JSON.stringify((unpack(join(recorded, name)) as string[]).sort());
  if (!label || !list || list === "[]") continue;
  if (!lists.includes(list)) lists.push(list);
  releases[label] = lists.indexOf(list);
}
const on = lists.map((list) => new Set(JSON.parse(list) as string[]));
const members = Object.keys(Object.values(types)[0] ?? {}).sort();
const kept = Object.entries(types)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([type, known]) => [
    ...members.map((name) => (known as Record<string, unknown>)[name] ?? null),
    on.reduce((bits, list, i) => bits + (list.has(type) ? 1n << BigInt(i) : 0n), 0n).toString(36),
  ]);
keep(
  "instance-types",
  MOTO[0],
  `${JSON.stringify({ source: MOTO[0].replace("[s3]", ""), releases, members, types: kept })}\n`,
);

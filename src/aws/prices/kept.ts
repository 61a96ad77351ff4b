import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { MayflyError } from "../../base/errors.ts";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import { configFolder, stateFolder } from "../../base/places.ts";
import { type Layer, layersSchema, type Prices, pricesOf } from "./layers.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What somebody pays by a contract of their own has the last word. */
export const ownPricesFile = (env: Environment) => join(configFolder(env), "prices.yaml");
const askedFile = (env: Environment) => join(stateFolder(env), "prices.json");

/** A person's own prices, what AWS was asked for, what ships with the package: in this order. */
export async function loadPrices(env: Environment = process.env): Promise<Prices> {
  return pricesOf([...(await ownLayers(env)), ...askedLayers(env), ...shippedLayers()]);
}

function shippedLayers(): Layer[] {
  const text = readFileSync(new URL("./table.json", import.meta.url), "utf8");
  return JSON.parse(text) as Layer[]; // a test holds it against the schema
}

/** What `mayfly prices --update` kept; a damaged file is as none. */
export function askedLayers(env: Environment): Layer[] {
  const text = readIfThere(askedFile(env));
  if (text === undefined) return [];
  try {
    const read = v.safeParse(layersSchema, JSON.parse(text));
    return read.success ? read.output : [];
  } catch {
    return [];
  }
}

/** The newest first; what an older one knows beside it stays. */
export function keepAsked(layer: Layer, env: Environment): string {
  const file = askedFile(env);
  const older = askedLayers(env).filter((one) => one.of !== layer.of);
  const same = askedLayers(env).find((one) => one.of === layer.of);
  const all = [same ? merge(same, layer) : layer, ...older].slice(0, 10);
  writeAtomic(file, `${JSON.stringify(all, null, 1)}\n`);
  return file;
}

function merge(first: Layer, second: Layer): Layer {
  const regions = new Set([...Object.keys(first.hour ?? {}), ...Object.keys(second.hour ?? {})]);
  const hour: NonNullable<Layer["hour"]> = {};
  for (const region of regions)
    hour[region] = { ...first.hour?.[region], ...second.hour?.[region] };
  const month = { ...first.month, ...second.month };
  return { ...second, hour, month };
}

async function ownLayers(env: Environment): Promise<Layer[]> {
  const file = ownPricesFile(env);
  const text = readIfThere(file);
  if (text === undefined) return [];
  const { parse } = await import("yaml");
  let content: unknown;
  try {
    content = parse(text, { schema: "failsafe" });
  } catch (error) {
    throw wrong(file, (error as Error).message.split("\n")[0] ?? "it is not YAML");
  }
  const read = v.safeParse(layersSchema, Array.isArray(content) ? content : [content]);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = (issue.path ?? []).map(({ key }) => String(key)).filter((key) => !/^\d+$/.test(key));
  const at = path.join(".") || "the file";
  if (issue.expected === "never") throw wrong(file, `${at} is not a word of this file`);
  if (issue.input === undefined) throw wrong(file, `it has no ${at}:`);
  const { kind, expected, message } = issue as v.BaseIssue<unknown>;
  const meant = kind === "validation" ? message : (expected ?? message);
  throw wrong(file, `${at} is ${JSON.stringify(issue.input).slice(0, 60)}; expected ${meant}`);
}

const wrong = (file: string, why: string) =>
  new MayflyError(
    "job-file",
    `cannot read "${file}": ${why}`,
    "docs/prices.md shows every word of it",
  );

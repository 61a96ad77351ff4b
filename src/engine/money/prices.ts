import { askPrices, openPricing } from "../../aws/prices/ask.ts";
import { keepAsked, loadPrices, ownPricesFile } from "../../aws/prices/kept.ts";
import type { HourKind, Price, Prices } from "../../aws/prices/layers.ts";
import { openSession } from "../../aws/session.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import { loadProject, projectFolder } from "../project.ts";

export interface PricesRequest {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** All that is known where none is named. */
  types: string[];
  regions: string[];
}

export interface PriceRow {
  region: string;
  /** An instance type; or `gp2`, `s3`, `serverless` for what is paid otherwise. */
  what: string;
  unit: string;
  prices: Partial<Record<string, Price>>;
}

export interface PriceTable {
  rows: PriceRow[];
  sources: { of: string; from: string }[];
  /** Where a person may write their own. */
  own: string;
  /** Those of which prices are known. */
  regions: string[];
}

const HOURS: HourKind[] = ["on_demand", "spot", "emr"];
const STORED = ["gp2", "gp3", "s3"];

export async function showPrices(request: PricesRequest): Promise<PriceTable> {
  const { env } = request;
  const prices = await loadPrices(env);
  const regions =
    request.regions.length > 0 ? request.regions : [(await openSession({ env })).region];
  const rows = regions.flatMap((region) => rowsOf(prices, region, request.types));
  const sources = prices.layers
    .filter(({ of, from }) => rows.some((row) => usedIn(row, of, from)))
    .map(({ of, from }) => ({ of, from }));
  const known = new Set(prices.layers.flatMap(({ hour }) => Object.keys(hour ?? {})));
  return { rows, sources, own: ownPricesFile(env), regions: [...known].sort() };
}

const usedIn = ({ prices }: PriceRow, of: string, from: string) =>
  Object.values(prices).some((price) => price?.of === of && price.from === from);

function rowsOf(prices: Prices, region: string, wanted: string[]): PriceRow[] {
  const known = new Set(prices.layers.flatMap(({ hour }) => Object.keys(hour?.[region] ?? {})));
  const types = wanted.length > 0 ? wanted : [...known];
  const of = <K extends string>(names: readonly K[], find: (name: K) => Price | undefined) =>
    Object.fromEntries(names.flatMap((name) => [[name, find(name)]].filter(([, one]) => one)));
  const machines = types.map((what) => ({
    ...{ region, what, unit: "hour" },
    prices: of(HOURS, (kind) => prices.hour(region, what, kind)),
  }));
  if (wanted.length > 0) return machines;
  return [
    ...machines,
    ...STORED.map((what) => ({
      ...{ region, what, unit: "GB and month" },
      prices: of(["on_demand"], () => prices.month(region, what)),
    })),
    ...(["vcpu_hour", "gb_hour"] as const).map((one) => ({
      ...{ region, what: `serverless ${one === "gb_hour" ? "GB" : "vCPU"}`, unit: "hour" },
      prices: of(["on_demand"], () => prices.serverless(region, one)),
    })),
  ];
}

/** Asks AWS for what is named, or for what the targets of mayfly.yaml use. */
export async function updatePrices(
  request: PricesRequest,
  clock: Clock = systemClock,
): Promise<{ file: string; missing: string[]; types: string[]; regions: string[] }> {
  const { env, cwd } = request;
  const session = await openSession({ env });
  const used = await usedBy(cwd);
  const types = request.types.length > 0 ? request.types : used.types;
  const regions =
    request.regions.length > 0
      ? request.regions
      : used.regions.length > 0
        ? used.regions
        : [session.region];
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const { layer, missing } = await askPrices(openPricing(session), { types, regions, today });
  const known = [...Object.values(layer.hour ?? {}), ...Object.values(layer.month ?? {})];
  if (known.every((one) => Object.values(one).every((p) => Object.keys(p).length === 0)))
    throw new MayflyError(
      "not-found",
      `cannot update the prices: AWS has none for ${types.join(", ")} in ${regions.join(", ")}`,
      "are the type and the region written right? aws ec2 describe-instance-types lists them",
    );
  return { file: keepAsked(layer, env), missing, types, regions };
}

const DEFAULT_TYPE = "m5.xlarge";

/** Whatever looks like an instance type in what the targets say, however deep. */
async function usedBy(cwd: string): Promise<{ types: string[]; regions: string[] }> {
  const { file } = await loadProject(projectFolder(cwd));
  const targets = Object.values(file?.targets ?? {}).filter(({ kind }) => kind === "emr");
  const words = new Set<string>();
  const walk = (value: unknown): void => {
    if (
      typeof value === "string" &&
      /^[a-z]\w*\.(?:\d+x)?(?:large|metal|medium|small)$/.test(value)
    )
      words.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  targets.forEach(walk);
  if (words.size === 0) words.add(DEFAULT_TYPE);
  const regions = targets.flatMap((one) => ("region" in one && one.region ? [one.region] : []));
  return { types: [...words], regions: [...new Set(regions)] };
}

import type { EmrEntry } from "../../../model/file/emr-entry.ts";
import { given, numberOf, secondsOf } from "./units.ts";
import { Wrong } from "./wrong.ts";

export interface FleetType {
  type: string;
  weight: number;
  priority?: number;
  /** Of spot: dollars an hour, or a percentage of the on-demand price. */
  maxPrice?: string;
}

export interface Ebs {
  size: number;
  type: string;
  count: number;
  iops?: number;
  throughput?: number;
}

/** The machines of one role: instances of a group, units of capacity of a fleet. */
export interface Part {
  role: "MASTER" | "CORE" | "TASK";
  name: string;
  types: [FleetType, ...FleetType[]];
  onDemand: number;
  spot: number;
  ebs?: Ebs;
}

export interface Machines {
  as: "groups" | "fleets";
  parts: [Part, ...Part[]];
  spot: { allocation: string; waitMinutes: number; fallback: "on-demand" | "end" | "none" };
}

/** What a primary needs that others do the work for; also the type where nothing is said. */
const SMALL = "m5.xlarge";

type Told = NonNullable<EmrEntry["tasks"]>[number];

export function machinesOf(entry: EmrEntry, target: string): Machines {
  const no = (what: string, remedy?: string) => new Wrong(target, what, remedy);
  const both = (one: keyof Told | keyof EmrEntry, other: keyof EmrEntry, at: object = entry) => {
    if (one in at && other in at) throw no(`it says both ${one} and ${other}`, "say one of them");
  };
  both("instance_type", "type");
  both("instance_count", "workers");
  const count = entry.instance_count && Number(entry.instance_count) - 1;
  const core: Told = {
    ...pick(entry, "types", "market", "ebs", "capacity"),
    ...given("type", entry.type ?? entry.instance_type),
    ...given("workers", entry.workers ?? (count === undefined ? undefined : String(count))),
  };
  const all = [core, ...(entry.tasks ?? [])];
  for (const one of [...all, entry.primary ?? {}]) both("type", "types", one);
  for (const one of all) {
    both("workers", "capacity", one);
    both("market", "capacity", one);
  }

  const onSpot = all.some(
    ({ market, capacity }) => market === "spot" || Number(capacity?.spot ?? 0) > 0,
  );
  const anySpot = onSpot || entry.primary?.market === "spot";
  const fallback = entry.spot?.fallback;
  const isFleet = [...all, entry.primary ?? {}].some((one) => "types" in one || "capacity" in one);
  if (entry.spot && !anySpot)
    throw no("it says how spot is used, and nothing of it is on spot", "market: spot");
  if (fallback === "none" && isFleet)
    throw no(
      '"spot.fallback: none" means instance groups, and types or capacity mean fleets',
      "fallback: end ends the cluster when its spot capacity does not come in time",
    );
  // EMR's guide, "Configure instance fleets": only a fleet goes over to on-demand; a group waits for spot for ever.
  const as = isFleet || (anySpot && fallback !== "none") ? "fleets" : "groups";
  if (as === "groups" && (entry.spot?.allocation || entry.spot?.wait))
    throw no('spot.allocation and spot.wait are those of a fleet, which "fallback: none" is not');
  if (as === "fleets" && (entry.tasks?.length ?? 0) > 1)
    throw no(
      `it has ${entry.tasks?.length} entries of tasks, and ${isFleet ? "types or capacity" : "spot with a fallback"} makes fleets, of which there is one for tasks`,
      "one entry of tasks with several types, or instance groups: no types, no capacity, spot: { fallback: none }",
    );

  const parts: Machines["parts"] = [primaryOf(entry, core, onSpot)];
  const workers = part("CORE", "core", core, core, "2");
  if (workers.onDemand + workers.spot > 0) parts.push(workers);
  else if (core.market === "spot")
    throw no(
      '"market: spot" is about workers, and there are none',
      "primary: { market: spot } puts the primary there",
    );
  else if (core.capacity) throw no("its capacity is nothing", "workers: 0 is a primary alone");
  for (const [i, task] of (entry.tasks ?? []).entries())
    parts.push(part("TASK", task.name ?? `task ${i + 1}`, task, core, "1"));
  if (parts.length > 1 && !parts.some(({ role }) => role === "CORE"))
    throw no("it has tasks and no workers", "EMR wants core instances beside task instances");

  // API reference, SpotProvisioningSpecification: from 5 to 1440 minutes.
  const waitMinutes = Math.ceil(secondsOf(entry.spot?.wait ?? "10m") / 60);
  if (waitMinutes < 5 || waitMinutes > 1440)
    throw no(`spot.wait is ${entry.spot?.wait}`, "EMR waits for spot from 5m to 24h");
  return {
    ...{ as, parts },
    spot: {
      allocation: entry.spot?.allocation ?? "price-capacity-optimized",
      waitMinutes,
      fallback: fallback ?? "on-demand",
    },
  };
}

/** Small and on demand where the workers are on spot; like them otherwise. */
function primaryOf(entry: EmrEntry, core: Told, onSpot: boolean): Part {
  const { primary = {} } = entry;
  const type = onSpot ? SMALL : (core.type ?? SMALL);
  const from = "types" in primary || "type" in primary ? primary : { ...primary, type };
  return part("MASTER", "primary", { ...from, workers: "1" }, pick(core, "ebs"), "1");
}

function part(role: Part["role"], name: string, own: Told, like: Told, count: string): Part {
  const same = own.types || own.type ? own : like;
  const told = same.types ?? [same.type ?? SMALL];
  const types = told.map((one) => {
    if (typeof one === "string") return { type: one, weight: 1 };
    return {
      type: one.type,
      weight: Number(one.weight ?? 1),
      ...given("priority", numberOf(one.priority)),
      ...given("maxPrice", one.max_price),
    };
  }) as Part["types"];
  const number = Number(own.workers ?? count);
  const { on_demand = 0, spot = 0 } =
    own.capacity ?? (own.market === "spot" ? { spot: number } : { on_demand: number });
  const ebs = own.ebs ?? like.ebs;
  return {
    ...{ role, name, types, onDemand: Number(on_demand), spot: Number(spot) },
    ...given("ebs", ebs && ebsOf(ebs)),
  };
}

const ebsOf = ({ size, type, count, iops, throughput }: NonNullable<EmrEntry["ebs"]>): Ebs => ({
  size: Number(size),
  type: type ?? "gp3",
  count: Number(count ?? 1),
  ...given("iops", numberOf(iops)),
  ...given("throughput", numberOf(throughput)),
});

function pick<T extends object, K extends keyof T>(from: T, ...names: K[]): Pick<T, K> {
  return Object.fromEntries(
    names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]),
  ) as Pick<T, K>;
}

/** `1 m5.xlarge, 4 r5.2xlarge on spot`. */
export function describeMachines({ as, parts }: Machines): string {
  return parts
    .map(({ role, name, types, onDemand, spot }) => {
      const what = types.map(({ type }) => type).join(" or ");
      const weighed = as === "fleets" && types.some(({ weight }) => weight !== 1);
      const of = (count: number, where: string) =>
        count > 0 ? [`${count} ${weighed ? "units of " : ""}${what}${where}`] : [];
      const all = [...of(onDemand, ""), ...of(spot, " on spot")].join(" and ");
      return role === "CORE" ? all : `${all} (${name})`;
    })
    .join(", ");
}

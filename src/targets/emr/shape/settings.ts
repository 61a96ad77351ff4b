import type { Configuration, EmrEntry } from "../../../model/file/emr-entry.ts";
import type { Job } from "../../../model/job.ts";
import { releaseLabel } from "../../../spark/releases.ts";
import { type Machines, machinesOf } from "./machines.ts";
import { booleanOf, dollarsOf, given, numberOf, secondsOf } from "./units.ts";
import { Wrong } from "./wrong.ts";

export type { Configuration, EmrEntry };

/** What `targets:` of mayfly.yaml may say of a target of kind `emr`, with its defaults. */
export interface EmrSettings {
  target: string;
  region?: string;
  profile?: string;
  release: string;
  applications: string[];
  /** `3.11`: which of its Pythons runs the programs, where it is not the first. */
  python?: string;
  machines: Machines;
  scaling?: { min: number; max: number; maxOnDemand?: number; maxCore?: number };
  scaleDown?: "TERMINATE_AT_TASK_COMPLETION" | "TERMINATE_AT_INSTANCE_HOUR";
  rootVolume: { size?: number; iops?: number; throughput?: number };
  ami?: string;
  /** The name of one that is there, or one to make. */
  key?: string | { format: "pem" | "ppk"; file?: string };
  /** Who may come to port 22 of the primary: one network; whoever runs this where nothing is said. */
  sshFrom?: string;
  subnets: string[];
  groups: "own" | "emr" | { primary: string; workers: string; service?: string };
  additionalGroups: { primary: string[]; workers: string[] };
  securityConfiguration?: string;
  roles: { service: string; instance: string; autoscaling?: string };
  bootstrap: { name: string; path: string; args: string[] }[];
  /** Or the file that has them. */
  configurations: Configuration[] | string;
  /** Where programs are staged and logs lie; one of the account's own where nothing is said. */
  bucket?: string;
  /** Where EMR puts logs, ending with a slash; below the bucket where nothing is said. */
  logs?: string;
  deployMode: "client" | "cluster";
  stepConcurrency?: number;
  /** Seconds without a step until EMR ends it: with the laptop off, too. */
  idleSeconds: number;
  idleSaid: boolean;
  /** Seconds until the cluster ends itself, whatever it does. */
  ttlSeconds: number;
  /** Seconds that it stays after a run. */
  lingerSeconds?: number;
  /** A free cluster of the same making is taken, and this one stays for the next run. */
  reuse: boolean;
  /** Whose it is, where it is not the caller's name. */
  owner?: string;
  budgetUsd?: number;
  terminationProtection: boolean;
  unhealthyNodeReplacement?: boolean;
  tags: Record<string, string>;
}

export const DEFAULT_ROLES = {
  service: "EMR_DefaultRole",
  instance: "EMR_EC2_DefaultRole",
  autoscaling: "EMR_AutoScaling_DefaultRole",
};

export function settingsOf(entry: EmrEntry, target: string = entry.kind): EmrSettings {
  const machines = machinesOf(entry, target);
  const settings: EmrSettings = {
    target,
    ...given("region", entry.region),
    ...given("profile", entry.profile),
    release: releaseLabel(entry.release ?? "emr-7.12.0"),
    applications: entry.applications ?? ["Spark", "Hadoop"],
    ...given("python", entry.python),
    machines,
    ...given("scaling", scalingOf(entry, machines, target)),
    ...given("scaleDown", entry.scale_down && SCALE_DOWN[entry.scale_down]),
    rootVolume: Object.fromEntries(
      Object.entries(entry.root_volume ?? {}).map(([name, value]) => [name, Number(value)]),
    ),
    ...given("ami", entry.ami),
    ...given("key", keyOf(entry)),
    ...given("sshFrom", entry.ssh_from),
    subnets: entry.subnet === undefined ? [] : [entry.subnet].flat(),
    groups: (entry.security_groups ?? "own") as EmrSettings["groups"],
    additionalGroups: {
      primary: entry.additional_groups?.primary ?? [],
      workers: entry.additional_groups?.workers ?? [],
    },
    ...given("securityConfiguration", entry.security_configuration),
    roles: {
      service: entry.roles?.service ?? DEFAULT_ROLES.service,
      instance: entry.roles?.instance ?? DEFAULT_ROLES.instance,
      ...given("autoscaling", entry.roles?.autoscaling),
    },
    bootstrap: (entry.bootstrap ?? []).map((one) => {
      const { path, name, args = [] } = typeof one === "string" ? { path: one } : one;
      return { path, args, name: name ?? path.split("/").at(-1) ?? path };
    }),
    configurations: entry.configurations ?? [],
    ...given("bucket", entry.bucket),
    ...given("logs", entry.logs?.replace(/\/*$/, "/")),
    deployMode: entry.deploy_mode ?? "client",
    ...given("stepConcurrency", numberOf(entry.step_concurrency)),
    idleSeconds: secondsOf(entry.idle ?? "15m"),
    idleSaid: entry.idle !== undefined,
    ttlSeconds: secondsOf(entry.ttl ?? "12h"),
    ...given("lingerSeconds", entry.linger === undefined ? undefined : secondsOf(entry.linger)),
    reuse: entry.reuse === "true",
    ...given("owner", entry.owner),
    ...given("budgetUsd", entry.budget === undefined ? undefined : dollarsOf(entry.budget)),
    terminationProtection: entry.termination_protection === "true",
    ...given("unhealthyNodeReplacement", booleanOf(entry.unhealthy_node_replacement)),
    tags: entry.tags ?? {},
  };
  requireSense(settings, target);
  return settings;
}

const SCALE_DOWN = {
  "task-completion": "TERMINATE_AT_TASK_COMPLETION",
  "instance-hour": "TERMINATE_AT_INSTANCE_HOUR",
} as const;

function keyOf({ key }: EmrEntry): EmrSettings["key"] {
  if (key === undefined || typeof key === "string") return key;
  return { format: key.format ?? "pem", ...given("file", key.file) };
}

function scalingOf({ scaling }: EmrEntry, { parts }: Machines, target: string) {
  if (!scaling) return undefined;
  const { min, max, max_on_demand, max_core } = scaling;
  if (parts.length < 2)
    throw new Wrong(target, "it scales workers and has none", "workers: 1, or no scaling");
  for (const [name, most] of Object.entries({ min, max_on_demand, max_core }))
    if (Number(most ?? 0) > Number(max))
      throw new Wrong(target, `scaling.${name} is ${most} and scaling.max ${max}`);
  return {
    min: Number(min),
    max: Number(max),
    ...given("maxOnDemand", numberOf(max_on_demand)),
    ...given("maxCore", numberOf(max_core)),
  };
}

/** What contradicts itself whatever the release. */
function requireSense(settings: EmrSettings, target: string): void {
  const no = (what: string, remedy?: string) => new Wrong(target, what, remedy);
  const { idleSeconds, stepConcurrency = 1, key, sshFrom, groups, subnets, machines } = settings;
  // API reference, AutoTerminationPolicy.
  if (idleSeconds < 60 || idleSeconds > 604_800 || !Number.isInteger(idleSeconds))
    throw no(`its idle limit is ${idleSeconds} seconds`, "EMR takes from 60s to 7d");
  // API reference, RunJobFlow.
  if (stepConcurrency > 256)
    throw no(`step_concurrency is ${stepConcurrency}`, "EMR takes from 1 to 256");
  if (settings.ttlSeconds < 1) throw no("its time to live (ttl) is nothing", "ttl: 12h");
  if (settings.budgetUsd === 0) throw no("its budget is nothing", "budget: $5");
  if (sshFrom !== undefined && key === undefined)
    throw no(
      "it says who may come in (ssh_from), and there is no key to come in with",
      "key: NAME",
    );
  if (sshFrom !== undefined && groups !== "own")
    throw no(
      "it says who may come in (ssh_from), and its security groups are not Mayfly's to change",
      "security_groups: own",
    );
  if (/\/0$/.test(sshFrom ?? ""))
    throw no(`ssh_from is "${sshFrom}": no port is opened to the world`, "ssh_from: 1.2.3.4/32");
  if (subnets.length > 1 && machines.as === "groups")
    throw no(
      `it has ${subnets.length} subnets, of which EMR chooses for fleets only`,
      "subnet: one of them, or types or spot with a fallback, which make fleets",
    );
  const reserved = Object.keys(settings.tags).find((name) => /^(?:aws|mayfly):/i.test(name));
  if (reserved !== undefined)
    throw no(`the tag "${reserved}" is not yours to set`, "tags do not begin with aws: or mayfly:");
  for (const { name, ebs } of machines.parts) if (ebs) requireVolume(ebs, `ebs of ${name}`, no);
}

/** API reference, VolumeSpecification. */
const VOLUMES = ["gp3", "gp2", "io1", "st1", "sc1", "standard"];

function requireVolume(
  { type, iops, throughput }: NonNullable<Machines["parts"][number]["ebs"]>,
  where: string,
  no: (what: string, remedy?: string) => Wrong,
): void {
  if (!VOLUMES.includes(type))
    throw no(`${where} is of type "${type}"`, `types: ${VOLUMES.join(", ")}`);
  if (type === "io1" && iops === undefined) throw no(`${where} is io1 and says no iops`);
  if (iops !== undefined && !/^(?:gp3|io1)$/.test(type))
    throw no(`${where} says iops, which ${type} does not take`, "gp3 and io1 do");
  if (throughput !== undefined && type !== "gp3")
    throw no(`${where} says throughput, which ${type} does not take`, "gp3 does");
}

/** The job's own release has the last word. */
export const releaseOf = (job: Pick<Job, "release"> | undefined, settings: EmrSettings) =>
  job?.release ?? settings.release;

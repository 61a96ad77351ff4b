import { MayflyError } from "../../../base/errors.ts";
import { didYouMean } from "../../../base/nearest.ts";
import { readShorthand, type Value } from "./shorthand.ts";

/**
 * The options of `aws emr create-cluster` (aws-cli 1.44.3, customizations/emr/createcluster.py): a flag, one value, several words
 * that each are an element, or one structure. `json` is text that is JSON.
 */
const KINDS = {
  flag: "auto-terminate no-auto-terminate termination-protected no-termination-protected unhealthy-node-replacement no-unhealthy-node-replacement visible-to-all-users no-visible-to-all-users enable-debugging no-enable-debugging use-default-roles extended-support no-extended-support",
  value:
    "release-label os-release-label ami-version instance-type instance-count name log-uri log-encryption-kms-key-id service-role auto-scaling-role scale-down-behavior additional-info security-configuration custom-ami-id ebs-root-volume-size ebs-root-volume-iops ebs-root-volume-throughput repo-upgrade-on-boot step-concurrency-level",
  words: "tags",
  list: "instance-groups instance-fleets bootstrap-actions applications steps placement-group-configs",
  one: "ec2-attributes kerberos-attributes managed-scaling-policy auto-termination-policy monitoring-configuration emrfs restore-from-hbase-backup",
  json: "configurations",
  /** Of every command of aws-cli. */
  global:
    "region profile endpoint-url output query ca-bundle cli-read-timeout cli-connect-timeout color",
  globalFlag: "debug no-verify-ssl no-paginate no-sign-request no-cli-pager",
} as const;
type Kind = keyof typeof KINDS;

const KIND_OF = new Map<string, Kind>(
  (Object.entries(KINDS) as [Kind, string][]).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [name, kind] as const),
  ),
);

export interface Given {
  /** By the name of the option, without dashes. */
  options: Map<string, Value>;
  /** Words that belong to no option. */
  stray: string[];
}

/** Reads `file://…`; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

export function readOptions(words: readonly string[], readFile: ReadFile): Given {
  const options = new Map<string, Value>();
  const stray: string[] = [];
  for (let i = 0; i < words.length; ) {
    const word = words[i++] ?? "";
    if (!word.startsWith("--")) {
      stray.push(word);
      continue;
    }
    const [said = "", inline] = splitOnce(word.slice(2));
    const name = fullName(said);
    const kind = KIND_OF.get(name) ?? "value";
    if (kind === "flag" || kind === "globalFlag") {
      options.set(name, true);
      continue;
    }
    const values = inline === undefined ? [] : [inline];
    const several = kind === "words" || kind === "list";
    while (i < words.length && !words[i]?.startsWith("--") && (several || values.length === 0))
      values.push(words[i++] ?? "");
    if (values.length === 0)
      throw new MayflyError("usage", `cannot read "--${said}": it has no value`, undefined);
    options.set(name, readValue(name, kind, values, readFile));
  }
  return { options, stray };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** As argparse: the beginning of one option's name stands for it. */
function fullName(said: string): string {
  if (KIND_OF.has(said)) return said;
  const begun = [...KIND_OF.keys()].filter((name) => name.startsWith(said));
  if (begun.length === 1 && begun[0]) return begun[0];
  const names = [...KIND_OF.keys()].map((name) => `--${name}`);
  throw new MayflyError(
    "usage",
    `cannot read "--${said}": aws emr create-cluster has no such option`,
    didYouMean(`--${said}`, names) ??
      (begun.length > 1 ? `it may be ${begun.map((one) => `--${one}`).join(" or ")}` : undefined),
  );
}

function readValue(name: string, kind: Kind, given: string[], readFile: ReadFile): Value {
  const values = given.map((text) => fromFile(name, text, readFile));
  if (kind === "words") return values;
  if (kind === "list") {
    const [first = ""] = values;
    if (/^\s*\[/.test(first)) return typed(jsonOf(name, first)) as Value[];
    return values.map((text) =>
      typed(/^\s*\{/.test(text) ? jsonOf(name, text) : readShorthand(text)),
    );
  }
  const [text = ""] = values;
  if (kind === "json") return /^\s*[[{]/.test(text) ? jsonOf(name, text) : text;
  if (kind === "one") return typed(/^\s*\{/.test(text) ? jsonOf(name, text) : readShorthand(text));
  return text;
}

function fromFile(name: string, text: string, readFile: ReadFile): string {
  const path = /^file:\/\/(.*)$/s.exec(text)?.[1];
  if (path === undefined) return text;
  const read = readFile(path);
  if (read !== undefined) return read;
  throw new MayflyError(
    "not-found",
    `cannot read --${name} "${text}": there is no such file`,
    "relative names are looked for where mayfly import runs, as aws does",
  );
}

function jsonOf(name: string, text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new MayflyError(
      "usage",
      `cannot read --${name}: it is no JSON: ${(error as Error).message}`,
      "put it in single quotes, so that the shell leaves its own quotes in",
    );
  }
}

/** Members that aws-cli's schemas (argumentschema.py) have as numbers, as yes or no, and as lists. */
const NUMBER =
  /^(?:InstanceCount|SizeInGB|Iops|Throughput|VolumesPerInstance|TargetOnDemandCapacity|TargetSpotCapacity|WeightedCapacity|Priority|BidPriceAsPercentageOfOnDemandPrice|TimeoutDurationMinutes|BlockDurationMinutes|IdleTimeout|\w+CapacityUnits|UtilizationPerformanceIndex)$/;
const BOOLEAN = /^(?:EbsOptimized|Consistent|SSE)$/;
const LIST =
  /^(?:Args|SubnetIds|AvailabilityZones|Additional\w+SecurityGroups|EbsBlockDeviceConfigs|InstanceTypeConfigs)$/;

function typed(value: Value, name = ""): Value {
  if (Array.isArray(value)) return value.map((one) => typed(one, LIST.test(name) ? "" : name));
  if (typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([member, one]) => [member, typed(one, member)]),
    );
  if (LIST.test(name)) return [value];
  if (typeof value !== "string") return value;
  if (NUMBER.test(name) && /^\d+(?:\.\d+)?$/.test(value)) return Number(value);
  return BOOLEAN.test(name) ? value === "true" : value;
}

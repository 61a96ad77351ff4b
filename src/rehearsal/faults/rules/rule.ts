import * as v from "valibot";
import { didYouMean } from "../../../base/nearest.ts";
import { KIND_NAMES, type KindName, kindOf } from "./kinds.ts";
import { operationsOf, SERVICES } from "./services.ts";

/** What shall go wrong, where, and how often. Without a bound it goes on until it is cleared. */
export interface Rule {
  kind: KindName;
  /** As it stands in a signature's scope. In all texts but `bucket` `*` stands for anything. */
  service?: string;
  operation?: string;
  bucket?: string;
  /** What keys, or names of logs, begin with. */
  key?: string;
  /** A cluster's name. */
  cluster?: string;
  step?: string;
  type?: string;
  zone?: string;
  market?: "ON_DEMAND" | "SPOT";
  role?: "MASTER" | "CORE" | "TASK";
  state?: "STARTING" | "BOOTSTRAPPING" | "TERMINATING";
  /** How many a fleet gets. */
  instances?: number;
  /** How often it strikes at most. */
  times?: number;
  /** So many that fit are let by first. */
  after?: number;
  probability?: number;
  /** Of the probability: the same seed and the same requests have the same faults. */
  seed?: number;
  seconds?: number;
}

const text = v.pipe(v.string(), v.minLength(1));
const count = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
/** No timer can wait for a month. */
const LONGEST_SECONDS = 500 * 3600;
const seconds = v.pipe(
  v.union([
    v.pipe(v.number(), v.minValue(0)),
    v.pipe(
      v.string(),
      v.regex(/^\d+(?:\.\d+)?\s*(?:ms|s|m|h)?$/, "a time such as 5, 5s, 10m or 1h"),
      v.transform(secondsOf),
    ),
  ]),
  v.maxValue(LONGEST_SECONDS),
);

const WORDS = {
  kind: v.picklist(KIND_NAMES),
  service: text,
  operation: text,
  bucket: text,
  key: text,
  cluster: text,
  step: text,
  type: text,
  zone: text,
  market: v.picklist(["ON_DEMAND", "SPOT"]),
  role: v.picklist(["MASTER", "CORE", "TASK"]),
  state: v.picklist(["STARTING", "BOOTSTRAPPING", "TERMINATING"]),
  instances: count(0),
  times: count(1),
  after: count(0),
  probability: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  seed: count(0),
  seconds,
};
/** What every rule knows. */
const ALWAYS = ["kind", "times", "after", "probability", "seed", "seconds"];
export const RULE_WORDS = Object.keys(WORDS);
/** They are numbers, also where they come as text. */
export const NUMBERS = ["instances", "times", "after", "probability", "seed"];

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function secondsOf(written: string): number {
  const [, number = "0", unit = "s"] = /^([\d.]+)\s*(\w*)$/.exec(written) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}

/** What is wrong with a rule, at which of its words, and what may have been meant. */
export class RuleMistake extends Error {
  readonly word: string | undefined;
  readonly remedy: string;
  constructor(word: string | undefined, message: string, remedy: string) {
    super(message);
    this.word = word;
    this.remedy = remedy;
  }
}

/** The service's name as people say it. */
const SAID = new Map([
  ["emr", "elasticmapreduce"],
  ["serverless", "emr-serverless"],
]);
const spoken = (service: string) => (service === SAID.get("emr") ? "emr" : service);

export function checkRule(given: unknown): Rule {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new RuleMistake(
      undefined,
      `${show(given)} is not a fault`,
      "write it as kind: throttle, with what belongs to it below",
    );
  const words = given as Record<string, unknown>;
  const { kind } = words;
  if (kind === undefined)
    throw new RuleMistake(undefined, "a fault without kind", `kinds: ${KIND_NAMES.join(", ")}`);
  if (!KIND_NAMES.includes(kind as KindName))
    throw new RuleMistake(
      "kind",
      `${show(kind)} is not a kind of fault`,
      didYouMean(String(kind), KIND_NAMES) ?? `kinds: ${KIND_NAMES.join(", ")}`,
    );
  const known = [...ALWAYS, ...kindOf(kind as KindName).takes];
  for (const word of Object.keys(words)) checkWord(word, kind as KindName, known);
  const result = v.safeParse(v.partial(v.object(WORDS), RULE_WORDS as ["kind"]), words);
  if (!result.success) throw wrongValue(result.issues[0]);
  const rule = result.output as Rule;
  checkService(rule);
  checkOperation(rule);
  return rule;
}

function checkWord(word: string, kind: KindName, known: string[]): void {
  if (known.includes(word)) return;
  const near = didYouMean(word, known);
  throw new RuleMistake(
    word,
    RULE_WORDS.includes(word)
      ? `a fault of kind "${kind}" has no ${word}`
      : `"${word}" is not a word of a fault`,
    near ?? `${kind} knows ${known.join(", ")}`,
  );
}

function wrongValue(issue: v.BaseIssue<unknown>): RuleMistake {
  const word = String(issue.path?.[0]?.key ?? "");
  const options = /^\((".*")\)$/.exec(issue.expected ?? "")?.[1];
  const words = options?.split(" | ").map((one) => one.replaceAll('"', "")) ?? [];
  return new RuleMistake(
    word,
    `${word} is ${show(issue.input)}`,
    didYouMean(String(issue.input), words) ??
      (words.length > 0 ? `one of ${words.join(", ")}` : `it is ${WHAT[word] ?? "a text"}`),
  );
}

const WHAT: Record<string, string> = {
  instances: "a whole number",
  times: "a whole number from 1",
  after: "a whole number",
  probability: "a number from 0 to 1",
  seed: "a whole number",
  seconds: "a time such as 5, 5s, 10m or 1h, up to 500h",
};

function checkService(rule: Rule): void {
  if (rule.service === undefined) return;
  const given = rule.service;
  rule.service = SAID.get(given) ?? given;
  const { services = SERVICES } = kindOf(rule.kind);
  if (rule.service === "*" || services.includes(rule.service)) return;
  const names = services.map(spoken);
  throw new RuleMistake(
    "service",
    SERVICES.includes(rule.service)
      ? `"${rule.kind}" is nothing that "${given}" can have`
      : `"${given}" is not a service of the rehearsal`,
    didYouMean(given, names) ?? `one of ${names.join(", ")}`,
  );
}

/** A rule that can never strike would be taken for one that did. */
function checkOperation({ kind, service, operation }: Rule): void {
  if (operation === undefined) return;
  const services = service === undefined ? kindOf(kind).services : [service];
  const lists = services?.map(operationsOf);
  // Of some services the operations are not known here.
  if (!lists || lists.includes(undefined)) return;
  const known = lists.flatMap((list) => list ?? []);
  if (known.some((name) => fits(operation, name))) return;
  throw new RuleMistake(
    "operation",
    `"${operation}" is not an operation of ${services?.map((name) => `"${spoken(name)}"`).join(" or ")}`,
    didYouMean(operation, known) ?? "its API reference names them",
  );
}

/** `*` stands for anything. */
export function fits(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return false;
  let at = first.length;
  // Each as early as it can be: the time it takes does not grow with the stars.
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 80);
}

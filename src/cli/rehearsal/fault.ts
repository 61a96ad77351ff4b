import { MayflyError } from "../../base/errors.ts";
import { formatTable } from "../../base/format.ts";
import { didYouMean } from "../../base/nearest.ts";
import { askFaults } from "../../rehearsal/control/faults.ts";
import type { Counted } from "../../rehearsal/faults/faults.ts";
import { KIND_NAMES, kindOf } from "../../rehearsal/faults/rules/kinds.ts";
import { checkRule, NUMBERS, RULE_WORDS, RuleMistake } from "../../rehearsal/faults/rules/rule.ts";
import type { Command, Input, Io } from "../command.ts";
import { nameOption, readName } from "./options.ts";

const HELP: Record<string, [value: string, help: string]> = {
  service: ["S", "of this service alone: emr, s3, ec2, iam …"],
  operation: ["O", "of this operation alone; * stands for anything: Describe*"],
  times: ["N", "so often at most"],
  after: ["N", "let so many by first"],
  probability: ["P", "from 0 to 1, drawn each time"],
  seed: ["N", "of the probability: the same again"],
  seconds: ["T", "what it means depends on the kind: mayfly rehearsal fault kinds"],
  bucket: ["B", "in this bucket alone"],
  key: ["PREFIX", "of keys, or of names of logs, that begin so"],
  cluster: ["NAME", "of clusters with this name"],
  step: ["NAME", "of steps with this name"],
  type: ["T", "of this instance type"],
  zone: ["Z", "in this availability zone"],
  market: ["M", "ON_DEMAND or SPOT"],
  role: ["R", "MASTER, CORE or TASK"],
  state: ["S", "STARTING, BOOTSTRAPPING or TERMINATING"],
  instances: ["N", "how many a fleet gets"],
};

export const fault: Command = {
  summary: "make something go wrong in a running rehearsal, on purpose",
  usage: "rehearsal fault add KIND [options] | list | clear [ID…] | kinds",
  examples: [
    ["rehearsal fault add throttle --service emr --operation DescribeCluster --times 3", ""],
    [
      "rehearsal fault add reset-after --operation RunJobFlow --times 1",
      "done, and the answer lost",
    ],
    ["rehearsal fault list", "what there is, and how often each has struck"],
    ["rehearsal fault clear", "all of them; with names, these"],
    ["rehearsal fault kinds", "what can go wrong"],
  ],
  options: {
    ...nameOption,
    ...Object.fromEntries(
      Object.entries(HELP).map(([name, [value, help]]) => [name, { type: "string", value, help }]),
    ),
  },
  words: ["add", "list", "clear", "kinds"],
  async run(input, io) {
    const [verb = "", ...rest] = input.words;
    const name = readName(input);
    const known = ["add", "list", "clear", "kinds"];
    if (!known.includes(verb))
      throw new MayflyError(
        "usage",
        verb === ""
          ? "mayfly rehearsal fault needs a word"
          : `mayfly rehearsal fault has no word "${verb}"`,
        KIND_NAMES.includes(verb as "throttle")
          ? `mayfly rehearsal fault add ${verb}`
          : (didYouMean(verb, known) ?? `one of ${known.join(", ")}`),
      );
    if (verb !== "add" && input.ordered.some((one) => one.name !== "name"))
      throw new MayflyError("usage", `mayfly rehearsal fault ${verb} takes no such options`);
    if (verb === "kinds") return kinds(input, io);
    if (verb === "add") {
      const rules = [readRule(input, rest)];
      return show(await askFaults(name, io.env, { do: "add", rules }), input, io);
    }
    if (verb === "list") {
      none(verb, rest);
      return show(await askFaults(name, io.env, { do: "list" }), input, io);
    }
    return await clear(name, rest, input, io);
  },
};

function readRule(input: Input, words: string[]): unknown {
  const [kind, more] = words;
  if (kind === undefined)
    throw new MayflyError(
      "usage",
      "mayfly rehearsal fault add needs a kind",
      "mayfly rehearsal fault kinds lists them",
    );
  none("add KIND", more === undefined ? [] : [more]);
  const given = input.ordered
    .filter(({ name }) => RULE_WORDS.includes(name))
    .map(({ name, value }) => [
      name,
      NUMBERS.includes(name) && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value,
    ]);
  try {
    return checkRule({ kind, ...(Object.fromEntries(given) as object) });
  } catch (error) {
    if (error instanceof RuleMistake) throw new MayflyError("usage", error.message, error.remedy);
    throw error;
  }
}

function none(verb: string, words: string[]): void {
  if (words.length > 0)
    throw new MayflyError(
      "usage",
      `mayfly rehearsal fault ${verb} takes no more words, got "${words[0]}"`,
    );
}

async function clear(name: string, ids: string[], input: Input, io: Io): Promise<number> {
  const before = await askFaults(name, io.env, { do: "list" });
  const unknown = ids.find((id) => !before.some((one) => one.id === id));
  if (unknown !== undefined)
    throw new MayflyError(
      "not-found",
      `the rehearsal "${name}" has no fault "${unknown}"`,
      "mayfly rehearsal fault list names them",
    );
  const gone = await askFaults(name, io.env, {
    do: "clear",
    ...(ids.length > 0 ? { ids } : {}),
  });
  return show(gone, input, io);
}

function show(faults: Counted[], input: Input, io: Io): number {
  if (input.flags.has("json")) io.out(`${JSON.stringify(faults)}\n`);
  else if (faults.length === 0) io.err("no faults\n");
  else for (const line of formatTable([HEAD, ...faults.map(row)])) io.out(`${line}\n`);
  return 0;
}

const HEAD = ["ID", "KIND", "STRUCK", "SEEN", "WHERE AND WHEN"];

function row({ id, rule, struck, seen }: Counted): string[] {
  const { kind, ...rest } = rule;
  const where = Object.entries(rest).map(([word, value]) => `${word} ${value}`);
  return [id, kind, String(struck), String(seen), where.join(", ") || "everywhere, until cleared"];
}

function kinds(input: Input, io: Io): number {
  if (input.flags.has("json")) {
    const all = KIND_NAMES.map((kind) => ({ kind, ...kindOf(kind) }));
    io.out(`${JSON.stringify(all)}\n`);
    return 0;
  }
  const rows = KIND_NAMES.map((kind) => {
    const { summary, seconds } = kindOf(kind);
    return [kind, summary, seconds ? `seconds: ${seconds.mean}; ${seconds.usual} if not said` : ""];
  });
  for (const line of formatTable([["KIND", "WHAT HAPPENS", ""], ...rows])) io.out(`${line}\n`);
  return 0;
}

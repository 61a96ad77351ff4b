import { MayflyError } from "../../../base/errors.ts";
import { targetEntry } from "./entry.ts";
import { flowOf } from "./flow.ts";
import { type ReadFile, readOptions } from "./options.ts";
import { commandIn } from "./shell.ts";
import { stepEntries } from "./steps.ts";
import type { Words } from "./words.ts";

export interface Imported {
  target: string;
  job?: string;
  content: { jobs?: Record<string, Words>; targets: Record<string, Words> };
  /** What could not be carried over, a line each. */
  left: string[];
}

/** A text with an `aws emr create-cluster` in it, or its words, as jobs and targets of mayfly.yaml. */
export function importLine(from: string | string[], readFile: ReadFile): Imported {
  const found = typeof from === "string" ? commandIn(from) : { words: wordsAfter(from), open: [] };
  if (!found)
    throw new MayflyError(
      "usage",
      'cannot import: there is no "aws emr create-cluster" in it',
      "the EMR console's AWS CLI export gives such a line",
    );
  const left: string[] = [];
  const tell = (text: string) => void left.push(text);
  const given = readOptions(found.words, readFile);
  const { options } = given;
  for (const word of given.stray) tell(`"${word}" belongs to no option`);
  for (const part of found.open)
    tell(`${part}: only a shell knows what it is; it stands as it was`);
  const flow = flowOf(given);
  const target = nameFrom(flow.Name);
  const entry = targetEntry(flow, tell);
  for (const name of ["region", "profile"]) {
    const value = options.get(name);
    if (value !== undefined) entry[name] = value;
  }
  for (const [name, why] of Object.entries(NOT_OURS))
    if (options.has(name)) tell(`--${name}: ${why}`);
  if (flow.Instances.KeepJobFlowAliveWhenNoSteps)
    tell(
      "the cluster stayed until somebody ended it: mayfly run ends its own when the job is done",
    );
  const steps = stepEntries(flow, tell);
  const job = steps.length > 0 ? target : undefined;
  return {
    target,
    ...(job === undefined ? {} : { job }),
    content: {
      ...(job === undefined ? {} : { jobs: { [job]: { steps } } }),
      targets: { [target]: entry },
    },
    left: [...left, ...placeholders(entry, steps)],
  };
}

function wordsAfter(words: string[]): string[] {
  const [aws, emr, create, ...rest] = words;
  if (aws === "aws" && emr === "emr" && create === "create-cluster") return rest;
  throw new MayflyError(
    "usage",
    `cannot import "${words.slice(0, 3).join(" ")}": only aws emr create-cluster makes a cluster`,
    "mayfly import -- aws emr create-cluster --name …",
  );
}

const NOT_OURS: Readonly<Record<string, string>> = {
  "enable-debugging": "EMR's own debugging has ended; mayfly logs shows what a step printed",
  emrfs: "emrfs-site in configurations: says the same",
  "restore-from-hbase-backup": "it is a step of HBase",
  "endpoint-url": "set AWS_ENDPOINT_URL",
  "extended-support": "EMR's choice of the account",
};

/** `<subnet-Id>`: what a guide leaves to its readers. */
function placeholders(...all: unknown[]): string[] {
  const found = JSON.stringify(all).match(/<[A-Za-z][\w -]*>/g) ?? [];
  return [...new Set(found)].map((one) => `${one} is still to be filled in`);
}

function nameFrom(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain === "" || ["local", "emr", "all"].includes(plain) ? "imported" : plain;
}

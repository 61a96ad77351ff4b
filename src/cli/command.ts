import { parseArgs } from "node:util";
import { MayflyError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";

export interface Option {
  type: "string" | "boolean";
  help: string;
  /** The word for its value in the help. */
  value?: string;
  short?: string;
}

/** One declaration a command: its help, its completion and its parsing come from it. */
export interface Command {
  summary: string;
  usage: string;
  examples: readonly (readonly [string, string])[];
  options: Readonly<Record<string, Option>>;
  /** What its words may be, for completion. */
  words?: "job" | "run" | readonly string[];
  /** How many words it takes at most; unbounded for `run`. */
  most?: number;
  run(input: Input, io: Io, all: Record<string, Entry>): Promise<number>;
}

/** A command in the list of all, not yet loaded; one with verbs is a word before theirs. */
export type Entry =
  | { summary: string; load(): Promise<Command> }
  | { summary: string; verbs(): Promise<Record<string, Verb>> };

export interface Verb {
  summary: string;
  load(): Promise<Command>;
}

export interface Input {
  words: string[];
  flags: Set<string>;
  /** Every value of an option, in order. */
  values(name: string): string[];
  value(name: string): string | undefined;
  /** Options in the order they were given. */
  ordered: { name: string; value: string }[];
}

/** The world outside of a command; tests bring their own. */
export interface Io {
  out(text: string | Uint8Array): void;
  err(text: string): void;
  /** Settles when whoever reads our output has room for more. */
  ready(): Promise<void>;
  cwd: string;
  env: NodeJS.ProcessEnv;
  terminal: { out: boolean; err: boolean; in: boolean; columns: number };
  ask(question: string): Promise<string>;
  /** What is piped in. */
  input?(): AsyncIterable<string>;
}

export const COMMON: Record<string, Option> = {
  json: {
    type: "boolean",
    help: "one JSON document on stdout, or NDJSON events where a command streams",
  },
  help: { type: "boolean", short: "h", help: "this help" },
};

/** Our own options end at `--`; whatever follows it is the job's, byte for byte. */
export function parseInput(name: string, command: Command, args: readonly string[]): Input {
  const options = { ...command.options, ...COMMON };
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([key, o]) => [
        key,
        { type: o.type, multiple: true, ...(o.short ? { short: o.short } : {}) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: string[] = [];
  const flags = new Set<string>();
  const ordered: { name: string; value: string }[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    else if (token.kind === "option") {
      const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
      if (!option) throw unknownOption(name, token.rawName, options, command.words === "job");
      if (option.type === "boolean") {
        if (token.value !== undefined)
          throw new MayflyError("usage", `${token.rawName} takes no value, got "${token.value}"`);
        flags.add(token.name);
      } else if (token.value === undefined) {
        throw new MayflyError(
          "usage",
          `${token.rawName} needs a value`,
          `write ${token.rawName} ${option.value ?? "VALUE"}`,
        );
      } else ordered.push({ name: token.name, value: token.value });
    }
  }
  if (command.most !== undefined && words.length > command.most) {
    throw new MayflyError(
      "usage",
      `mayfly ${name} takes ${command.most === 0 ? "no words" : `at most ${command.most}`}, got "${words[command.most]}"`,
      `usage: mayfly ${command.usage}`,
    );
  }
  const values = (option: string) => ordered.filter((o) => o.name === option).map((o) => o.value);
  return { words, flags, ordered, values, value: (option) => values(option).at(-1) };
}

function unknownOption(
  name: string,
  raw: string,
  options: object,
  takesMore: boolean,
): MayflyError {
  const known = Object.keys(options).map((key) => `--${key}`);
  return new MayflyError(
    "usage",
    `mayfly ${name} has no option "${raw}"`,
    didYouMean(raw, known) ??
      (takesMore
        ? `if it is meant for the job, put it after --: mayfly ${name} JOB -- ${raw}`
        : `mayfly ${name} --help lists its options`),
  );
}

import type { Command, Io } from "./command.ts";
import { COMMANDS } from "./index.ts";

/** One catch for everything: an error becomes text and an exit code here and nowhere else. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = args;
  const json = ownWords(args).includes("--json");
  const say = (word: string, text: string) =>
    io.out(json ? `${JSON.stringify({ [word]: text.trimEnd() })}\n` : text);
  if (name === "--version" || name === "-V" || name === "-v" || name === "version") {
    if (json) say("version", await version());
    else io.out(`mayfly ${await version()}\n`);
    return 0;
  }
  const asked = name === "" || name === "--help" || name === "-h" || name === "help";
  if (asked && !Object.hasOwn(COMMANDS, rest[0] ?? "")) {
    const { help } = await import("./help.ts");
    say("help", help());
    return name === "" ? 2 : 0;
  }
  try {
    const words = asked ? [...rest, "--help"] : args;
    const found = await findCommand(words);
    if ("help" in found) {
      say("help", found.help);
      return found.exitCode;
    }
    const { command, called, given } = found;
    if (ownWords(given).some((word) => word === "--help" || word === "-h")) {
      const { commandHelp } = await import("./help.ts");
      say("help", commandHelp(called, command));
      return 0;
    }
    const { parseInput } = await import("./command.ts");
    return await command.run(parseInput(called, command, given), io, COMMANDS);
  } catch (error) {
    const { reportError } = await import("./report.ts");
    return reportError(error, name, json, io);
  }
}

/** Those before `--`. */
function ownWords(args: readonly string[]): readonly string[] {
  return args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
}

type Found =
  | { command: Command; called: string; given: readonly string[] }
  | { help: string; exitCode: number };

async function findCommand([name = "", ...rest]: readonly string[]): Promise<Found> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) throw await unknownCommand(name);
  if ("load" in entry) return { command: await entry.load(), called: name, given: rest };
  const verbs = await entry.verbs();
  const [verb = "", ...given] = rest;
  if (verb === "" || verb === "--help" || verb === "-h") {
    const { groupHelp } = await import("./help.ts");
    return { help: groupHelp(name, entry.summary, verbs), exitCode: verb === "" ? 2 : 0 };
  }
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!known) throw await unknownVerb(name, verb, Object.keys(verbs));
  return { command: await known.load(), called: `${name} ${verb}`, given };
}

async function version(): Promise<string> {
  const { readFileSync } = await import("node:fs");
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function unknownCommand(name: string): Promise<Error> {
  const { MayflyError } = await import("../base/errors.ts");
  const { didYouMean } = await import("../base/nearest.ts");
  const { existsSync } = await import("node:fs");
  const hint = didYouMean(name, Object.keys(COMMANDS));
  return new MayflyError(
    "usage",
    `mayfly has no command "${name}"`,
    hint ??
      (existsSync(name) ? `to run it: mayfly run ${name}` : "mayfly --help lists the commands"),
  );
}

async function unknownVerb(name: string, verb: string, verbs: string[]): Promise<Error> {
  const { MayflyError } = await import("../base/errors.ts");
  const { didYouMean } = await import("../base/nearest.ts");
  return new MayflyError(
    "usage",
    `mayfly ${name} has no word "${verb}"`,
    didYouMean(verb, verbs) ?? `one of ${verbs.join(", ")}`,
  );
}

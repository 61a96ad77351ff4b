import type { Io } from "./command.ts";
import { COMMANDS } from "./index.ts";

/** One catch for everything: an error becomes text and an exit code here and nowhere else. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const [name = "", ...rest] = args;
  const json = args
    .slice(0, args.includes("--") ? args.indexOf("--") : args.length)
    .includes("--json");
  const say = (word: string, text: string) =>
    io.out(json ? `${JSON.stringify({ [word]: text.trimEnd() })}\n` : text);
  if (name === "--version" || name === "-V" || name === "-v" || name === "version") {
    if (json) say("version", await version());
    else io.out(`mayfly ${await version()}\n`);
    return 0;
  }
  if (name === "" || name === "--help" || name === "-h" || name === "help") {
    const { help, commandHelp } = await import("./help.ts");
    const word = rest[0] ?? "";
    const topic = name === "help" && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
    say("help", topic ? commandHelp(word, await topic.load()) : help());
    return name === "" ? 2 : 0;
  }
  try {
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!entry) throw await unknownCommand(name);
    const command = await entry.load();
    const { parseInput } = await import("./command.ts");
    const own = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
    if (own.includes("--help") || own.includes("-h")) {
      const { commandHelp } = await import("./help.ts");
      say("help", commandHelp(name, command));
      return 0;
    }
    return await command.run(parseInput(name, command, rest), io, COMMANDS);
  } catch (error) {
    const { reportError } = await import("./report.ts");
    return reportError(error, name, json, io);
  }
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

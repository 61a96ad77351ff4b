import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Io } from "../../src/cli/command.ts";
import { main } from "../../src/cli/main.ts";

export interface Said {
  code: number;
  out: string;
  err: string;
}

/** A folder of its own for one test; state and cache of the person are never touched. */
export function makeFolder(files: Record<string, string | Buffer> = {}): {
  path: string;
  remove(): void;
} {
  const path = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    if (name.endsWith("/")) mkdirSync(join(path, name), { recursive: true });
    else writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The world of a command off a terminal, with what it says kept. */
export function ioInto(
  said: { out: string; err: string },
  cwd: string,
  env: NodeJS.ProcessEnv,
): Io {
  return {
    out: (text) => {
      said.out += typeof text === "string" ? text : Buffer.from(text).toString("utf8");
    },
    err: (text) => {
      said.err += text;
    },
    ready: () => Promise.resolve(),
    cwd,
    env,
    terminal: { out: false, err: false, in: false, columns: 80 },
    ask: () => Promise.resolve(""),
  };
}

/** Runs a command in this process, as `mayfly ARGS` would in a folder. */
export async function mayfly(
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Said> {
  const said = { code: 0, out: "", err: "" };
  // Whoever runs the tests may have an AWS of their own.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const io = ioInto(said, cwd, { ...Object.fromEntries(own), ...env });
  said.code = await main(args, io);
  return said;
}

/** What a command left behind that was not there before it. */
export function leftBehind(folder: string, before: string[]): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !before.includes(name)) : [];
}

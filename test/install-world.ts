import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Exec, Finished } from "../src/base/exec.ts";
import type { Effects, RuntimeNews } from "../src/spark/install/effects.ts";

/** For tests: a folder with a cache, a PATH, and programs that are functions. */
export function makeTestWorld() {
  const top = mkdtempSync(join(tmpdir(), "mayfly-install-"));
  const programs = new Map<string, Program>();
  const news: RuntimeNews[] = [];
  const started: string[][] = [];
  const exec: Exec = async (command, args, options = {}) => {
    started.push([command, ...args]);
    const found = programs.get(command);
    if (!found) return { code: 127, stdout: "", stderr: `${command}: not found` };
    return {
      code: 0,
      stdout: "",
      stderr: "",
      ...(await found([...args], options.onLine ?? (() => {}))),
    };
  };
  const env: NodeJS.ProcessEnv = { MAYFLY_CACHE: join(top, "cache"), PATH: join(top, "bin") };
  const effects: Effects = { env, exec, platform: "linux", freeSpace: () => 1e12 };
  return {
    top,
    cache: join(top, "cache"),
    env,
    effects,
    started,
    tell: (one: RuntimeNews) => void news.push(one),
    notes: () => news.flatMap((one) => (one.kind === "note" ? [one.text] : [])),
    news,
    /** A file of any content; its folders are made. */
    file(path: string, content = "x") {
      const full = join(top, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
      return full;
    },
    /** A program on the PATH, or at a path below the top. */
    program(path: string, behave: Program) {
      const full = this.file(path.includes("/") ? path : join("bin", path), path);
      chmodSync(full, 0o755);
      programs.set(full, behave);
      return full;
    },
    end: () => rmSync(top, { recursive: true, force: true }),
  };
}

export type Program = (
  args: string[],
  onLine: (line: string) => void,
) => Partial<Finished> | Promise<Partial<Finished>>;

/** A Python that says its version, has pip or not, and else does what `more` says. */
export function fakePython(
  version: string,
  path: string,
  pip: string | undefined,
  more?: Program,
): Program {
  return (args, onLine) => {
    const text = args[0] === "-c" ? (args[1] ?? "") : "";
    if (text.includes("sys.version_info")) {
      return { stdout: JSON.stringify([version.split(".").map(Number), path]) };
    }
    if (text.startsWith("import pip")) return pip ? { stdout: `${pip}\n` } : { code: 1 };
    return more ? more(args, onLine) : { code: 1, stderr: "not expected" };
  };
}

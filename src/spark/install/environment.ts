import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { plural } from "../../base/format.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import { digestOfLocal, localPathOf } from "../pack/locals.ts";
import { packagesFor } from "../versions.ts";
import { type Asked, fileOf, type PythonFiles, readAsked } from "./asked.ts";
import type { Effects, Tell } from "./effects.ts";
import type { Python } from "./python.ts";

export interface EnvironmentWish extends PythonFiles {
  python: Python;
  spark: string;
}

/**
 * The Python that a job's programs run on: an environment in the cache, named by what is in it. The
 * person's own environment is used as it is when the job names no requirements.
 */
export async function ensureEnvironment(
  wish: EnvironmentWish,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const { python } = wish;
  const asked = await readAsked(wish, async () => python.path, {}, effects);
  for (const text of asked.notes) tell({ kind: "note", text });
  if (python.own && asked.lines.length + asked.extras.length === 0) return python.path;
  const lines = [...asked.lines, ...baseLines(wish, asked)];
  const file = fileOf(wish);
  if (asked.pinned) requireHashes(asked.lines, file ?? "");
  const what =
    asked.lines.length > 0
      ? `with ${plural(asked.lines.length, "requirement")} of ${file}`
      : `with ${lines.join(", ")}`;
  return ensureLines({ python, lines, base: dirname(resolve(file ?? ".")), what }, tell, effects);
}

export interface LinesWish {
  python: Python;
  lines: string[];
  /** The folder that relative paths in the lines start from. */
  base: string;
  /** How messages name it. */
  what: string;
}

/** An environment of just these lines of a requirements file. */
export async function ensureLines(
  { python, lines, base, what }: LinesWish,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const key = [
    1,
    lines,
    constraintsIn(lines),
    python.version,
    python.path,
    isLocal(lines) && [base, digestOfFiles(lines, base)],
  ];
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 20);
  const folder = join(cacheFolder(effects.env), "python", name);
  const ready = readyPython(folder);
  if (ready) return ready;
  try {
    return await withLock(
      `${folder}.lock`,
      async () =>
        readyPython(folder) ?? (await make(folder, { lines, base, what }, python, tell, effects)),
      (pid) =>
        tell({
          kind: "note",
          text: `waiting for process ${pid}, which makes the same environment`,
        }),
    );
  } catch (error) {
    throw toMayflyError(error, `make a Python environment ${what}`);
  }
}

/** With hashes pip takes no folder and no repository, whose hash nobody knows. */
function requireHashes(lines: string[], lock: string): void {
  const without = lines.find((line) => !line.includes("--hash="));
  if (without === undefined) return;
  throw new MayflyError(
    "usage",
    `cannot install from "${lock}" on this machine: "${without}" has no hash, and pip takes all with hashes or none`,
    "name its requirements instead: uv export --no-hashes -o requirements.txt, or poetry export --without-hashes",
  );
}

/** The base set, but for what the job itself names: its own pin wins. */
function baseLines(wish: EnvironmentWish, asked: Asked): string[] {
  // With hashes, pip takes no line without one: such a file stands for itself.
  if (asked.lines.some((line) => line.includes("--hash="))) return [];
  return unnamed(packagesFor(wish.spark, wish.python.minor, asked.extras), asked.lines);
}

/** Those of ours whose package no line names. */
export function unnamed(ours: string[], lines: string[]): string[] {
  const named = lines.map((line) => /^[\w.-]+/.exec(line)?.[0]?.toLowerCase());
  return ours.filter((line) => !named.includes(/^\w+/.exec(line)?.[0]));
}

export function constraintsIn(lines: string[]): (string | undefined)[] {
  return lines.filter((line) => line.startsWith("-c ")).map((line) => readIfThere(line.slice(3)));
}

/** Paths in requirements are taken from the folder of their file. */
function isLocal(lines: string[]): boolean {
  return lines.some((line) => /^(?:-e|--editable|[./~])|\bfile:/.test(line));
}

/** A wheel that was built again has the same name; a folder's packages are often links into it. */
function digestOfFiles(lines: string[], base: string): string {
  const isFile = (path: string | undefined) =>
    path !== undefined && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return digestOfLocal(
    lines.filter((line) => isFile(localPathOf(line, base))),
    base,
  );
}

const MARKER = "complete.json";

/** An environment cannot be moved: it stays where it was made, and the marker says which one is whole. */
function readyPython(folder: string): string | undefined {
  const text = readIfThere(join(folder, MARKER));
  if (text === undefined) return undefined;
  try {
    const path = join(
      folder,
      (JSON.parse(text) as { environment: string }).environment,
      "bin/python",
    );
    // The Python that it was made from may be gone: then it is a link to nothing.
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

async function make(
  folder: string,
  content: { lines: string[]; base: string; what: string },
  python: Python,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const { lines, base, what } = content;
  // One that was killed may have left a pip that still writes: never into a folder that is used again.
  for (const old of listIfThere(folder)) remove(join(folder, old));
  mkdirSync(folder, { recursive: true });
  const environment = `env-${process.pid}-${Date.now().toString(36)}`;
  const path = join(folder, environment);
  const log = join(folder, "pip.log");
  tell({ kind: "note", text: `making a Python environment ${what} (log: ${log})` });
  try {
    const { install } = await import("./pip.ts");
    await install({ python, path, lines, base, what, log }, effects);
  } catch (error) {
    remove(path);
    throw error;
  }
  writeAtomic(join(folder, MARKER), `${JSON.stringify({ environment, lines, python })}\n`);
  return join(path, "bin/python");
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // someone still writes there; it is looked at again the next time
  }
}

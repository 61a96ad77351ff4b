import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { plural } from "../../base/format.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import { redactText } from "../../base/redact.ts";
import { basePackages, compareVersions } from "../versions.ts";
import type { Effects, Tell } from "./effects.ts";
import { pipRemedy } from "./packages.ts";
import { type Python, pipOf } from "./python.ts";
import { type Requirements, readProject, readRequirements } from "./requirements.ts";

export interface EnvironmentWish {
  python: Python;
  spark: string;
  requirements?: string;
  pyproject?: string;
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
  const asked = await readAsked(wish, effects);
  for (const text of asked.notes) tell({ kind: "note", text });
  if (python.own && asked.lines.length === 0) return python.path;
  const lines = [...asked.lines, ...baseLines(wish, asked)];
  const key = JSON.stringify([1, lines, constraintsIn(lines), python.version, python.path]);
  const name = createHash("sha256").update(key).digest("hex").slice(0, 20);
  const folder = join(cacheFolder(effects.env), "python", name);
  const ready = readyPython(folder);
  if (ready) return ready;
  const file = wish.requirements ?? wish.pyproject;
  const what =
    asked.lines.length > 0
      ? `with ${plural(asked.lines.length, "requirement")} of ${file}`
      : `with ${lines.join(", ")}`;
  try {
    return await withLock(
      `${folder}.lock`,
      async () => readyPython(folder) ?? (await make(folder, lines, what, wish, tell, effects)),
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

async function readAsked(wish: EnvironmentWish, effects: Effects): Promise<Requirements> {
  if (wish.requirements) return readRequirements(wish.requirements);
  if (wish.pyproject) return readProject(wish.pyproject, wish.python.path, effects);
  return { lines: [], notes: [] };
}

/** The base set, but for what the job itself names: its own pin wins. */
function baseLines(wish: EnvironmentWish, asked: Requirements): string[] {
  // With hashes, pip takes no line without one: such a file stands for itself.
  if (asked.lines.some((line) => line.includes("--hash="))) return [];
  const named = asked.lines.map((line) => /^[\w.-]+/.exec(line)?.[0]?.toLowerCase());
  return basePackages(wish.spark, wish.python.minor).filter(
    (line) => !named.includes(/^\w+/.exec(line)?.[0]),
  );
}

function constraintsIn(lines: string[]): (string | undefined)[] {
  return lines.filter((line) => line.startsWith("-c ")).map((line) => readIfThere(line.slice(3)));
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
  lines: string[],
  what: string,
  wish: EnvironmentWish,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const { python } = wish;
  // One that was killed may have left a pip that still writes: never into a folder that is used again.
  for (const old of listIfThere(folder)) {
    rmSync(join(folder, old), { recursive: true, force: true, maxRetries: 3 });
  }
  const environment = `env-${process.pid}-${Date.now().toString(36)}`;
  const path = join(folder, environment);
  const log = join(folder, "pip.log");
  mkdirSync(folder, { recursive: true });
  tell({ kind: "note", text: `making a Python environment ${what} (log: ${log})` });
  const env = { ...effects.env, PIP_USER: "0", PIP_TARGET: "", PIP_PREFIX: "" };
  // pip 22.3 and later installs into an environment that has no pip of its own: faster, and
  // Debian's python3-venv is not needed.
  const pipVersion = await pipOf(python.path, effects);
  const outer = pipVersion !== undefined && compareVersions(pipVersion, "22.3") >= 0;
  const inner = join(path, "bin/python");
  const venv = ["-m", "venv", ...(outer ? ["--without-pip"] : []), path];
  const made = await effects.exec(python.path, venv, { env });
  if (made.code !== 0) {
    const text = lastLines(`${made.stdout}\n${made.stderr}`);
    throw new MayflyError(
      "missing",
      `"${python.path}" (Python ${python.version}) cannot make an environment:\n${text}`,
      pipRemedy(python.path, effects),
    );
  }
  const list = join(folder, "requirements.txt");
  writeFileSync(list, `${lines.join("\n")}\n`);
  const pip = outer
    ? [python.path, ["-m", "pip", "--python", inner]]
    : ([inner, ["-m", "pip"]] as const);
  const [command, start] = pip as [string, string[]];
  const options = ["--disable-pip-version-check", "--no-input", "--no-warn-script-location"];
  const { code, stdout, stderr } = await effects.exec(
    command,
    [...start, "install", ...options, "-r", list],
    { env },
  );
  writeFileSync(log, `${redactText(`${stdout}\n${stderr}`)}`);
  if (code !== 0) throw pipError(what, log, `${stdout}\n${stderr}`);
  writeAtomic(join(folder, MARKER), `${JSON.stringify({ environment, lines, python })}\n`);
  return inner;
}

const OFFLINE =
  /Failed to establish a new connection|NewConnectionError|Name or service not known|Temporary failure in name resolution|Network is unreachable|ConnectTimeout/;

function pipError(what: string, log: string, output: string): MayflyError {
  const culprit =
    /(?:No matching distribution found for|Invalid requirement:|Failed building wheel for|satisfies the requirement|Failed to build) ['"]?([^'"\n(]+)/.exec(
      output,
    )?.[1];
  const text = lastLines(redactText(output));
  const named = culprit ? ` for "${culprit.trim()}"` : "";
  const message = `pip failed${named}, making a Python environment ${what}:\n${text}`;
  if (/No space left on device|Errno 28/.test(output)) {
    return new MayflyError(
      "disk-full",
      message,
      "free some space (mayfly prune shows what can go)",
    );
  }
  if (OFFLINE.test(output)) {
    const remedy =
      "connect once and run it again, or name an index that is reachable from here (pip's configuration, or PIP_INDEX_URL)";
    return new MayflyError("offline", message, remedy);
  }
  return new MayflyError("missing", message, `correct the requirement; all that pip said: ${log}`);
}

function lastLines(text: string, count = 8): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^\[notice\]/.test(line));
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}

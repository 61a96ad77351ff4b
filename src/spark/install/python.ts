import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { lineOf } from "../versions.ts";
import type { Effects, Tell } from "./effects.ts";
import { type Interpreter, remembered } from "./known.ts";
import { pipRemedy, pythonRemedy } from "./packages.ts";

export interface Python {
  /** The interpreter itself, behind any shim of a version manager. */
  path: string;
  version: string;
  minor: number;
  /** The variable that named it: then it is the person's own environment. */
  own: string | undefined;
}

const ASK = "import json, sys; print(json.dumps([sys.version_info[:3], sys.executable]))";
const ASK_PIP = "import pip; print(pip.__version__)";

/** The first Python that this Spark runs on; one that its makers tested it with is preferred. */
export async function findPython(spark: string, tell: Tell, effects: Effects): Promise<Python> {
  const { from, to, runs } = lineOf(spark).python;
  const seen: string[] = [];
  let second: Python | undefined;
  for (const { name, own } of candidates(from, runs, effects.env)) {
    const found = await probe(name, own, effects);
    const what = own ? `${own}=${name}` : name;
    if (!found) {
      if (own) passedOver(what, "it does not start", tell);
      continue;
    }
    const fits = found.minor >= from && found.minor <= runs;
    if (!fits) {
      if (own) {
        passedOver(
          what,
          `it is Python ${found.version}, and Spark ${spark} runs on ${range(spark)}`,
          tell,
        );
      }
      const text = `${name} is Python ${found.version} (${found.path})`;
      if (!seen.includes(text)) seen.push(text);
    } else if (own || found.minor <= to) return found;
    else second ??= found;
  }
  if (second) return second;
  throw new MayflyError(
    "missing",
    `Spark ${spark} runs on Python ${range(spark)}, and there is ${seen.length > 0 ? `none of these: ${seen.join("; ")}` : "no Python on the PATH"}`,
    pythonRemedy(to, effects),
  );
}

/** The version of its pip, if it has one. */
export async function pipOf(python: string, effects: Effects): Promise<string | undefined> {
  const { code, stdout } = await effects.exec(python, ["-c", ASK_PIP], { env: effects.env });
  return code === 0 ? stdout.trim() : undefined;
}

/** Any Python that can fetch: what is fetched does not run on it. */
export async function findPip(preferred: Python, effects: Effects): Promise<string> {
  if (await pipOf(preferred.path, effects)) return preferred.path;
  for (const { name } of candidates(9, 14, effects.env)) {
    const found = await probe(name, undefined, effects);
    if (found && found.minor >= 9 && (await pipOf(found.path, effects))) return found.path;
  }
  throw new MayflyError(
    "missing",
    `fetching needs pip, and "${preferred.path}" (Python ${preferred.version}) has none, nor has any other Python on the PATH`,
    pipRemedy(preferred.path, effects),
  );
}

function range(spark: string): string {
  const { from, runs } = lineOf(spark).python;
  return `3.${from} to 3.${runs}`;
}

function passedOver(what: string, why: string, tell: Tell): void {
  tell({ kind: "note", text: `${what} is passed over: ${why}` });
}

/** What may be a Python, best first; names are looked up here, so that nothing is started in vain. */
function* candidates(
  from: number,
  to: number,
  env: NodeJS.ProcessEnv,
): Iterable<{ name: string; own: string | undefined }> {
  for (const own of ["MAYFLY_PYTHON", "PYSPARK_PYTHON"]) {
    const name = env[own];
    if (name) yield { name, own };
  }
  // An environment that someone activated is meant to be used; conda's "base" is always active.
  if (env.VIRTUAL_ENV) yield { name: join(env.VIRTUAL_ENV, "bin/python"), own: "VIRTUAL_ENV" };
  if (env.CONDA_PREFIX && env.CONDA_DEFAULT_ENV !== "base") {
    yield { name: join(env.CONDA_PREFIX, "bin/python"), own: "CONDA_PREFIX" };
  }
  const names = ["python3"];
  for (let minor = to; minor >= from; minor--) names.push(`python3.${minor}`);
  for (const name of names) if (onPath(name, env)) yield { name, own: undefined };
}

export function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder || ".", name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // not in this one
    }
  }
  return undefined;
}

async function probe(
  name: string,
  own: string | undefined,
  effects: Effects,
): Promise<Python | undefined> {
  const path = name.includes("/") ? name : onPath(name, effects.env);
  const found = path && (await remembered(path, effects.env, () => ask(path, effects)));
  const minor = /^3\.(\d+)\./.exec(found ? found.version : "")?.[1];
  return found && minor ? { ...found, minor: Number(minor), own } : undefined;
}

async function ask(path: string, effects: Effects): Promise<Interpreter | undefined> {
  const { code, stdout } = await effects.exec(path, ["-c", ASK], { env: effects.env });
  if (code !== 0) return undefined;
  try {
    const [version, executable] = JSON.parse(stdout) as [number[], string];
    return { version: version.join("."), path: executable };
  } catch {
    return undefined;
  }
}

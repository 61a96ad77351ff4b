import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { readIfThere, writeAtomic } from "../../base/files.ts";
import { cacheFolder } from "../../base/places.ts";

/** What an interpreter said of itself. */
export interface Interpreter {
  version: string;
  path: string;
}

/** Enough for every Python of a machine; beyond that, old answers are no loss. */
const MOST = 40;

/** Asking a Python costs 50 ms, through pyenv 250: the answer holds as long as what was asked stays the same. */
export async function remembered(
  path: string,
  env: NodeJS.ProcessEnv,
  ask: () => Promise<Interpreter | undefined>,
): Promise<Interpreter | undefined> {
  const key = stateOf(path, env);
  if (key === undefined) return ask();
  const file = join(cacheFolder(env), "python", "known.json");
  const known = read(file);
  const found = known[key];
  if (found && existsSync(found.path)) return found;
  const answer = await ask();
  if (answer) {
    const kept = Object.entries(known).slice(1 - MOST);
    try {
      writeAtomic(file, `${JSON.stringify({ ...Object.fromEntries(kept), [key]: answer })}\n`);
    } catch {
      // a cache that cannot be written makes it slower, not wrong
    }
  }
  return answer;
}

function read(file: string): Record<string, Interpreter> {
  try {
    return JSON.parse(readIfThere(file) ?? "{}") as Record<string, Interpreter>;
  } catch {
    return {};
  }
}

/** All that the answer depends on; undefined for a script that may answer differently each time. */
function stateOf(path: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    const real = realpathSync(path);
    const { mtimeMs, size } = statSync(real);
    const file = `${path} ${real} ${mtimeMs} ${size}`;
    if (!isScript(real)) return file;
    const chosen = pyenvChoice(real, env);
    return chosen && `${file} ${chosen}`;
  } catch {
    return undefined;
  }
}

function isScript(path: string): boolean {
  const start = Buffer.alloc(2);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, 2, 0);
  } finally {
    closeSync(file);
  }
  return start.toString("latin1") === "#!";
}

/** By pyenv's own order: the variable, the nearest `.python-version`, the global file. */
function pyenvChoice(shim: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!dirname(shim).endsWith(`${sep}.pyenv${sep}shims`)) return undefined;
  const root = dirname(dirname(shim));
  const installed = statSync(join(root, "versions")).mtimeMs;
  const chosen =
    env.PYENV_VERSION || nearestFile(process.cwd()) || readIfThere(join(root, "version"));
  return `${installed} ${chosen ?? "system"} ${env.PATH}`;
}

function nearestFile(folder: string): string | undefined {
  const text = readIfThere(join(folder, ".python-version"));
  if (text !== undefined || dirname(folder) === folder) return text;
  return nearestFile(dirname(folder));
}

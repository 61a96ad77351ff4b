import { resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import type { Effects } from "./effects.ts";
import {
  addRequirement,
  type Requirements,
  readProject,
  readRequirements,
} from "./requirements.ts";

/** What a job names for its Python: one of them, or none. */
export interface PythonFiles {
  requirements?: string;
  pyproject?: string;
  /** uv.lock or poetry.lock. */
  lock?: string;
}

export interface Asked extends Requirements {
  /** All that is needed is in the lines, with versions and hashes: nothing else is to be found. */
  pinned: boolean;
}

/** As a job names them, from its folder. */
export const filesFrom = (folder: string, files: PythonFiles = {}): PythonFiles =>
  Object.fromEntries(Object.entries(files).map(([kind, file]) => [kind, resolve(folder, file)]));

/** The file that says it, as messages name it. */
export const fileOf = ({ requirements, pyproject, lock }: PythonFiles) =>
  requirements ?? pyproject ?? lock;

/**
 * The lines of a requirements file that it comes to. A lock is read for the environment given: the variables of markers,
 * or none for the Python that reads it.
 */
export async function readAsked(
  files: PythonFiles,
  python: () => Promise<string>,
  environment: Record<string, string>,
  effects: Effects,
): Promise<Asked> {
  const { requirements, pyproject, lock } = files;
  if (requirements) return { ...readRequirements(requirements), pinned: false };
  if (pyproject)
    return { ...(await readProject(pyproject, await python(), effects)), pinned: false };
  if (lock) return readLock(lock, await python(), environment, effects);
  return { lines: [], extras: [], notes: [], pinned: false };
}

/** In a clone and in the published package alike. */
const LOCK_SCRIPT = resolve(import.meta.dirname, "../../../python/lock.py");

type LockAnswer =
  | { kind: "done"; lines: string[]; notes: string[] }
  | { kind: "error"; message: string; remedy: string };

async function readLock(
  path: string,
  python: string,
  environment: Record<string, string>,
  effects: Effects,
): Promise<Asked> {
  const args = [LOCK_SCRIPT, resolve(path), JSON.stringify(environment)];
  const { code, stdout, stderr } = await effects.exec(python, args, { env: effects.env });
  const answer: LockAnswer =
    code === 0
      ? (JSON.parse(stdout) as LockAnswer)
      : {
          kind: "error",
          message: stderr.trim().split("\n").at(-1) ?? `it ended with ${code}`,
          remedy: `"${python}" needs its pip for this: ${python} -m ensurepip --upgrade`,
        };
  if (answer.kind === "error")
    throw new MayflyError(
      "job-file",
      `cannot read the lock "${path}": ${answer.message}`,
      answer.remedy,
    );
  const found: Asked = { lines: [], extras: [], notes: answer.notes, pinned: true };
  for (const line of answer.lines) addRequirement(line, found);
  return found;
}

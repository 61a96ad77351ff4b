import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { listIfThere, readFileIfThere, readIfThere } from "../base/files.ts";
import { stateFolder } from "../base/places.ts";
import type { ProjectFile } from "../model/project.ts";
import type { Places } from "../targets/target.ts";

export const PROJECT_FILE = "mayfly.yaml";
export const STATE = ".mayfly";

export interface Project {
  folder: string;
  file: ProjectFile | undefined;
}

/** The project someone stands in: the nearest folder above with a mayfly.yaml, else with a .mayfly, else here. */
export function projectFolder(cwd: string): string {
  return above(cwd, PROJECT_FILE) ?? above(cwd, STATE) ?? resolve(cwd);
}

function above(from: string, name: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

export async function loadProject(folder: string): Promise<Project> {
  const path = join(folder, PROJECT_FILE);
  const text = readFileIfThere(path);
  if (text === undefined) return { folder, file: undefined };
  const { readProject } = await import("../model/read-project.ts");
  return { folder, file: readProject(text, path) };
}

export function stateOf(folder: string): string {
  return join(folder, STATE);
}

export function placesOf(
  project: Project,
  liveS3: boolean,
  extra: Record<string, string> = {},
): Places {
  const mounts: Record<string, string> = { ...extra };
  for (const [uri, path] of Object.entries(project.file?.mounts ?? {})) {
    const bucket = uri.replace(/^s3[an]?:\/\//, "").replace(/\/$/, "");
    const folder = resolve(project.folder, path);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new MayflyError(
        "job-file",
        `cannot mount "${uri}": "${path}" is not a folder`,
        `make it with: mkdir -p ${folder}`,
      );
    }
    mounts[bucket] = folder;
  }
  return { state: stateOf(project.folder), mounts, liveS3 };
}

/** Projects that have had runs on this machine, so that a run's id is found from anywhere. */
export function knownProjects(): string[] {
  const folder = join(stateFolder(), "projects");
  return listIfThere(folder)
    .map((name) => readIfThere(join(folder, name)) ?? "")
    .filter((path) => path !== "" && existsSync(stateOf(path)));
}

export function rememberProject(folder: string): void {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const path = join(stateFolder(), "projects", name);
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, folder);
}

/** Programs in a folder that has no job file: one of them makes the folder a job. */
export function programsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(py|scala|sql|jar)$/.test(name))
    .sort();
}

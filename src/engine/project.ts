import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { listIfThere, readFileIfThere, readIfThere } from "../base/files.ts";
import { stateFolder } from "../base/places.ts";
import type { ProjectFile } from "../model/file/project.ts";
import type { Places } from "../targets/target.ts";

export const PROJECT_FILE = "mayfly.yaml";
export const STATE = ".mayfly";

export interface Project {
  folder: string;
  file: ProjectFile | undefined;
}

/**
 * The project someone stands in: the nearest folder above with a mayfly.yaml, else this one. A `.mayfly`
 * further up says nothing: one run started there by accident would take over every folder below.
 */
export function projectFolder(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

/** The project of a program: its own folder's, where its buckets lie already, else that of who runs it. */
export function projectOfProgram(program: string, cwd: string): string {
  const here = projectFolder(cwd);
  const its = projectFolder(dirname(program));
  const known = existsSync(join(its, PROJECT_FILE)) || existsSync(join(its, STATE));
  return known && its !== here && !here.startsWith(`${its}/`) ? its : here;
}

export async function loadProject(folder: string): Promise<Project> {
  const path = join(folder, PROJECT_FILE);
  const text = readFileIfThere(path);
  if (text === undefined) return { folder, file: undefined };
  const { readProject } = await import("../model/file/read-project.ts");
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

/** What Mayfly writes beside the person's files is kept out of their repository. */
export function createState(project: string): void {
  const state = stateOf(project);
  mkdirSync(join(state, "hdfs"), { recursive: true });
  mkdirSync(join(state, "s3"), { recursive: true });
  try {
    writeFileSync(join(state, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
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

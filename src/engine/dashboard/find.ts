import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { readFileIfThere } from "../../base/files.ts";
import { didYouMean } from "../../base/nearest.ts";
import { type ReadDashboard, readDashboard } from "../../model/dashboard/read.ts";
import { loadProject, PROJECT_FILE, projectFolder } from "../project.ts";

const USUAL = "dashboard.yaml";

export interface FoundDashboard extends ReadDashboard {
  file: string;
  /** The project whose runs it asks. */
  project: string;
}

/** What the word after `mayfly dashboard build` means: a job with a dashboard, a file, a folder, or what is here. */
export async function findDashboard(
  word: string | undefined,
  cwd: string,
): Promise<FoundDashboard> {
  return openDashboard(await fileOf(word, cwd));
}

export function openDashboard(file: string): FoundDashboard {
  const text = readFileIfThere(file);
  if (text === undefined)
    throw new MayflyError(
      "not-found",
      `cannot read the dashboard "${file}": there is no such file`,
      "docs/dashboards.md shows one",
    );
  return { ...readDashboard(text, file), file, project: projectFolder(dirname(file)) };
}

async function fileOf(word: string | undefined, cwd: string): Promise<string> {
  const { folder, file } = await loadProject(projectFolder(cwd));
  const jobs = Object.entries(file?.jobs ?? {});
  if (word === undefined) return inFolder(folder, cwd, "here");
  const job = jobs.find(([name]) => name === word)?.[1];
  const path = resolve(cwd, word);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (job && stat)
    throw new MayflyError(
      "ambiguous",
      `cannot tell what "${word}" is: a job of "${PROJECT_FILE}", or the ${stat.isFile() ? "file" : "folder"} here`,
      `write "./${word}" for what is here`,
    );
  if (job?.dashboard !== undefined) return resolve(folder, job.dashboard);
  if (job)
    throw new MayflyError(
      "not-found",
      `cannot show the job "${word}": it has no dashboard`,
      `write one, and dashboard: ${USUAL} into the job (docs/dashboards.md)`,
    );
  if (stat?.isDirectory()) return inFolder(path, path, `in "${word}"`);
  if (stat) return basename(path) === PROJECT_FILE ? inFolder(dirname(path), cwd, "here") : path;
  throw new MayflyError(
    "not-found",
    `cannot find the dashboard "${word}": no such file or folder, and no such job`,
    didYouMean(word, [
      ...jobs.map(([name]) => name),
      ...readdirSync(cwd).filter((name) => /\.ya?ml$/.test(name)),
    ]) ?? `name a ${USUAL}, its folder, or a job that has one`,
  );
}

/** The one that a job of the folder has, else the file of the usual name. */
async function inFolder(folder: string, cwd: string, where: string): Promise<string> {
  const { file } = await loadProject(folder);
  const named = Object.entries(file?.jobs ?? {}).flatMap(([name, { dashboard }]) =>
    dashboard === undefined ? [] : [{ name, path: resolve(folder, dashboard) }],
  );
  const paths = [...new Set(named.map(({ path }) => path))];
  if (paths.length > 1)
    throw new MayflyError(
      "ambiguous",
      `cannot tell which dashboard is meant: ${paths.length} jobs ${where} have one`,
      `name the job: ${named.map(({ name }) => name).join(", ")}`,
    );
  const usual = [join(cwd, USUAL), join(folder, USUAL)].find((path) => existsSync(path));
  const path = paths[0] ?? usual;
  if (path !== undefined) return path;
  throw new MayflyError(
    "not-found",
    `cannot find a dashboard ${where}: no ${USUAL}, and no job of a ${PROJECT_FILE} has one`,
    "docs/dashboards.md shows how one is written",
  );
}

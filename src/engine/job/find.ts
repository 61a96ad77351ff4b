import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import { makeJob, sparkKind } from "../../model/file/make-job.ts";
import { type Job, noOptions } from "../../model/job.ts";
import { suggestPath } from "../../storage/missing.ts";
import { rootsOf } from "../../storage/places.ts";
import type { Places } from "../../targets/target.ts";
import {
  loadProject,
  PROJECT_FILE,
  type Project,
  placesOf,
  programsIn,
  projectFolder,
  projectOfProgram,
} from "../project.ts";

const STEPS_FILE = "emr_steps_configuration.json";

export interface Found {
  job: Job;
  project: Project;
  places: Places;
}

interface Wish {
  job: string;
  cwd: string;
  small: boolean;
  liveS3: boolean;
}

/** What the word after `mayfly run` means: a job of the project, a program, a steps file or a folder. */
export async function findJob(wish: Wish): Promise<Found> {
  const project = await loadProject(projectFolder(wish.cwd));
  const jobs = project.file?.jobs ?? {};
  const entry = Object.hasOwn(jobs, wish.job) ? jobs[wish.job] : undefined;
  const path = resolve(wish.cwd, wish.job);
  const stat = /^[a-z0-9]+:\/\//.test(wish.job)
    ? undefined
    : statSync(path, { throwIfNoEntry: false });
  if (entry && stat) {
    throw new MayflyError(
      "ambiguous",
      `cannot run "${wish.job}": it is a job of "${PROJECT_FILE}" and a ${stat.isDirectory() ? "folder" : "file"} here`,
      `write "./${wish.job}" for the ${stat.isDirectory() ? "folder" : "file"}, or rename the job`,
    );
  }
  if (entry) {
    const places = placesOf(project, wish.liveS3);
    return { job: makeJob(wish.job, entry, project.folder, wish.small), project, places };
  }
  if (stat?.isDirectory()) return folderJob(path, wish);
  if (stat?.isFile() && basename(path) === STEPS_FILE) return stepsJob(path, wish);
  if (stat?.isFile() && basename(path) === PROJECT_FILE) return folderJob(dirname(path), wish);
  noSmall(wish);
  if (stat === undefined && !/^(s3[an]?|hdfs):\/\//.test(wish.job)) throw notFound(wish, project);
  const kind = sparkKind(wish.job, "the command line");
  const home = stat ? await loadProject(projectOfProgram(path, wish.cwd)) : project;
  const job: Job = {
    name: basename(wish.job),
    folder: wish.cwd,
    steps: [
      {
        kind,
        name: basename(wish.job),
        main: wish.job,
        args: [],
        onFailure: "stop",
        options: noOptions(),
      },
    ],
    inputs: {},
    outputs: {},
    options: noOptions(),
    env: {},
    ...requirementsBeside(dirname(path)),
  };
  return { job, project: home, places: placesOf(home, wish.liveS3) };
}

/** `requirements.txt` or `pyproject.toml` beside a script is what the script needs. */
function requirementsBeside(folder: string): Pick<Job, "python"> {
  if (existsSync(join(folder, "requirements.txt"))) {
    return { python: { requirements: join(folder, "requirements.txt") } };
  }
  if (existsSync(join(folder, "pyproject.toml")))
    return { python: { pyproject: join(folder, "pyproject.toml") } };
  return {};
}

async function folderJob(folder: string, wish: Wish): Promise<Found> {
  const project = await loadProject(folder);
  const names = Object.keys(project.file?.jobs ?? {});
  const [name] = names;
  if (names.length > 1) {
    throw new MayflyError(
      "ambiguous",
      `cannot run "${wish.job}": its ${PROJECT_FILE} has ${names.length} jobs`,
      `choose one: ${folder === wish.cwd ? "" : `cd ${wish.job}, then `}${names.map((one) => `mayfly run ${one}`).join(" or ")}`,
    );
  }
  const entry = name === undefined ? undefined : project.file?.jobs?.[name];
  if (name !== undefined && entry) {
    return {
      job: makeJob(name, entry, folder, wish.small),
      project,
      places: placesOf(project, wish.liveS3),
    };
  }
  if (existsSync(join(folder, STEPS_FILE))) return stepsJob(join(folder, STEPS_FILE), wish);
  const programs = programsIn(folder);
  if (programs.length === 1 && programs[0]) {
    return findJob({ ...wish, job: join(folder, programs[0]), cwd: folder });
  }
  const has =
    programs.length === 0
      ? "no program"
      : `${programs.length} programs (${programs.slice(0, 5).join(", ")})`;
  throw new MayflyError(
    "not-found",
    `cannot run "${wish.job}": the folder has no ${PROJECT_FILE} with a job, no ${STEPS_FILE}, and ${has}`,
    programs.length > 1
      ? `name one: mayfly run ${join(wish.job, programs[0] ?? "")}`
      : "mayfly init writes a job file",
  );
}

async function stepsJob(file: string, wish: Wish): Promise<Found> {
  noSmall(wish);
  const folder = dirname(file);
  const { readStepsFile } = await import("../../model/file/read-steps-file.ts");
  const read = readStepsFile(readFileSync(file, "utf8"), file, folder, existsSync);
  const project = await loadProject(folder);
  const places = placesOf(project, wish.liveS3);
  const job = { ...read.job, name: basename(folder), ...requirementsBeside(folder) };
  // Each step's data is staged into the bucket first, as the stack does with an upload.
  const copies = read.data.map(({ folder: from, uri }) => ({
    kind: "copy" as const,
    name: `upload ${basename(from)}`,
    from,
    to: uri,
    args: [],
    onFailure: "stop" as const,
  }));
  return { job: { ...job, steps: [...copies, ...job.steps] }, project, places };
}

function noSmall(wish: Wish): void {
  if (!wish.small) return;
  throw new MayflyError(
    "usage",
    `cannot run "${wish.job}" with --small: only a job of ${PROJECT_FILE} says what small means`,
    "leave --small out, or write a job with a small: entry",
  );
}

function notFound(wish: Wish, project: Project): MayflyError {
  const jobs = Object.keys(project.file?.jobs ?? {});
  const looksLikePath = /[./]/.test(wish.job);
  const hint = looksLikePath
    ? suggestPath(wish.job, rootsOf("/", {}), wish.cwd)
    : didYouMean(wish.job, [...jobs, ...(existsSync(wish.cwd) ? programsIn(wish.cwd) : [])]);
  return new MayflyError(
    "not-found",
    `cannot run "${wish.job}": no such file or folder${jobs.length > 0 ? `, and no job of that name in ${PROJECT_FILE}` : ""}`,
    hint ??
      (jobs.length > 0
        ? `jobs here: ${jobs.join(", ")}`
        : "name a .py, .scala, .sql or .jar file, a folder, or a job"),
  );
}

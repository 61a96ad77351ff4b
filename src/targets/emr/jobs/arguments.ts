import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MayflyError } from "../../../base/errors.ts";
import { formatBytes, formatCount, plural } from "../../../base/format.ts";
import type { Job, Step } from "../../../model/job.ts";
import { localFilesBelow } from "./folder.ts";
import { below, isElsewhere, pathOf, splitArgument } from "./there.ts";

/** More than that is not brought along at each change: it belongs on S3. */
const MOST_BYTES = 500e6;
const MOST_FILES = 2000;

/** A file or folder of this machine that a step names: what the cluster does not see by itself. */
export interface LocalInput {
  /** As the argument names it. */
  named: string;
  path: string;
  folder: boolean;
}

/** What an argument names on this machine; undefined for a word, and for what must not leave it. */
export function localInput(arg: string, job: Job): LocalInput | undefined {
  const [, value] = splitArgument(arg);
  if (value === "" || isElsewhere(value)) return undefined;
  const path = pathOf(value, job.folder);
  const declared = Object.values(job.inputs).some(
    (uri) => !isElsewhere(uri) && below(path, pathOf(uri, job.folder)) !== undefined,
  );
  // A word may be the name of a folder by chance.
  if (!declared && !/[./]/.test(value)) return undefined;
  // The machine's own folders are there as well; the project itself is not data.
  const mine = below(path, job.folder) ?? below(path, homedir());
  if (!declared && (mine === undefined || mine === "")) return undefined;
  if (below(job.folder, path) !== undefined) return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() && !found?.isDirectory()) return undefined;
  return { named: value, path, folder: found.isDirectory() };
}

/** Those of a step, each once. */
export function inputsOf(step: Step, job: Job): LocalInput[] {
  if (step.kind === "copy") {
    // What goes to S3 this machine copies itself.
    if (isElsewhere(step.from) || !step.to.startsWith("hdfs:")) return [];
    const path = pathOf(step.from, job.folder);
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? [{ named: step.from, path, folder: found.isDirectory() }] : [];
  }
  const named = new Map<string, LocalInput>();
  for (const arg of step.args) {
    const input = localInput(arg, job);
    if (input && !(isPlain(step) && isOutside(input, job))) named.set(input.named, input);
  }
  return [...named.values()];
}

/** Before there is a cluster: what is too large, and what a plain program could not find. */
export async function requireSmall(job: Job): Promise<void> {
  for (const step of job.steps)
    for (const input of inputsOf(step, job)) {
      const files = await localFilesBelow(input.path);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      if (bytes <= MOST_BYTES && files.length <= MOST_FILES) continue;
      throw new MayflyError(
        "refused",
        `cannot bring "${input.named}" to the cluster: it holds ${formatBytes(bytes)} in ${plural(files.length, "file")}, and ${formatBytes(MOST_BYTES)} in ${formatCount(MOST_FILES)} files are the most`,
        `put it on S3 once, and name that: mayfly fs sync --live-s3 ${input.named} s3://BUCKET/${below(input.path, job.folder) ?? ""}`,
      );
    }
}

/** They open files, not URIs, and find them from their working folder. */
const isPlain = ({ kind }: Step) => kind === "command" || kind === "python";
const isOutside = ({ path }: LocalInput, job: Job) => below(path, job.folder) === undefined;

/** What will not be there, as far as the words tell. */
export function argumentNotes(job: Job): string[] {
  const notes: string[] = [];
  for (const step of job.steps) {
    if (step.kind === "copy") continue;
    for (const arg of step.args) {
      const [, value] = splitArgument(arg);
      if (value === "" || isElsewhere(value)) continue;
      const input = localInput(arg, job);
      if (input ? isPlain(step) && isOutside(input, job) : isOther(value, job))
        notes.push(
          `"${value}" is there on this machine, and is not brought to the cluster; mayfly fs cp ${value} s3://…`,
        );
      else if (!input && /^[\w-]+$/.test(value) && isFolder(join(job.folder, value)))
        notes.push(
          `"${value}" is taken as a word; write ./${value} to bring the folder of that name`,
        );
      else if (!isPlain(step) && isNowhere(value, job))
        notes.push(
          `"${value}" is not there on this machine: Spark takes it for a path of the cluster, which goes with it; what is to stay goes to s3://…, or is named in outputs:`,
        );
    }
  }
  return [...new Set(notes)];
}

const isFolder = (path: string) =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** What is written like a path of this machine, and is neither there nor an output, which has a place on S3. */
const isNowhere = (value: string, job: Job) =>
  /^\.{1,2}\//.test(value) &&
  !/[*?[{]/.test(value) &&
  statSync(pathOf(value, job.folder), { throwIfNoEntry: false }) === undefined &&
  !Object.values(job.outputs).some(
    (uri) =>
      !isElsewhere(uri) && below(pathOf(value, job.folder), pathOf(uri, job.folder)) !== undefined,
  );

/** A path of this machine outside of the job's folder and of the person's. */
const isOther = (value: string, job: Job) =>
  /[./]/.test(value) &&
  !/^\.{1,2}\/?$|^\/[^/]*\/?$/.test(value) &&
  statSync(pathOf(value, job.folder), { throwIfNoEntry: false }) !== undefined;

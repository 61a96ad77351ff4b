import { createHash } from "node:crypto";
import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { isSpark, type Job, type Step } from "../../model/job.ts";
import { PROJECT_FILE } from "../project.ts";

/** What a program may consist of; data that lies beside it is not code. */
const CODE =
  /\.(?:py|sql|scala|java|r|sh|jar|ipynb|ya?ml|toml|cfg|ini|conf|properties)$|^requirements.*\.txt$|^emr_steps_configuration\.json$/i;
const NOT_OURS = /^[._]|^(?:node_modules|venv|env|spark-warehouse|metastore_db|site-packages)$/;
/** Someone may keep a script in their home. */
const MOST_FOLDERS = 200;
const MOST_FILES = 2000;
/** Where the system does not tell of changes (network disks), we look. */
const LOOK_MS = 2000;
/** An editor writes a file in several goes. */
const SETTLE_MS = 80;

export interface WatchedFiles {
  count(): number;
  /** The files that are others than they were, as soon as there are some; none when the signal comes. */
  next(signal: AbortSignal): Promise<string[]>;
  /** The job may by now be made of other files. */
  follow(job: Job, project: string): void;
  close(): void;
}

export function watchFiles(job: Job, project: string): WatchedFiles {
  let places = placesOf(job, project);
  const watchers = new Map<string, FSWatcher>();
  let wake = () => {};
  let found = scan(places);
  let known = hashes(found.files);

  const watchFolders = () => {
    for (const [folder, watcher] of watchers) {
      if (found.folders.includes(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of found.folders.filter((one) => !watchers.has(one))) {
      try {
        const watcher = watch(folder, { persistent: false }, () => wake());
        watchers.set(
          folder,
          watcher.on("error", () => watcher.close()),
        );
      } catch {
        // gone, or too many for the system: we look now and then
      }
    }
  };
  watchFolders();

  const changed = (): string[] => {
    found = scan(places);
    watchFolders();
    const now = hashes(found.files, known);
    const names = new Set([...known.keys(), ...now.keys()]);
    const others = [...names].filter((name) => known.get(name)?.hash !== now.get(name)?.hash);
    known = now;
    return others;
  };

  return {
    count: () => known.size,
    async next(signal) {
      while (!signal.aborted) {
        const others = new Set(changed());
        if (others.size > 0) {
          for (let more = [...others]; more.length > 0; more = changed()) {
            for (const name of more) others.add(name);
            await systemClock.sleep(SETTLE_MS);
          }
          return [...others].sort();
        }
        const woken = new AbortController();
        wake = () => woken.abort();
        signal.addEventListener("abort", wake, { once: true });
        await systemClock.sleep(LOOK_MS, woken.signal);
        signal.removeEventListener("abort", wake);
      }
      return [];
    },
    follow(next, at) {
      places = placesOf(next, at);
      found = scan(places);
      known = new Map(
        [...hashes(found.files, known)].map(([name, now]) => [name, known.get(name) ?? now]),
      );
      watchFolders();
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

interface CodePlaces {
  folders: string[];
  files: string[];
}

/** Folders that are searched for code, and files that the job names, whatever they are called. */
function placesOf(job: Job, project: string): CodePlaces {
  const at = (path: string) => resolve(job.folder, path);
  const files = job.steps
    .flatMap(filesOf)
    .concat(Object.values(job.python ?? {}), optionFiles(job.options), join(project, PROJECT_FILE));
  const local = files.filter((path) => !/^[a-z0-9]+:\/\//i.test(path)).map(at);
  const mains = job.steps.flatMap((step) => ("main" in step ? [dirname(at(step.main))] : []));
  return { folders: [...new Set([job.folder, ...mains])], files: [...new Set(local)] };
}

function filesOf(step: Step): string[] {
  if (step.kind === "command" || step.kind === "copy") return [];
  return [step.main, ...(isSpark(step) ? optionFiles(step.options) : [])];
}

function optionFiles(options: Job["options"]): string[] {
  const { jars, pyFiles, files, archives } = options;
  // What stands behind # is another name for the file.
  return [...jars, ...pyFiles, ...files, ...archives].map((path) => path.replace(/#[^#/]*$/, ""));
}

function scan({ folders, files }: CodePlaces): { folders: string[]; files: string[] } {
  const found = new Set(files);
  const searched = new Set<string>();
  const waiting = [...folders];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (searched.size >= MOST_FOLDERS) break;
    if (searched.has(folder)) continue;
    searched.add(folder);
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_OURS.test(entry.name)) waiting.push(path);
      else if (entry.isFile() && CODE.test(entry.name) && found.size < MOST_FILES) found.add(path);
    }
  }
  for (const file of files) searched.add(dirname(file));
  return { folders: [...searched], files: [...found] };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone, or not ours to look into
  }
}

interface Known {
  mark: string;
  hash: string;
}

/** A file that was saved as it was is not another one. */
function hashes(files: string[], known = new Map<string, Known>()): Map<string, Known> {
  const now = new Map<string, Known>();
  for (const file of files) {
    try {
      const stat = statSync(file);
      if (!stat.isFile()) continue;
      const mark = `${stat.size} ${stat.mtimeMs} ${stat.ino}`;
      const before = known.get(file);
      now.set(file, before?.mark === mark ? before : { mark, hash: hashOf(file, stat.size, mark) });
    } catch {
      // not there (yet, or any more)
    }
  }
  return now;
}

function hashOf(file: string, size: number, mark: string): string {
  if (size > 50e6) return mark;
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

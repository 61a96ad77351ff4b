import { createHash } from "node:crypto";
import { existsSync, type FSWatcher, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { isSpark, type Job, type Step } from "../../model/job.ts";
import { PROJECT_FILE } from "../project.ts";

/** What a program may consist of; data that lies beside it is not code. */
const CODE =
  /\.(?:py|sql|scala|java|r|sh|jar|ipynb|ya?ml|toml|lock|cfg|ini|conf|properties)$|^requirements.*\.txt$|^emr_steps_configuration\.json$/i;
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
  /** Files that the job writes itself, as it turns out. Returns those that are no longer watched. */
  ignore(files: string[]): string[];
  close(): void;
}

export function watchFiles(job: Job, project: string): WatchedFiles {
  let places = placesOf(job, project);
  const watchers = new Map<string, FSWatcher>();
  const ignored = new Set<string>();
  let wake = () => {};
  let found = scan(places);
  let known = hashes(found.files);
  let scanMs = 0;

  const watchFolders = () => {
    for (const [folder, watcher] of watchers) {
      if (found.folders.includes(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of found.folders.filter((one) => !watchers.has(one))) {
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) => {
          if (name === null || mayMatter(join(folder, name))) wake();
        });
        watchers.set(
          folder,
          watcher.on("error", () => watcher.close()),
        );
      } catch {
        // gone, or too many for the system: we look now and then
      }
    }
  };
  /** Data that a job writes here by the thousand must not make us look each time. */
  const mayMatter = (path: string) => {
    const name = basename(path);
    return CODE.test(name) || !name.includes(".") || places.files.includes(path);
  };
  watchFolders();

  const changed = (): string[] => {
    const began = performance.now();
    found = scan(places);
    watchFolders();
    const now = hashes(
      found.files.filter((file) => !ignored.has(file)),
      known,
    );
    const others = [...now.keys()].filter((name) => {
      const before = known.get(name)?.hash;
      // Where there are too many to look at all, one that was not seen before is not a new one.
      return before === undefined ? !found.partly : before !== now.get(name)?.hash;
    });
    for (const [name, before] of known) {
      if (now.has(name) || ignored.has(name)) continue;
      if (found.partly && existsSync(name)) now.set(name, before);
      else others.push(name);
    }
    known = now;
    scanMs = performance.now() - began;
    return others;
  };

  return {
    count: () => known.size,
    async next(signal) {
      while (!signal.aborted) {
        const others = new Set(changed());
        if (others.size > 0) {
          let more = [...others];
          for (let round = 0; more.length > 0 && round < 20 && !signal.aborted; round++) {
            for (const name of more) others.add(name);
            await systemClock.sleep(SETTLE_MS, signal);
            more = changed();
          }
          return [...others, ...more].sort();
        }
        const woken = new AbortController();
        wake = () => woken.abort();
        signal.addEventListener("abort", wake, { once: true });
        await systemClock.sleep(LOOK_MS, woken.signal);
        signal.removeEventListener("abort", wake);
        // However much happens there, looking takes a small part of our time.
        await systemClock.sleep(Math.min(10 * scanMs, LOOK_MS), signal);
      }
      return [];
    },
    follow(next, at) {
      places = placesOf(next, at);
      found = scan(places);
      const files = found.files.filter((file) => !ignored.has(file));
      known = new Map(
        [...hashes(files, known)].map(([name, now]) => [name, known.get(name) ?? now]),
      );
      watchFolders();
    },
    ignore(files) {
      const written = files.filter((file) => !places.programs.includes(file));
      for (const file of written) ignored.add(file);
      return written;
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

interface CodePlaces {
  folders: string[];
  files: string[];
  /** Those of the files that nobody but a person writes. */
  programs: string[];
}

/** Folders that are searched for code, and files that the job names, whatever they are called. */
function placesOf(job: Job, project: string): CodePlaces {
  const at = (path: string) => resolve(job.folder, path);
  const local = (paths: string[]) => paths.filter((path) => !/^[a-z0-9]+:\/\//i.test(path)).map(at);
  const own = [...Object.values(job.python ?? {}), ...optionFiles(job.options)];
  const programs = local([...job.steps.flatMap(filesOf), ...own, join(project, PROJECT_FILE)]);
  // sh say.sh: its program is one of its words, and so may be what it writes.
  const words = local(
    job.steps.flatMap((step) => (step.kind === "command" ? [step.command, ...step.args] : [])),
  );
  const mains = job.steps.flatMap((step) => ("main" in step ? [dirname(at(step.main))] : []));
  return {
    folders: [...new Set([job.folder, ...mains])],
    files: [...new Set([...programs, ...words])],
    programs,
  };
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

interface Scanned {
  folders: string[];
  files: string[];
  /** There is more than we look at. */
  partly: boolean;
}

function scan({ folders, files }: CodePlaces): Scanned {
  const found = new Set(files);
  const searched = new Set<string>();
  const waiting = [...folders];
  let partly = false;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (searched.has(folder)) continue;
    if (searched.size >= MOST_FOLDERS) partly = true;
    if (partly) break;
    searched.add(folder);
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!NOT_OURS.test(entry.name)) waiting.push(path);
      } else if (CODE.test(entry.name)) {
        if (found.size < MOST_FILES) found.add(path);
        else partly = true;
      }
    }
  }
  for (const file of files) searched.add(dirname(file));
  return { folders: [...searched], files: [...found], partly };
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

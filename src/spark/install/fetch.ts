import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, sizeOf, writeAtomic } from "../../base/files.ts";
import { formatBytes } from "../../base/format.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import type { Effects, Tell } from "./effects.ts";
import { fetchError, type Package } from "./packages.ts";

/** In a clone and in the published package alike, `python/` lies three folders above. */
export const FETCH_SCRIPT = resolve(import.meta.dirname, "../../../python/fetch.py");
const MARKER = ".complete";

/**
 * The folder of a package in the cache, fetched when it is not there whole. Under its final name a
 * folder is always complete: it is unpacked beside it and renamed. `python` is asked for only then.
 */
export async function fetchPackage(
  wanted: Package,
  python: () => Promise<string>,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const home = join(cacheFolder(effects.env), wanted.folder, wanted.version);
  if (!problemOf(home)) return home;
  try {
    return await withLock(
      join(dirname(home), `.${wanted.version}.lock`),
      () => fetchInto(home, wanted, python, tell, effects),
      (pid) =>
        tell({
          kind: "note",
          text: `waiting for process ${pid}, which is fetching ${wanted.label}`,
        }),
    );
  } catch (error) {
    throw toMayflyError(error, `fetch ${wanted.label}`);
  }
}

async function fetchInto(
  home: string,
  wanted: Package,
  python: () => Promise<string>,
  tell: Tell,
  effects: Effects,
): Promise<string> {
  const problem = problemOf(home);
  if (!problem) return home;
  if (problem !== "absent") {
    const text = `${wanted.label} in the cache is damaged (${problem}): it is fetched again`;
    tell({ kind: "note", text });
    rmSync(home, { recursive: true, force: true });
  }
  const parts = join(dirname(home), `.${wanted.version}.parts`);
  const unpacked = join(dirname(home), `.${wanted.version}.new`);
  // Left by one that was killed: whoever holds the lock is alone here.
  rmSync(unpacked, { recursive: true, force: true });
  checkSpace(dirname(home), wanted, sizeOf(parts).bytes, effects);
  const text = `fetching ${wanted.label} (about ${formatBytes(wanted.download)}, once) into ${home}`;
  tell({ kind: "note", text });
  const done = await download(wanted, await python(), { parts, unpacked }, tell, effects);
  if (wanted.finish) {
    const [program, ...args] = wanted.finish;
    await effects.exec(join(unpacked, program), args, { env: effects.env });
  }
  writeMarker(unpacked, wanted, done.sha256);
  renameSync(unpacked, home);
  rmSync(parts, { recursive: true, force: true });
  return home;
}

function checkSpace(folder: string, wanted: Package, had: number, effects: Effects): void {
  mkdirSync(folder, { recursive: true });
  const free = effects.freeSpace(folder);
  const needed = wanted.download + wanted.unpacked - had;
  if (free >= needed) return;
  throw new MayflyError(
    "disk-full",
    `cannot fetch ${wanted.label}: it needs ${formatBytes(needed)}, and "${folder}" has ${formatBytes(free)} free`,
    "free some space (mayfly prune shows what can go), or set MAYFLY_CACHE to a folder on another disk",
  );
}

type FetchLine =
  | { kind: "progress"; phase: "download" | "unpack"; bytes: number; total: number | null }
  | { kind: "done"; version: string; sha256: string }
  | { kind: "error"; code: string; message: string };

async function download(
  wanted: Package,
  python: string,
  folders: { parts: string; unpacked: string },
  tell: Tell,
  effects: Effects,
): Promise<{ sha256: string }> {
  const { parts, unpacked } = folders;
  const ends: FetchLine[] = [];
  const args = ["get", wanted.name, `==${wanted.version}`, "--to", unpacked, "--parts", parts];
  const { code, stderr } = await effects.exec(
    python,
    [FETCH_SCRIPT, ...args, "--as", wanted.form],
    {
      env: effects.env,
      onLine(text) {
        const line = parseLine(text);
        if (line?.kind === "progress") {
          const what = line.phase === "unpack" ? `unpacking ${wanted.label}` : wanted.label;
          tell({ kind: "progress", what, bytes: line.bytes, total: line.total ?? undefined });
        } else if (line) ends.push(line);
      },
    },
  );
  const end = ends.at(-1);
  if (end?.kind === "done" && code === 0) return end;
  if (end?.kind === "error") throw fetchError(wanted, end, python, effects);
  const message = stderr.trim().split("\n").slice(-3).join("\n") || `it ended with ${code}`;
  throw fetchError(wanted, { code: "other", message }, python, effects);
}

function parseLine(text: string): FetchLine | undefined {
  try {
    return JSON.parse(text) as FetchLine;
  } catch {
    return undefined; // a warning of the Python
  }
}

/** Names what a program would miss, with sizes: a damaged cache is seen before a job trips over it. */
function writeMarker(folder: string, wanted: Package, sha256: string): void {
  const files: Record<string, number> = {};
  for (const part of wanted.checked) {
    for (const name of readdirSync(join(folder, part))) {
      const stat = statSync(join(folder, part, name));
      if (stat.isFile()) files[`${part}/${name}`] = stat.size;
    }
  }
  writeAtomic(
    join(folder, MARKER),
    `${JSON.stringify({ name: wanted.name, version: wanted.version, sha256, files })}\n`,
  );
}

/** What is wrong with a folder of the cache; undefined when nothing is. */
export function problemOf(home: string): string | undefined {
  const text = readIfThere(join(home, MARKER));
  if (text === undefined) return listIfThere(home).length > 0 ? "it is not complete" : "absent";
  let files: [string, number][];
  try {
    files = Object.entries((JSON.parse(text) as { files: Record<string, number> }).files);
  } catch {
    return `${MARKER} cannot be read`;
  }
  for (const [name, size] of files) {
    const stat = statSync(join(home, name), { throwIfNoEntry: false });
    if (!stat) return `${name} is missing`;
    if (stat.size !== size) return `${name} has ${stat.size} bytes instead of ${size}`;
  }
  return undefined;
}

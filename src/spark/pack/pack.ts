import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { formatBytes, plural } from "../../base/format.ts";
import { withLock } from "../../base/locks.ts";
import { cacheFolder } from "../../base/places.ts";
import { type Asked, fileOf, type PythonFiles, readAsked } from "../install/asked.ts";
import type { Effects, Tell } from "../install/effects.ts";
import { constraintsIn, unnamed } from "../install/environment.ts";
import { findPip, findPython } from "../install/python.ts";
import { DEFAULT_SPARK, packagesFor, pinsFor } from "../versions.ts";
import { digestOfLocal } from "./locals.ts";
import {
  abiOf,
  describePlatform,
  markerEnvironment,
  minorOf,
  type Platform,
  platformTags,
} from "./platform.ts";
import { type Failure, packProblem } from "./problem.ts";

export interface PackWish extends PythonFiles {
  /** The Spark that runs there. */
  spark: string;
  /** Its Python has nothing of its own: what every program may count on comes along. */
  bare: boolean;
}

/** Packages for a machine, as one archive that runs wherever it is unpacked. */
export interface Pack {
  file: string;
  /** Of what is in it: the same wheels have the same. */
  hash: string;
  wheels: string[];
  /** `4 wheels for Linux x86_64 …, 21 MB` */
  how: string;
}

const PACK_SCRIPT = resolve(import.meta.dirname, "../../../python/pack.py");
/** What an archive is made by: another number, and those made before are not used. */
const MAKING = 1;

/**
 * The packages that a job asks for, from this machine's cache or fetched by the person's own pip. Whatever interrupts it,
 * there is a whole archive or none; of two that want the same, one waits. Undefined where nothing is asked for.
 */
export async function packFor(
  platform: Platform,
  wish: PackWish,
  tell: Tell,
  effects: Effects,
): Promise<Pack | undefined> {
  let found: string | undefined;
  const python = async () => {
    found ??= await findPip(await findPython(DEFAULT_SPARK, tell, effects), effects);
    return found;
  };
  const asked = await readAsked(wish, python, markerEnvironment(platform), effects);
  for (const text of asked.notes) tell({ kind: "note", text });
  const { lines, pins } = linesFor(asked, platform, wish);
  if (lines.length === 0) return undefined;
  const file = fileOf(wish);
  const base = dirname(resolve(file ?? "."));
  const local = digestOfLocal(lines, base);
  const key = [MAKING, lines, pins, asked.pinned, constraintsIn(lines), local, platform];
  const name = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 20);
  const home = join(cacheFolder(effects.env), "python", `pack-${name}`);
  const what = file === undefined ? lines.join(", ") : `of ${file}`;
  const ready = readyPack(home, platform);
  if (ready) return ready;
  const work = { home, platform, lines, pins, base, what, nodeps: asked.pinned };
  try {
    return await withLock(
      `${home}.lock`,
      async () => readyPack(home, platform) ?? (await make(work, await python(), tell, effects)),
      (pid) =>
        tell({ kind: "note", text: `waiting for process ${pid}, which makes the same packages` }),
    );
  } catch (error) {
    throw toMayflyError(error, `make the packages ${what}`);
  }
}

function linesFor(asked: Asked, platform: Platform, wish: PackWish) {
  const minor = Number(platform.python.split(".")[1]);
  // With hashes pip takes no line without one: such a list stands for itself.
  if (asked.lines.some((line) => line.includes("--hash="))) return { lines: asked.lines, pins: [] };
  const brought = packagesFor(wish.spark, minor, asked.extras);
  // numpy is there as on the laptop, but for a Python that has nothing.
  const ours = wish.bare ? brought : brought.filter((line) => !line.startsWith("numpy"));
  const lines = [...asked.lines, ...unnamed(ours, asked.lines)];
  return { lines, pins: asked.pinned ? [] : unnamed(pinsFor(wish.spark, minor), lines) };
}

const MARKER = "complete.json";

function readyPack(home: string, platform: Platform): Pack | undefined {
  try {
    const told = JSON.parse(readIfThere(join(home, MARKER)) ?? "") as Omit<Pack, "how"> & {
      bytes: number;
    };
    const file = join(home, told.file);
    if (!existsSync(file)) return undefined;
    const how = `${plural(told.wheels.length, "wheel")} for ${describePlatform(platform)}, ${formatBytes(told.bytes)}`;
    return { file, hash: told.hash, wheels: told.wheels, how };
  } catch {
    return undefined;
  }
}

interface Work {
  home: string;
  platform: Platform;
  lines: string[];
  pins: string[];
  base: string;
  what: string;
  nodeps: boolean;
}

type Answer =
  | { kind: "done"; digest: string; bytes: number; wheels: string[] }
  | ({ kind: "error" } & Failure);

async function make(work: Work, python: string, tell: Tell, effects: Effects): Promise<Pack> {
  const { home, platform, lines, pins, base, what, nodeps } = work;
  // Left by one that was killed.
  for (const old of listIfThere(home)) rmSync(join(home, old), { recursive: true, force: true });
  const folder = join(home, `making-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const limits = join(folder, "limits.txt");
  writeFileSync(limits, `${pins.join("\n")}\n`);
  const [asked, out, log] = ["wish.json", "archive", "pip.log"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const wish = {
    lines: pins.length > 0 ? [...lines, `-c ${limits}`] : lines,
    nodeps,
    environment: markerEnvironment(platform),
    python: minorOf(platform.python),
    abi: abiOf(platform),
    platforms: platformTags(platform),
    folder,
    out,
  };
  writeFileSync(asked, JSON.stringify(wish));
  tell({ kind: "note", text: `making the packages ${what} for ${describePlatform(platform)}` });
  const { code, stdout, stderr } = await effects.exec(python, [PACK_SCRIPT, asked], {
    env: effects.env,
    cwd: base,
  });
  const answer = lastAnswer(stdout) ?? {
    kind: "error",
    code: "other",
    message: stderr.trim() || `it ended with ${code}`,
  };
  const printed = readIfThere(log) ?? "";
  writeFileSync(join(home, "pip.log"), printed);
  if (answer.kind === "error") {
    rmSync(folder, { recursive: true, force: true });
    throw packProblem(
      answer,
      { platform, what, python, log: join(home, "pip.log"), printed },
      effects,
    );
  }
  const file = `packages-${answer.digest.slice(0, 20)}.tar.gz`;
  renameSync(out, join(home, file));
  for (const name of listIfThere(home))
    if (name !== file && name !== "pip.log")
      rmSync(join(home, name), { recursive: true, force: true });
  const { digest: hash, bytes, wheels } = answer;
  writeAtomic(join(home, MARKER), `${JSON.stringify({ file, hash, bytes, wheels })}\n`);
  const pack = readyPack(home, platform);
  if (pack) return pack;
  throw new MayflyError(
    "damaged",
    `the packages in "${home}" went while they were made`,
    "run it again",
  );
}

function lastAnswer(stdout: string): Answer | undefined {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  } catch {
    return undefined;
  }
}

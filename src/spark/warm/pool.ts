import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { stateFolder } from "../../base/places.ts";
import { endMarked, MARKER, marked, residentBytes } from "../../base/processes.ts";
import { laptopDefaults, writeConfFolder } from "../defaults.ts";
import { driverCommand, driverProperties, type Jvm, jvmSettings } from "../jvm.ts";
import { archivePath, planArchive, withArchive } from "./archive.ts";
import { writeRequest } from "./request.ts";
import { claim, type Spare } from "./spare.ts";

/** What a spare has to be started as, to stand for a new driver of this program. */
export interface SpareWish {
  jvm: Jvm;
  env: NodeJS.ProcessEnv;
  cwd: string;
  python: string;
  /** Spark's own Python folders. */
  pythonPath: string[];
  spark: string;
}

export interface KnownSpare {
  /** Its folder's name, and the mark of its processes. */
  id: string;
  spark: string;
  cwd: string;
  state: "starting" | "ready" | "used";
  since: number;
  /** When it ends by itself if nobody comes. */
  until: number;
  /** What its processes take of the memory now. */
  bytes: number;
}

const KEEPER = resolve(import.meta.dirname, "../../../python/spare.py");
export const IDLE_MS = 5 * 60_000;
/** More than one project at a time is rare; each spare costs some hundred megabytes. */
const MOST = 2;

/** Variables that a process reads once, when it starts; all others are given to a spare as they are now. */
const AT_START =
  /^(?:PYTHON|LD_|DYLD_|LC_|LANG|TZ$|JAVA|JDK|_JAVA|MALLOC|GLIBC|HADOOP|SPARK_(?!CONF_DIR$)|OMP_|OPENBLAS|MKL|HOME$|USER$|LOGNAME$)/;

function keyOf({ jvm, env, cwd, python, pythonPath }: SpareWish): string {
  const variables = Object.entries(env).filter(([name]) => AT_START.test(name));
  const { mtimeMs, size } = statSync(jvm.ownJar);
  const parts = [jvmSettings(jvm), variables.sort(), cwd, python, pythonPath, mtimeMs, size];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function poolFolder(env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), "warm");
}

export interface ClaimedSpare extends Spare {
  id: string;
}

/** A spare that fits, and is this run's from now on. */
export async function claimSpare(wish: SpareWish, run: string): Promise<ClaimedSpare | undefined> {
  const key = keyOf(wish);
  for (const id of listIfThere(poolFolder(wish.env))) {
    const folder = join(poolFolder(wish.env), id);
    if (readNote(folder)?.key !== key || !existsSync(join(folder, "socket"))) continue;
    const spare = await claim(join(folder, "socket"), run);
    if (spare) return { id, ...spare };
    // It does not answer: what it takes of the machine is better spent on a new driver.
    if (existsSync(join(folder, "socket"))) await removeSpare(id, wish.env);
  }
  return undefined;
}

/** Whether there is a spare in the same place that this program cannot use. */
export function hasOtherSpare(wish: SpareWish): boolean {
  const pool = poolFolder(wish.env);
  const fits = (id: string) => readNote(join(pool, id))?.cwd === wish.cwd;
  const waits = (id: string) =>
    existsSync(join(pool, id, "ready")) && !existsSync(join(pool, id, "run"));
  return listIfThere(pool).some((id) => fits(id) && waits(id));
}

interface Note {
  key: string;
  spark: string;
  cwd: string;
}

function readNote(folder: string): Note | undefined {
  try {
    return JSON.parse(readIfThere(join(folder, "spare.json")) ?? "") as Note;
  } catch {
    return undefined;
  }
}

/** Starts a spare for the next run of this kind, unless there is one; it lives on when we end. */
export async function startSpare(wish: SpareWish): Promise<KnownSpare | undefined> {
  const key = keyOf(wish);
  const others = listSpares(wish.env).filter((spare) => spare.state !== "used");
  if (others.some(({ id }) => readNote(join(poolFolder(wish.env), id))?.key === key))
    return undefined;
  for (const { id } of others.slice(MOST - 1)) await removeSpare(id, wish.env);
  const id = `spare-${Date.now().toString(36)}${randomBytes(3).toString("hex")}`;
  const folder = join(poolFolder(wish.env), id);
  // The address of a socket has 108 bytes at most.
  if (Buffer.byteLength(join(folder, "socket")) > 100) return undefined;
  mkdirSync(join(folder, "tmp"), { recursive: true, mode: 0o700 });
  const jvm = exerciseJvm(wish.jvm, folder);
  const env = {
    ...wish.env,
    SPARK_CONF_DIR: join(folder, "conf"),
    PYTHONPATH: wish.pythonPath.join(":"),
    [MARKER]: id,
  };
  writeRequest(join(folder, "exercise"), {
    env,
    properties: driverProperties(jvm),
    args: [
      "--properties-file",
      join(folder, "conf/spark-defaults.conf"),
      "--class",
      "mayfly.Gateway",
      "spark-internal",
      "GATEWAY",
    ],
  });
  const { command, args } = withArchive(driverCommand(jvm), archivePath(jvm, wish.env));
  const archive = planArchive(jvm, wish.env);
  const note: Note = { key, spark: wish.spark, cwd: wish.cwd };
  writeAtomic(
    join(folder, "spare.json"),
    JSON.stringify({ ...note, java: [command, ...args], archive, idle: IDLE_MS / 1000 }),
  );
  const log = openSync(join(folder, "log"), "a", 0o600);
  const child = spawn(wish.python, [KEEPER, folder], {
    cwd: wish.cwd,
    env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.on("error", () => rmSync(folder, { recursive: true, force: true }));
  child.unref();
  return {
    id,
    spark: wish.spark,
    cwd: wish.cwd,
    state: "starting",
    since: Date.now(),
    until: Date.now() + IDLE_MS,
    bytes: 0,
  };
}

/** The settings of the program, but for everything that names a place or something to be fetched. */
function exerciseJvm(jvm: Jvm, folder: string): Jvm {
  const roots = { s3: join(folder, "s3"), hdfs: join(folder, "hdfs"), mounts: {} };
  const conf = Object.fromEntries(
    Object.entries(jvm.conf).filter(
      ([name]) =>
        !/^spark\.(?:jars|files|archives|submit|eventLog|hadoop\.fs\.mayfly)\b/.test(name),
    ),
  );
  const settings = {
    ...conf,
    ...laptopDefaults({ run: folder, staging: folder }, roots, false),
    "spark.ui.port": "0",
  };
  for (const name of ["hdfs", "eventlog"]) mkdirSync(join(folder, name), { recursive: true });
  const files = writeConfFolder(join(folder, "conf"), settings, join(folder, "spark.log"));
  return { ...jvm, tmp: join(folder, "tmp"), logging: files.logging, conf: settings, short: false };
}

/** Every spare of this person, also those that a run is using. */
export function listSpares(env: NodeJS.ProcessEnv = process.env): KnownSpare[] {
  return newestFirst(listIfThere(poolFolder(env))).flatMap((id) => {
    const folder = join(poolFolder(env), id);
    const note = readNote(folder);
    if (!note) return [];
    const used = existsSync(join(folder, "run"));
    const state = used ? "used" : existsSync(join(folder, "ready")) ? "ready" : "starting";
    const pids = marked(id);
    if (pids.length > 0) {
      const began = statSync(join(folder, "ready"), { throwIfNoEntry: false })?.mtimeMs;
      const until = (began ?? Date.now()) + IDLE_MS;
      const { spark, cwd } = note;
      return [{ id, state, spark, cwd, since: bornAt(id), until, bytes: residentBytes(pids) }];
    }
    // Its keeper was killed: what it had started ended with its input.
    if (!used) rmSync(folder, { recursive: true, force: true });
    return [];
  });
}

/** The time stands in front of a name, whose last six characters are by chance. */
const bornAt = (id: string) => Number.parseInt(id.replace("spare-", "").slice(0, -6), 36);

function newestFirst(ids: string[]): string[] {
  return ids.sort().reverse();
}

/** Those of a folder wait from now on as if they had just become ready. */
export function renewSpares(cwd: string, env: NodeJS.ProcessEnv): void {
  for (const { id, state } of listSpares(env).filter((spare) => spare.cwd === cwd)) {
    const now = new Date();
    try {
      if (state === "ready") utimesSync(join(poolFolder(env), id, "ready"), now, now);
    } catch {
      // it has ended just now
    }
  }
}

/** Ends spares that no run is using; returns how many. */
export async function stopSpares(
  env: NodeJS.ProcessEnv = process.env,
  which: (spare: KnownSpare) => boolean = () => true,
): Promise<number> {
  const idle = listSpares(env).filter((spare) => spare.state !== "used" && which(spare));
  for (const { id } of idle) await removeSpare(id, env);
  return idle.length;
}

export async function removeSpare(id: string, env: NodeJS.ProcessEnv): Promise<void> {
  await endMarked(id, { graceMs: 0 });
  rmSync(join(poolFolder(env), id), { recursive: true, force: true });
}

/** Spares that a run had claimed; it may have been killed. */
export function sparesOf(run: string, env: NodeJS.ProcessEnv = process.env): string[] {
  return listIfThere(poolFolder(env)).filter(
    (id) => readIfThere(join(poolFolder(env), id, "run")) === run,
  );
}

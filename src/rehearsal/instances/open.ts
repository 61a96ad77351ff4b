import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statfsSync,
} from "node:fs";
import { totalmem } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Writable } from "node:stream";
import { MayflyError } from "../../base/errors.ts";
import { readIfThere } from "../../base/files.ts";
import { type Effects, systemEffects, type Tell } from "../../spark/install/effects.ts";
import type { Instance, Instances, InstanceWish, RunHow } from "../instances.ts";
import { findBubblewrap, type Limits, wallArguments } from "./bubblewrap.ts";
import { openChannel } from "./channel.ts";
import { watchDisk } from "./disk.ts";
import { configurationFiles } from "./inside/configuration.ts";
import { instanceEnvironment } from "./inside/environment.ts";
import { HADOOP_USER, instanceFiles } from "./inside/files.ts";
import { IN } from "./inside/places.ts";
import { makeRoot } from "./inside/root.ts";
import { openPlain } from "./plain.ts";
import { removeRoot } from "./remove.ts";
import { callFilter } from "./seccomp.ts";
import { ensureSoftware, type Software } from "./software.ts";

/** Instances behind walls of Bubblewrap; what they have is fetched when the first is opened. */
export function instances(
  tell: Tell = () => {},
  limits: Partial<Limits> = {},
  effects: Effects = systemEffects,
): Instances {
  const known = new Map<string, Promise<Software>>();
  return {
    async open(wish) {
      // Refused first: nothing is fetched for what cannot be opened.
      const bwrap = await findBubblewrap(effects).catch((error: unknown) => {
        if (wish.unsafe) return undefined;
        throw error;
      });
      const key = wish.spark ?? "";
      const software = known.get(key) ?? ensureSoftware(wish.spark, tell, effects);
      known.set(key, software);
      software.catch(() => known.delete(key));
      if (!bwrap) return openPlain(wish, await software, effects);
      return start(wish, bwrap, await software, limits, tell, effects);
    },
  };
}

async function start(
  wish: InstanceWish,
  bwrap: string,
  software: Software,
  asked: Partial<Limits>,
  tell: Tell,
  effects: Effects,
): Promise<Instance> {
  const folder = resolve(wish.folder);
  const root = join(folder, "root");
  // Root's programs would be above every limit: they run as somebody whom nobody else is.
  const uid = process.getuid?.() === 0 && isWholeRoot() ? userOf(wish.clusterId) : undefined;
  // One that was here before may have left links that lead out of it.
  await removeRoot(folder);
  mkdirSync(root, { recursive: true });
  chmodSync(folder, 0o711);
  if (uid !== undefined) chownSync(root, uid, uid);
  shareHdfs(wish.hdfs, uid);
  makeRoot(
    root,
    {
      ...instanceFiles(wish, software, uid ?? HADOOP_USER),
      ...configurationFiles(wish, software),
    },
    uid,
    software,
  );
  const limits = { ...defaultLimits(folder), ...asked };
  const walls = { root, hdfs: resolve(wish.hdfs), hostname: wish.hostname, software, limits, uid };
  // The first process opens outputs through this: they lie outside of all that it can name.
  const outputs = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const filter = callFilter();
  const child = spawn(bwrap, wallArguments(walls, filter !== undefined), {
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["pipe", "pipe", "pipe", outputs, "pipe"],
  });
  closeSync(outputs);
  (child.stdio[4] as Writable).on("error", () => {}).end(filter);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const channel = openChannel(child, (text) => tell({ kind: "note", text: `${wish.id}: ${text}` }));
  let reason: string | undefined;
  const end = (why: string) => {
    reason ??= why;
    // The end of its input is the end of all that runs in it, and bwrap waits for that.
    child.stdin?.end();
    setTimeout(() => child.kill("SIGKILL"), 3000).unref();
  };
  if (!(await channel.ready)) {
    throw new MayflyError(
      "missing",
      `cannot open the instance "${wish.id}" in "${folder}": ${said.trim() || "bwrap has ended"}`,
    );
  }
  const stopLooking = watchDisk([root, resolve(wish.hdfs)], limits.bytes, end);
  const ended = channel.gone.then((last) => {
    stopLooking();
    return reason ?? last ?? (said.trim() || "its first process was killed");
  });
  const environment = instanceEnvironment(wish, effects.env);
  return {
    id: wish.id,
    folder,
    ended,
    async terminate() {
      end("terminated");
      await ended;
    },
    run(command, how) {
      const [out, err] = [how.stdout, how.stderr].map((path) => outputFor(folder, path, uid));
      const start = {
        argv: command,
        env: { ...environment, ...how.env },
        cwd: how.cwd ?? IN.home,
        out: out as string,
        err: err as string,
      };
      return channel.run(start, how.signal);
    },
  };
}

/** Made once, as every new cluster of EMR has it; later, what lies in it is not ours to follow. */
function shareHdfs(folder: string, uid: number | undefined): void {
  if (existsSync(folder)) return;
  for (const name of ["", "tmp", "user", "user/hadoop", "user/spark"]) {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    if (uid !== undefined) chownSync(path, uid, uid);
  }
}

/** Root of a user namespace, as in a container without privileges, has no such users to give. */
function isWholeRoot(): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(readIfThere("/proc/self/uid_map") ?? "");
}

/** Far from every user, and from what containers and systemd give out; one for all of a cluster. */
function userOf(cluster: string): number {
  return 1_900_000_000 + createHash("sha256").update(cluster).digest().readUIntBE(0, 3);
}

function defaultLimits(folder: string): Limits {
  const { bavail, bsize } = statfsSync(folder);
  return {
    processes: 4096,
    bytes: Math.floor((bavail * bsize) / 2),
    memory: Math.floor(totalmem() * 0.75),
  };
}

/** Makes the file, and names it as the first process does. */
function outputFor(folder: string, path: RunHow["stdout"], uid: number | undefined): string {
  const name = relative(folder, resolve(path));
  if (name.startsWith("..") || name === "root" || name.startsWith(`root${sep}`)) {
    throw new MayflyError(
      "bug",
      `cannot write what a program prints to "${path}": it is not in "${folder}", or below its root`,
    );
  }
  const parent = resolve(path, "..");
  mkdirSync(parent, { recursive: true });
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
  closeSync(file);
  if (uid === undefined) return name;
  chownSync(path, uid, uid);
  for (let above = parent; above !== folder; above = dirname(above)) chmodSync(above, 0o711);
  return name;
}

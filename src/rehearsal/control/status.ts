import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { listIfThere } from "../../base/files.ts";
import { isAlive, residentBytes } from "../../base/processes.ts";
import type { Counted } from "../faults/faults.ts";
import { faultsOf } from "./faults.ts";
import { readRehearsal, readRunning, rehearsalFolder, rehearsalNames } from "./records.ts";

export interface RehearsalStatus {
  name: string;
  running: boolean;
  endpoint: string;
  /** Milliseconds since 1970; of one that runs. */
  since?: number;
  /** Resident memory of our process, and of the companion's. */
  memory?: { mayfly: number; companion: number };
  /** So many times as fast goes all that it waits for by itself. */
  speed: number;
  /** Programs run without walls where this machine has none. */
  unsafe: boolean;
  /** What is to go wrong in one that runs; undefined where it does not answer. */
  faults?: Counted[];
  buckets: { name: string; objects: number; bytes: number }[];
  folder: string;
}

export function listRehearsals(env: NodeJS.ProcessEnv): RehearsalStatus[] {
  return rehearsalNames(env).map((name) => statusOf(name, env));
}

export function statusOf(name: string, env: NodeJS.ProcessEnv): RehearsalStatus {
  const folder = rehearsalFolder(name, env);
  const known = readRehearsal(folder);
  const running = readRunning(folder);
  const alive = running !== undefined && isAlive(running.daemon);
  return {
    name,
    running: alive,
    endpoint: `http://127.0.0.1:${known?.port ?? 0}`,
    speed: known?.speed ?? 1,
    unsafe: alive && known?.unsafe === true,
    ...(alive
      ? {
          since: running.since,
          memory: {
            mayfly: residentBytes([running.daemon.pid]),
            companion: residentBytes([running.companion.pid]),
          },
        }
      : {}),
    buckets: bucketsIn(join(folder, "s3", known?.account ?? "")),
    folder,
  };
}

/** Asks those that run. */
export async function withFaults(
  status: RehearsalStatus,
  env: NodeJS.ProcessEnv,
): Promise<RehearsalStatus> {
  const known = readRehearsal(rehearsalFolder(status.name, env));
  const faults = status.running && known ? await faultsOf(known) : undefined;
  return faults ? { ...status, faults } : status;
}

/** From the companion's own files: beside each object lies what is known of it. */
function bucketsIn(folder: string): RehearsalStatus["buckets"] {
  return listIfThere(folder).map((name) => {
    let objects = 0;
    let bytes = 0;
    const files = readdirSync(join(folder, name), { recursive: true, encoding: "utf8" });
    for (const file of files) {
      if (file.endsWith(".meta.json")) continue;
      const stat = lstatSync(join(folder, name, file), { throwIfNoEntry: false });
      if (!stat?.isFile()) continue;
      objects += 1;
      bytes += stat.size;
    }
    return { name, objects, bytes };
  });
}

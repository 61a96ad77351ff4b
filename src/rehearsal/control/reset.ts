import { rmSync } from "node:fs";
import { join } from "node:path";
import { listIfThere } from "../../base/files.ts";
import { withLock } from "../../base/locks.ts";
import { stopProcesses } from "./processes.ts";
import { removeProfile } from "./profile.ts";
import { readRehearsal, rehearsalFolder } from "./records.ts";
import { startRehearsal } from "./start.ts";

export async function stopRehearsal(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const folder = rehearsalFolder(name, env);
  if (!readRehearsal(folder)) return false;
  return withLock(join(folder, "start.lock"), () => stopProcesses(folder));
}

/** All that it holds goes. One that runs goes on, empty, with its port and its keys; of another nothing stays. */
export async function resetRehearsal(
  name: string,
  env: NodeJS.ProcessEnv,
  say: (text: string) => void,
): Promise<{ running: boolean }> {
  const folder = rehearsalFolder(name, env);
  const running = await stopRehearsal(name, env);
  const known = readRehearsal(folder);
  for (const part of listIfThere(folder)) {
    if (running && part === "rehearsal.json") continue;
    rmSync(join(folder, part), { recursive: true, force: true });
  }
  if (running) await startRehearsal({ name, env, unsafe: known?.unsafe ?? false }, say);
  else {
    if (known?.profile) removeProfile(known.profile, env);
    rmSync(folder, { recursive: true, force: true });
  }
  return { running };
}

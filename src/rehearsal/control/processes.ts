import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { endMarked, isAlive, type ProcessId } from "../../base/processes.ts";
import { readRunning } from "./records.ts";

/** Stands in the environment of all that a rehearsal starts. */
export function markOf(folder: string): string {
  return `rehearsal-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
}

/** The companion writes all it knows before it goes; more than this it is not given. */
const PATIENCE_MS = 30_000;

/** What is left of a rehearsal whose process was killed, or is on its way out; the companion saves its state on its own. */
export async function endLeft(folder: string): Promise<void> {
  const running = readRunning(folder);
  for (const one of running ? [running.daemon, running.companion] : []) {
    await gone(one, PATIENCE_MS);
  }
  await endMarked(markOf(folder));
  rmSync(join(folder, "running.json"), { force: true });
}

/** True when there was something to stop. */
export async function stopProcesses(folder: string): Promise<boolean> {
  const running = readRunning(folder);
  const was = running !== undefined && isAlive(running.daemon);
  if (was) {
    process.kill(running.daemon.pid, "SIGTERM");
    await gone(running.daemon, PATIENCE_MS);
  }
  await endLeft(folder);
  return was;
}

async function gone(one: ProcessId, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (isAlive(one) && Date.now() < deadline) await systemClock.sleep(20);
}

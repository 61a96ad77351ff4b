import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readIfThere, writeAtomic } from "../base/files.ts";
import { stateFolder } from "../base/places.ts";
import { identify, isAlive, type ProcessId } from "../base/processes.ts";
import { addressOf, type Console } from "./console.ts";

/** A console that runs, as a file that only its owner can read names it. */
interface Running {
  process: ProcessId;
  port: number;
  key: string;
}

const fileOf = (project: string) =>
  join(
    stateFolder(),
    "consoles",
    `${createHash("sha256").update(project).digest("hex").slice(0, 16)}.json`,
  );

export function tellRunning(project: string, { port, keys }: Console): () => void {
  const file = fileOf(project);
  const running = { process: identify(process.pid), port, key: keys.key };
  writeAtomic(file, JSON.stringify(running), 0o600);
  return () => rmSync(file, { force: true });
}

/** The console that this project has already, with a new address of it. */
export async function runningConsole(
  project: string,
): Promise<{ pid: number; port: number; address: string } | undefined> {
  try {
    const text = readIfThere(fileOf(project)) ?? "";
    const { process: its, port, key } = JSON.parse(text) as Running;
    if (!isAlive(its)) return undefined;
    const base = `http://127.0.0.1:${port}`;
    const answer = await fetch(`${base}/api/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: base },
      body: JSON.stringify({ key }),
      signal: AbortSignal.timeout(5000),
    });
    const { token } = (await answer.json()) as { token?: string };
    return token ? { pid: its.pid, port, address: addressOf(port, token) } : undefined;
  } catch {
    return undefined; // no file, half of one, or nobody there
  }
}

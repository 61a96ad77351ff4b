import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { systemClock } from "./clock.ts";
import { readIfThere } from "./files.ts";

/** Stands in the environment of everything a run starts; children inherit it. */
export const MARKER = "MAYFLY_RUN";

/** A process is its number and the moment it began: numbers are used again. */
export interface ProcessId {
  pid: number;
  began: string;
}

const linux = process.platform === "linux";

export function identify(pid: number): ProcessId | undefined {
  try {
    if (!linux) {
      const began = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
      return began.trim() ? { pid, began: began.trim() } : undefined;
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may itself hold spaces and parentheses: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
    return { pid, began: `${fields[19]}@${boot}` };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessId): boolean {
  const now = identify(process.pid);
  return now !== undefined && now.began === process.began;
}

/** A process as a file names it. Anything else in that file names nobody: it may be damaged, or hostile. */
export function parseProcess(text: string | undefined): ProcessId | undefined {
  try {
    const { pid, began } = JSON.parse(text ?? "") as Partial<ProcessId>;
    const known =
      Number.isInteger(pid) && Number(pid) > 1 && typeof began === "string" && began !== "";
    return known ? { pid: Number(pid), began: String(began) } : undefined;
  } catch {
    return undefined;
  }
}

/** Everything that carries the marker of a run, whoever its parent is by now. */
export function marked(...runs: string[]): number[] {
  const wanted = runs.map((run) => `${MARKER}=${run}`);
  if (linux) {
    return readdirSync("/proc")
      .filter(
        (name) => /^\d+$/.test(name) && environmentOf(name).some((one) => wanted.includes(one)),
      )
      .map(Number)
      .filter((pid) => pid !== process.pid && identify(pid) !== undefined);
  }
  const lines = execFileSync("ps", ["-Aww", "-E", "-o", "pid=,command="], { encoding: "utf8" });
  return lines
    .split("\n")
    .filter((line) => line.split(" ").some((one) => wanted.includes(one)))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid !== process.pid);
}

/** Memory that processes take now; nothing where the system does not tell it in a file. */
export function residentBytes(pids: readonly number[]): number {
  return pids
    .map((pid) => /VmRSS:\s*(\d+) kB/.exec(readIfThere(`/proc/${pid}/status`) ?? "")?.[1])
    .reduce((sum, kb) => sum + Number(kb ?? 0) * 1024, 0);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return []; // gone meanwhile, or another person's
  }
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended by itself
    }
  }
}

/** Ends all that a run started, but for what is spared: politely, then not. Returns how many there were. */
export async function endMarked(
  run: string | readonly string[],
  { graceMs = 2000, spare = [] }: { graceMs?: number; spare?: readonly number[] } = {},
  clock = systemClock,
): Promise<number> {
  const left = () => marked(...[run].flat()).filter((pid) => !spare.includes(pid));
  const found = left();
  if (found.length === 0) return 0;
  signalAll(found, "SIGTERM");
  const deadline = clock.now() + graceMs;
  while (clock.now() < deadline) {
    if (left().length === 0) return found.length;
    await clock.sleep(50);
  }
  // What is being killed may still fork: look again until nothing is left.
  for (let round = 0; round < 20; round++) {
    const rest = left();
    if (rest.length === 0) break;
    signalAll(rest, "SIGKILL");
    await clock.sleep(50);
  }
  return found.length;
}

import { statfsSync } from "node:fs";
import { type Exec, exec } from "../../base/exec.ts";
import { formatBytes } from "../../base/format.ts";

/** What a disk must keep free for others: an instance ends before it takes that. */
const FLOOR = 1024 ** 3;
const LOOK_MS = 150;
const MEASURE_MS = 5000;

/**
 * Says when the folders of an instance hold more than they may, or when its disk is nearly full, whoever
 * fills it: what was removed while still open is in no folder. Returns how to stop looking.
 */
export function watchDisk(
  folders: readonly string[],
  most: number,
  full: (why: string) => void,
  run: Exec = exec,
  measureMs = MEASURE_MS,
): () => void {
  const [first = "/"] = folders;
  const free = () => {
    const { bavail, bsize } = statfsSync(first);
    return bavail * bsize;
  };
  const floor = Math.min(FLOOR, free() / 4);
  let known = free();
  let next = Date.now() + measureMs;
  let measuring = false;
  const measure = async () => {
    measuring = true;
    const { stdout } = await run("du", ["-sk", ...folders]);
    const bytes = stdout
      .trim()
      .split("\n")
      .reduce((sum, line) => sum + Number.parseInt(line, 10) * 1024, 0);
    measuring = false;
    next = Date.now() + measureMs;
    if (bytes > most) {
      full(
        `its disk is full: it holds ${formatBytes(bytes)}, and ${formatBytes(most)} is its size`,
      );
    }
  };
  const look = () => {
    let now: number;
    try {
      now = free();
    } catch {
      return full("its folder is gone");
    }
    if (now < floor) full(`this machine's disk is full: ${formatBytes(now)} are left of it`);
    else if (!measuring && (known - now > most / 8 || Date.now() > next)) {
      known = now;
      void measure();
    }
  };
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

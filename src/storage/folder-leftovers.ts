import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { readIfThere } from "../base/files.ts";
import { identify, isAlive, parseProcess } from "../base/processes.ts";
import type { Leftover } from "./store.ts";
import { isTemporary } from "./temporary.ts";

/** What was being written by a process that is gone, or waits for its next call. */
export async function* folderLeftovers(folder: string, path: string): AsyncGenerator<Leftover> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const whole = join(folder, entry.name);
    if (entry.isDirectory()) yield* folderLeftovers(whole, `${path}${entry.name}/`);
    else if (isTemporary(entry.name) && !isHeld(whole)) {
      const found = statSync(whole, { throwIfNoEntry: false });
      if (!found) continue;
      yield {
        path: `${path}${entry.name}`,
        begun: found.mtimeMs,
        bytes: found.size,
        remove: async () => {
          rmSync(whole, { force: true });
          return true;
        },
      };
    }
  }
}

function isHeld(file: string): boolean {
  const pid = /\.(\d+)-\d+\.mayfly$/.exec(file)?.[1];
  if (pid !== undefined) return identify(Number(pid)) !== undefined;
  const list = file.replace(/part\.mayfly$/, "done.mayfly");
  const holder = parseProcess(readIfThere(list)?.split("\n")[0]);
  return holder !== undefined && isAlive(holder);
}

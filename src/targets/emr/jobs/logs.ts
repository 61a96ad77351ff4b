import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { type Clock, systemClock } from "../../../base/clock.ts";
import type { Stores } from "../../../storage/open.ts";

/** EMR's guide, "View log files": logs reach S3 five minutes after the step's end at the latest. */
export const LATE_MS = 5 * 60_000;
const LOOK_MS = 1000;

/** What a step has printed, from where EMR puts it; undefined where it has not come in time. */
export async function fetchLog(
  stores: Stores,
  uri: string,
  signal: AbortSignal,
  waiting: () => void,
  clock: Clock = systemClock,
): Promise<Buffer[] | undefined> {
  const { store, path } = await stores.at(uri);
  const began = clock.now();
  for (let told = false; ; ) {
    const item = await store.stat(path);
    if (item) {
      const folder = await mkdtemp(join(tmpdir(), "mayfly-log-"));
      try {
        const file = join(folder, "log.gz");
        await store.get(item, file);
        const parts: Buffer[] = [];
        for await (const part of createReadStream(file).pipe(createGunzip()))
          parts.push(part as Buffer);
        return parts;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    if (signal.aborted || clock.now() - began > LATE_MS) return undefined;
    if (!told && clock.now() - began > 3000) {
      told = true;
      waiting();
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

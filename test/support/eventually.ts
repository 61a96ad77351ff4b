import { setTimeout as sleep } from "node:timers/promises";

/** Looks again and again until something is found; who waits for nothing is told what it was. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  everyMs = 100,
  limitMs = 240_000,
): Promise<T> {
  for (const began = Date.now(); Date.now() - began < limitMs; await sleep(everyMs)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`not seen in ${limitMs / 1000} seconds: ${what}`);
}

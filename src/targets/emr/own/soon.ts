import { type Clock, systemClock } from "../../../base/clock.ts";

const LOOK_MS = 500;

/** What was made a moment ago may not be seen at once; undefined where it does not come in time. */
export async function soon<T>(
  look: () => Promise<T | undefined>,
  patienceMs: number,
  clock: Clock = systemClock,
): Promise<T | undefined> {
  const until = clock.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || clock.now() >= until) return found;
    await clock.sleep(LOOK_MS);
  }
}

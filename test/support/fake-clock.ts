import type { Clock } from "../../src/base/clock.ts";

export interface FakeClock extends Clock {
  /** So much time passes; whoever waited for less goes on, each at his time. */
  pass(ms: number): Promise<void>;
  /** Somebody sets it back; whoever waits does so for as long as before. */
  back(ms: number): void;
}

/** A clock that begins at 0 and stands still until it is told to go on. */
export function fakeClock(): FakeClock {
  let now = 0;
  const sleeping = new Set<{ until: number; wake: () => void }>();
  /** All that follows from what has happened, however many steps that is. */
  const settle = async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise((done) => setImmediate(done));
  };
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const one = {
          until: now + ms,
          wake() {
            sleeping.delete(one);
            resolve();
          },
        };
        sleeping.add(one);
        signal?.addEventListener("abort", one.wake);
      }),
    back(ms) {
      now -= ms;
      for (const one of sleeping) one.until -= ms;
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...sleeping].sort((a, b) => a.until - b.until);
        if (!next || next.until > end) break;
        now = Math.max(now, next.until);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}

import { type Clock, systemClock } from "../base/clock.ts";

/** Work waits until what it costs is to be had; what costs more than all there is has it for itself. */
export function makeBudget(most: number) {
  let used = 0;
  let waiting: (() => void)[] = [];
  return async (cost: number, work: () => Promise<void>): Promise<void> => {
    const taken = Math.min(cost, most);
    while (used + taken > most) await new Promise<void>((wake) => waiting.push(wake));
    used += taken;
    try {
      await work();
    } finally {
      used -= taken;
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
  };
}

/** So many at once; the first failure ends the rest, which is waited for, and is thrown. */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failed = false;
  let failure: unknown;
  const worker = async () => {
    while (!failed) {
      try {
        const { value, done } = await iterator.next();
        if (done) return;
        await work(value);
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (!failed) return;
  await iterator.return?.();
  throw failure;
}

/** Reads on while nobody asks, but not further than `most`; `seen` hears of each, and of the end. */
export async function* readAhead<T>(
  items: AsyncIterable<T>,
  most: number,
  seen: (item: T | undefined) => void,
): AsyncGenerator<T> {
  const queue: T[] = [];
  let over = false;
  let failure: { error: unknown } | undefined;
  let stopped = false;
  let wake: () => void = () => {};
  const next = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  let changed = next();
  const tell = () => {
    const before = wake;
    changed = next();
    before();
  };
  const read = async () => {
    try {
      for await (const item of items) {
        seen(item);
        queue.push(item);
        tell();
        while (queue.length >= most && !stopped) await changed;
        if (stopped) return;
      }
      seen(undefined);
    } catch (error) {
      failure = { error };
    }
    over = true;
    tell();
  };
  const reading = read();
  try {
    for (;;) {
      const item = queue.shift();
      if (item !== undefined) {
        tell();
        yield item;
      } else if (failure) throw failure.error;
      else if (over) return;
      else await changed;
    }
  } finally {
    stopped = true;
    tell();
    await reading;
  }
}

/** So many bytes in a second, all together: settles when more may go. */
export function makePace(bytesPerSecond: number, signal?: AbortSignal, clock: Clock = systemClock) {
  let free = 0;
  return (bytes: number): Promise<void> | undefined => {
    const now = clock.now();
    free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000;
    // What was allowed before is used up first; short waits are saved up, as timers are not that exact.
    const wait = free - now;
    return wait > 20 ? clock.sleep(wait, signal) : undefined;
  };
}

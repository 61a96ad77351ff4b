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
  if (failed) throw failure;
}

/** Events pushed on one side, iterated on the other; iteration ends when the queue is closed. */
export interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** How many wait to be taken: who pushes faster than they are taken looks at it and holds back. */
  waiting(): number;
  close(): void;
}

export function makeQueue<T>(): Queue<T> {
  const items: T[] = [];
  let closed = false;
  let taking = false;
  let wake: () => void = () => {};
  return {
    push(item) {
      if (closed) return;
      items.push(item);
      wake();
    },
    // Where nobody takes anything (any more), nobody is to be waited for.
    waiting: () => (taking ? items.length : 0),
    close() {
      closed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      taking = true;
      try {
        for (;;) {
          while (items.length > 0) yield items.shift() as T;
          if (closed) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        taking = false;
      }
    },
  };
}

/** Events pushed on one side, iterated on the other; iteration ends when the queue is closed. */
export interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void;
  close(): void;
}

export function makeQueue<T>(): Queue<T> {
  const items: T[] = [];
  let closed = false;
  let wake: () => void = () => {};
  return {
    push(item) {
      if (closed) return;
      items.push(item);
      wake();
    },
    close() {
      closed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (items.length > 0) yield items.shift() as T;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

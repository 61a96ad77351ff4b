/** Those who wait until something has become true, in the order in which they came. */
export interface Waiting {
  /** True once `ready` was; false where the signal came first. `ready` may take what it finds. */
  until(ready: () => boolean, signal: AbortSignal): Promise<boolean>;
  /** Something has changed. */
  stir(): void;
}

export function openWaiting(): Waiting {
  const waiting = new Set<() => void>();
  return {
    until: (ready, signal) =>
      new Promise((resolve) => {
        const done = (found: boolean) => {
          waiting.delete(look);
          signal.removeEventListener("abort", give);
          resolve(found);
        };
        const look = () => {
          if (ready()) done(true);
        };
        const give = () => done(false);
        waiting.add(look);
        signal.addEventListener("abort", give);
        if (signal.aborted) give();
        else look();
      }),
    stir() {
      for (const look of [...waiting]) if (waiting.has(look)) look();
    },
  };
}

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../../src/console/api.ts";
import { get, problemOf } from "./api.ts";

export interface Loaded<T> {
  data: T | undefined;
  problem: Problem | undefined;
  busy: boolean;
  reload(): void;
}

/** What lies at an address of the server; asked for again when that changes. What was there stays until the next has come. */
export function useLoad<T>(path: string | undefined): Loaded<T> {
  const [state, set] = useState<{ data?: T; problem?: Problem; busy: boolean }>({ busy: true });
  const [turn, again] = useState(0);
  const last = useRef(path);
  useEffect(() => {
    if (path === undefined) return set({ busy: false });
    const gone = new AbortController();
    const same = last.current === path;
    last.current = path;
    set((before) => (same ? { ...before, busy: true } : { busy: true }));
    get<T>(path, gone.signal).then(
      (data) => set({ data, busy: false }),
      (error: unknown) => {
        if (!gone.signal.aborted) set({ problem: problemOf(error), busy: false });
      },
    );
    return () => gone.abort();
  }, [path, turn]);
  const reload = useCallback(() => again((n) => n + 1), []);
  return { data: state.data, problem: state.problem, busy: state.busy, reload };
}

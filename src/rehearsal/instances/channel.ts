import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Exit } from "../instances.ts";

/** What `python/instance/init.py` is told to start; its outputs are named below the instance's folder. */
export interface Start {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  out: string;
  err: string;
}

type Said =
  | { ready: true }
  | { ended: string }
  | { note: string }
  | { id: number; code: number; signal?: string };

export interface Channel {
  /** Settles when it takes orders; false when it ended before. */
  ready: Promise<boolean>;
  run(start: Start, signal?: AbortSignal): Promise<Exit>;
  /** Settles with what it said last, when it is gone. */
  gone: Promise<string | undefined>;
}

/** Speaks with the first process of an instance, over its input and output. */
export function openChannel(child: ChildProcess, note: (text: string) => void): Channel {
  const waiting = new Map<number, (exit: Exit) => void>();
  let last: string | undefined;
  let next = 1;
  let closed = false;
  const ready = Promise.withResolvers<boolean>();
  const gone = Promise.withResolvers<string | undefined>();
  child.stdin?.on("error", () => {}); // gone already
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    const said = JSON.parse(line) as Said;
    if ("ready" in said) ready.resolve(true);
    else if ("ended" in said) last = said.ended;
    else if ("note" in said) note(said.note);
    else {
      const { id, ...exit } = said;
      waiting.get(id)?.(exit);
      waiting.delete(id);
    }
  });
  child.on("error", () => {}); // "close" follows
  child.on("close", () => {
    closed = true;
    ready.resolve(false);
    // What ran in it was killed with it.
    for (const settle of waiting.values()) settle({ code: 137, signal: "SIGKILL" });
    waiting.clear();
    gone.resolve(last);
  });
  const tell = (what: unknown) => void child.stdin?.write(`${JSON.stringify(what)}\n`);
  return {
    ready: ready.promise,
    gone: gone.promise,
    run(start, signal) {
      if (closed) return Promise.resolve({ code: 137, signal: "SIGKILL" });
      const id = next++;
      const ended = new Promise<Exit>((settle) => waiting.set(id, settle));
      tell({ id, ...start });
      const abort = () => tell({ abort: id });
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      return ended.finally(() => signal?.removeEventListener("abort", abort));
    },
  };
}

import { type ChildProcess, fork } from "node:child_process";
import { extname, join } from "node:path";
import { interruption, MayflyError } from "../base/errors.ts";
import type { Asking, FileFormat, Rows } from "./query.ts";
import type { OpenWish, Problem, Said, Statement, Told } from "./worker/told.ts";

const WORKER = join(import.meta.dirname, `worker/main${extname(import.meta.filename)}`);
/** A query that is interrupted ends at once, but for a few moments in which nobody looks. */
const KILL_MS = 1000;

/** What DuckDB has against a text. */
export class SqlProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Another query in the process could be cancelled in no other way than by killing it. */
export class EndedForAnother extends MayflyError {
  constructor() {
    super(
      "busy",
      "the query was ended together with another one, which was cancelled",
      "ask again",
    );
  }
}

export interface Child {
  alive: boolean;
  open(wish: OpenWish): Promise<void>;
  rows(statement: Statement, most: number, asking: Asking): Promise<Rows>;
  write(statement: Statement, file: string, format: FileFormat, asking: Asking): Promise<Rows>;
  end(): void;
}

interface Waiting {
  resolve(rows: Rows): void;
  reject(error: Error): void;
  asking: Asking;
}

/** SQL is code: it runs in a process of its own, which has no environment. */
export function startChild(
  temporary: string,
  compiled = globalThis.process.env.NODE_COMPILE_CACHE,
): Child {
  const process = fork(WORKER, [], {
    cwd: temporary,
    // Nothing but where compiled programs are kept: its own start is most of a short query.
    // Each query that runs holds one of Node's threads, and others are still to be prepared.
    env: { UV_THREADPOOL_SIZE: "12", ...(compiled ? { NODE_COMPILE_CACHE: compiled } : {}) },
    execArgv: ["--no-warnings", "--max-old-space-size=2048"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // Whoever has nothing else to do ends; as long as an answer is awaited, it waits.
  process.unref();
  process.channel?.unref();
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let forOne = false;
  const settle = (id: number): Waiting | undefined => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) process.channel?.unref();
    return one;
  };
  const child: Child = {
    alive: true,
    async open(wish) {
      await ask((id) => ({ do: "open", id, wish }));
    },
    rows: (statement, most, asking) => {
      const some = asking.some !== undefined;
      return ask((id) => ({ do: "rows", id, statement, most, some }), asking);
    },
    write: (statement, file, format, asking) =>
      ask((id) => ({ do: "write", id, statement, file, format }), asking),
    end() {
      child.alive = false;
      process.kill("SIGKILL");
    },
  };
  const over = (why: string) => {
    child.alive = false;
    for (const id of [...waiting.keys()])
      settle(id)?.reject(forOne ? new EndedForAnother() : ended(why));
  };
  process.on("exit", (code, signal) => over(signal ? `it was ended by ${signal}` : `code ${code}`));
  process.on("error", (error) => over(error.message));
  process.on("message", (said: Said) => {
    if (said.said === "done") return settle(said.id)?.resolve(said.rows);
    if (said.said === "wrong") return settle(said.id)?.reject(new SqlProblem(said.problem));
    const one = waiting.get(said.id);
    if (said.said === "progress") return one?.asking.progress?.(said.part);
    void give(process, said, one?.asking);
  });

  const ask = (make: (id: number) => Told, asking: Asking = {}): Promise<Rows> => {
    const { signal, timeoutMs } = asking;
    if (!child.alive) return Promise.reject(ended("it is gone"));
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    const id = ++last;
    const told = make(id);
    let stopped: MayflyError | undefined;
    const timers: NodeJS.Timeout[] = [];
    const stop = (error: MayflyError) => {
      if (stopped) return;
      stopped = error;
      if (child.alive) process.send({ do: "cancel", id } satisfies Told);
      const kill = () => {
        forOne = true;
        child.end();
      };
      timers.push(setTimeout(kill, KILL_MS));
    };
    const onAbort = () => stop(cancelled(signal));
    signal?.addEventListener("abort", onAbort);
    if (timeoutMs !== undefined) timers.push(setTimeout(() => stop(tooLong(timeoutMs)), timeoutMs));
    return new Promise<Rows>((resolve, reject) => {
      waiting.set(id, { resolve, reject, asking });
      process.channel?.ref();
      process.send(told);
    })
      .catch((error: unknown) => {
        throw stopped ?? error;
      })
      .finally(() => {
        signal?.removeEventListener("abort", onAbort);
        for (const timer of timers) clearTimeout(timer);
      });
  };
  return child;
}

async function give(process: ChildProcess, said: Extract<Said, { said: "some" }>, asking?: Asking) {
  const { id, rows, columns } = said;
  try {
    await asking?.some?.(rows, columns);
    if (process.connected) process.send({ do: "more", id } satisfies Told);
  } catch {
    if (process.connected) process.send({ do: "cancel", id } satisfies Told);
  }
}

const cancelled = (signal?: AbortSignal) => interruption(signal, "the query was cancelled");
const tooLong = (ms: number) =>
  new MayflyError(
    "busy",
    `the query was ended: it had not finished in ${ms / 1000} s`,
    "ask for less, or give it more time",
  );
const ended = (why: string) =>
  new MayflyError(
    "damaged",
    `the process that ran the query has ended: ${why}`,
    "where it ran out of memory, ask for less at a time",
  );

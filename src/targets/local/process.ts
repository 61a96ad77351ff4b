import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { identify, isAlive, type ProcessId } from "../../base/processes.ts";
import type { Output } from "../output.ts";

export interface Ended {
  exitCode: number;
  signal?: string;
}

export interface Running {
  id: ProcessId;
  ended: Promise<Ended>;
  tell(text: string): void;
  /** Says that nothing more comes; a driver's JVM ends at this. */
  closeInput(): void;
  signal(signal: NodeJS.Signals): void;
}

/** What a program needs around it, and where what it prints goes. */
export interface StartOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  output: Output;
  onError: (error: MayflyError) => void;
  backlog: () => number;
}

/** Starts a program in a session of its own, so that Ctrl-C reaches it only through us. */
export function start(
  command: string,
  args: readonly string[],
  options: StartOptions,
): Promise<Running> {
  return new Promise((resolve, reject) => {
    const { cwd, env } = options;
    const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
    const child = spawn(command, args, { cwd, env, detached: true, stdio });
    child.stdin.on("error", () => {}); // it may have ended before we closed it
    const exit = new Promise<Exit>((done) =>
      child.on("exit", (code, signal) => done({ code, signal })),
    );
    const ended = follow(child.stdout, child.stderr, exit, options);
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "ENOENT"
          ? new MayflyError(
              "not-found",
              `cannot start "${command}": no such program`,
              "install it, or correct the name; the folder it starts in must exist too",
              error,
            )
          : toMayflyError(error, `start "${command}"`),
      ),
    );
    child.on("spawn", () => {
      const pid = child.pid as number;
      resolve({
        id: identify(pid) ?? { pid, began: "" },
        ended,
        tell: (text) => void child.stdin.write(text),
        closeInput: () => child.stdin.end(),
        signal: (signal) => {
          child.kill(signal);
        },
      });
    });
  });
}

/** A process that somebody else has started for us. */
export function adopt(
  process_: { pid: number; stdout: Readable; stderr: Readable; exit: Promise<Exit> },
  options: Pick<StartOptions, "output" | "onError" | "backlog">,
): Running {
  const { pid, stdout, stderr, exit } = process_;
  const id = identify(pid) ?? { pid, began: "" };
  return {
    id,
    ended: follow(stdout, stderr, exit, options),
    tell: () => {},
    closeInput: () => {},
    signal: (signal) => {
      if (isAlive(id)) process.kill(pid, signal);
    },
  };
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Passes on what a process prints; settles when it has ended and all of that was read. */
export async function follow(
  stdout: Readable,
  stderr: Readable,
  exit: Promise<Exit>,
  { output, onError, backlog }: Pick<StartOptions, "output" | "onError" | "backlog">,
): Promise<Ended> {
  const streams = { stdout, stderr };
  const closed = (["stdout", "stderr"] as const).map((name) => {
    const stream = streams[name];
    stream.on("data", (bytes: Buffer) => {
      try {
        output.write(name, bytes);
        holdBack(stream, backlog);
      } catch (error) {
        onError(toMayflyError(error, "keep what the program prints"));
      }
    });
    stream.on("error", () => {}); // its close says the same
    return new Promise<void>((done) => stream.on("close", () => done()));
  });
  const { code, signal } = await exit;
  // What it left in the background may hold its output open: its last words have this long.
  const give = () => {
    // What we have not read because our own reader is slow is not late.
    if (stdout.isPaused() || stderr.isPaused()) late = setTimeout(give, LAST_WORDS_MS);
    else {
      stdout.destroy();
      stderr.destroy();
    }
  };
  let late = setTimeout(give, LAST_WORDS_MS);
  await Promise.all(closed);
  clearTimeout(late);
  return { exitCode: code ?? 128 + signalNumber(signal), ...(signal ? { signal } : {}) };
}

const MOST_WAITING = 256;

/** Stops reading what a program prints until its earlier output has been taken; the pipe then stops it. */
function holdBack(stream: Readable, backlog: () => number): void {
  if (backlog() < MOST_WAITING || stream.isPaused()) return;
  stream.pause();
  const look = setInterval(() => {
    if (backlog() > MOST_WAITING / 2 && !stream.destroyed) return;
    clearInterval(look);
    stream.resume();
  }, 20);
}

const LAST_WORDS_MS = 1000;

function signalNumber(signal: NodeJS.Signals | null): number {
  return (
    { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[
      (signal ?? "SIGKILL") as "SIGKILL"
    ] ?? 1
  );
}

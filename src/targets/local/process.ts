import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { identify, type ProcessId } from "../../base/processes.ts";

export interface Ended {
  exitCode: number;
  signal?: string;
}

export interface Running {
  id: ProcessId;
  ended: Promise<Ended>;
  /** Says that nothing more comes; a gateway JVM ends at this. */
  closeInput(): void;
  signal(signal: NodeJS.Signals): void;
}

export type Stream = "stdout" | "stderr";

/** Where the output of a step goes: its log files first, then whoever looks on. */
export interface Output {
  write(stream: Stream, bytes: Buffer): void;
  /** The log only, as long as this is set: what a JVM says while it resolves packages. */
  quiet: boolean;
  close(): void;
}

export function openOutput(folder: string, show: (stream: Stream, text: string) => void): Output {
  mkdirSync(folder, { recursive: true });
  const open = (stream: Stream) => ({
    file: openSync(join(folder, `${stream}.log`), "a"),
    // A character may be cut between two reads.
    decoder: new StringDecoder("utf8"),
  });
  const streams = { stdout: open("stdout"), stderr: open("stderr") };
  const output: Output = {
    quiet: false,
    write(stream, bytes) {
      writeSync(streams[stream].file, bytes);
      const text = streams[stream].decoder.write(bytes);
      if (text !== "" && !output.quiet) show(stream, text);
    },
    close() {
      for (const stream of ["stdout", "stderr"] as const) {
        const rest = streams[stream].decoder.end();
        if (rest !== "") show(stream, rest);
        closeSync(streams[stream].file);
      }
    },
  };
  return output;
}

/** Starts a program in a session of its own, so that Ctrl-C reaches it only through us. */
export function start(
  command: string,
  args: readonly string[],
  options: {
    cwd: string;
    env: NodeJS.ProcessEnv;
    output: Output;
    onError: (error: MayflyError) => void;
    backlog: () => number;
  },
): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.on("error", () => {}); // it may have ended before we closed it
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (bytes: Buffer) => {
        try {
          options.output.write(stream, bytes);
          holdBack(child[stream], options.backlog);
        } catch (error) {
          options.onError(toMayflyError(error, "keep what the program prints"));
        }
      });
    }
    const ended = new Promise<Ended>((done) => {
      const finish = (code: number | null, signal: NodeJS.Signals | null) =>
        done({ exitCode: code ?? 128 + signalNumber(signal), ...(signal ? { signal } : {}) });
      let late: NodeJS.Timeout | undefined;
      child.on("close", (code, signal) => {
        clearTimeout(late);
        finish(code, signal);
      });
      // What it left in the background may hold its output open: its last words have this long.
      child.on("exit", (code, signal) => {
        const give = () => {
          // What we have not read because our own reader is slow is not late.
          if (child.stdout.isPaused() || child.stderr.isPaused()) {
            late = setTimeout(give, LAST_WORDS_MS);
            return;
          }
          finish(code, signal);
          child.stdout.destroy();
          child.stderr.destroy();
        };
        late = setTimeout(give, LAST_WORDS_MS);
      });
    });
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
        closeInput: () => child.stdin.end(),
        signal: (signal) => {
          child.kill(signal);
        },
      });
    });
  });
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

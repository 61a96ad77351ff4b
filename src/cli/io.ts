import { MayflyError } from "../base/errors.ts";
import type { Io } from "./command.ts";

/** The exit code that our own output has forced: its reader went away, or its disk is full. */
let forced: number | undefined;

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (forced !== undefined) return;
    // 128 + SIGPIPE, as any program whose reader (`| head`) has what it wanted.
    forced = error.code === "EPIPE" ? 141 : 5;
    if (forced === 5) systemIo.err(`mayfly: cannot write its output: ${error.message}\n`);
    // A run in progress is closed as by kill; anything else just ends.
    if (process.listenerCount("SIGTERM") > 0) process.emit("SIGTERM");
    else process.exit(forced);
  });
}

export function forcedExitCode(): number | undefined {
  return forced;
}

export const systemIo: Io = {
  out: (text) => {
    if (forced === undefined) process.stdout.write(text);
  },
  err: (text) => void process.stderr.write(text),
  async ready() {
    if (forced !== undefined || !process.stdout.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      process.stdout.once("drain", resolve).once("error", () => resolve());
    });
  },
  get cwd() {
    try {
      return process.cwd();
    } catch (error) {
      throw new MayflyError(
        "missing",
        "cannot tell where we are: this folder has been removed",
        "cd to another one",
        error,
      );
    }
  },
  env: process.env,
  get terminal() {
    const plain = process.env.TERM === "dumb";
    return {
      out: process.stdout.isTTY === true && !plain,
      err: process.stderr.isTTY === true && !plain,
      in: process.stdin.isTTY === true,
      columns: process.stderr.columns ?? 80,
    };
  },
  input: () => process.stdin.setEncoding("utf8") as AsyncIterable<string>,
  async ask(question) {
    const { createInterface } = await import("node:readline/promises");
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  },
};

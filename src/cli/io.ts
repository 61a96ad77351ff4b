import type { Io } from "./command.ts";

for (const stream of [process.stdout, process.stderr]) {
  // `mayfly logs | head` closes the pipe: the reader has what it wanted.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(141);
    throw error;
  });
}

export const systemIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  cwd: process.cwd(),
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

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { MayflyError } from "../../base/errors.ts";
import { environmentOf, MISLEADING } from "../../rehearsal/control/records.ts";
import type { Command, Io } from "../command.ts";
import { nameOption, readName } from "./options.ts";

export const exec: Command = {
  summary: "run a command that finds the rehearsal where it looks for AWS",
  usage: "rehearsal exec [--name NAME] -- COMMAND…",
  examples: [
    ["rehearsal exec -- aws s3 ls", "started when it is not running"],
    ["rehearsal exec -- python job.py", "boto3 inside goes there"],
    ["rehearsal exec -- mayfly fs ls s3://data", "so does mayfly itself"],
  ],
  options: { ...nameOption },
  async run(input, io) {
    const [program, ...args] = input.words;
    if (program === undefined) {
      throw new MayflyError(
        "usage",
        "mayfly rehearsal exec needs a command",
        "mayfly rehearsal exec -- aws s3 ls",
      );
    }
    const { startRehearsal } = await import("../../rehearsal/control/start.ts");
    const wish = { name: readName(input), env: io.env };
    const known = await startRehearsal(wish, (text) => io.err(`  ${text}\n`));
    const kept = Object.entries(io.env).filter(
      ([name]) => !MISLEADING.includes(name) && !name.startsWith("AWS_ENDPOINT_URL"),
    );
    return await run(program, args, { ...Object.fromEntries(kept), ...environmentOf(known) }, io);
  },
};

/** With our own terminal: whoever writes to it or reads from it is the command. */
function run(program: string, args: string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: io.cwd, env, stdio: "inherit" });
    // Ctrl-C reaches it from the terminal; what is sent to us alone is passed on.
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    const pass = (signal: NodeJS.Signals) => void (signal === "SIGINT" || child.kill(signal));
    for (const signal of signals) process.on(signal, pass);
    const done = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      done();
      const why = error.code === "ENOENT" ? "there is no such program on the PATH" : error.message;
      reject(new MayflyError("missing", `cannot run "${program}": ${why}`));
    });
    child.on("close", (code, signal) => {
      done();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

import { fork } from "node:child_process";
import { extname, join } from "node:path";
import { type ErrorCode, MayflyError } from "../../base/errors.ts";
import type { RunRequest } from "../job/request.ts";

const MAIN = join(import.meta.dirname, `main${extname(import.meta.filename)}`);

type Said = { id: string } | { code: ErrorCode; message: string; remedy?: string };

export interface Apart {
  id: string;
  ended: Promise<void>;
  /** As Ctrl-C. */
  cancel(): void;
}

/**
 * Starts a run in a process of its own, and returns when it has begun. So `mayfly cancel` ends that run and nothing else,
 * and a host that serves others has no part in its work.
 */
export function startApart(request: RunRequest, env: NodeJS.ProcessEnv): Promise<Apart> {
  const child = fork(MAIN, [], {
    env,
    execArgv: ["--no-warnings"],
    // Ctrl-C in the host's terminal is the host's to pass on.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return new Promise((resolve, reject) => {
    child.on("message", (said: Said) => {
      if ("id" in said) resolve({ id: said.id, ended, cancel: () => void child.kill("SIGINT") });
      else reject(new MayflyError(said.code, said.message, said.remedy));
    });
    child.once("error", reject);
    child.once("exit", (code) =>
      reject(new MayflyError("bug", `cannot start the run: its process ended with ${code}`)),
    );
    child.send(request);
  });
}

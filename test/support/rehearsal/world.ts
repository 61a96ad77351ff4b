import { type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Running } from "../../../src/rehearsal/control/records.ts";
import { makeFolder } from "../cli.ts";

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** A program of its own, with what it prints. */
export function runProgram(command: string, args: string[], options: SpawnOptions): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const ran = { code: 0, out: "", err: "" };
    child.stdout?.on("data", (text: Buffer) => {
      ran.out += text.toString();
    });
    child.stderr?.on("data", (text: Buffer) => {
      ran.err += text.toString();
    });
    child.on("error", (error) => done({ ...ran, code: 127, err: error.message }));
    child.on("close", (code) => done({ ...ran, code: code ?? 128 }));
  });
}

const BIN = resolve(import.meta.dirname, "../../../src/cli/bin.ts");

/** A state folder of its own; nothing of the person's AWS. */
export function rehearsalWorld() {
  const folder = makeFolder();
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(own),
    XDG_STATE_HOME: join(folder.path, "state"),
    AWS_CONFIG_FILE: join(folder.path, "aws-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder.path, "aws-credentials"),
  };
  const mayfly = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    runProgram(process.execPath, ["--no-warnings", BIN, ...args], {
      cwd: folder.path,
      env: { ...env, ...more },
    });
  const home = (name = "default") => join(folder.path, "state/mayfly/rehearsals", name);
  return {
    path: folder.path,
    env,
    mayfly,
    home,
    async start(...args: string[]): Promise<Record<string, string>> {
      const ran = await mayfly(["rehearsal", "start", "--json", ...args]);
      if (ran.code !== 0) throw new Error(ran.out + ran.err);
      return (JSON.parse(ran.out) as { environment: Record<string, string> }).environment;
    },
    running: (name?: string) =>
      JSON.parse(readFileSync(join(home(name), "running.json"), "utf8")) as Running,
    async remove() {
      const all = await mayfly(["rehearsal", "status", "--json"]);
      for (const { name } of JSON.parse(all.out) as { name: string }[]) {
        await mayfly(["rehearsal", "stop", "--name", name]);
      }
      folder.remove();
    },
  };
}

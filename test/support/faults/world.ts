import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { activeRuns, readRecord, runFolder, runIds } from "../../../src/engine/runs/records.ts";
import type { FaultBook } from "../../../src/rehearsal/faults/faults.ts";
import { makeFolder } from "../cli.ts";
import { type Asked, refusal, type SmallAws, startSmallAws } from "../servers/small-aws.ts";
import { makeLookAlikes } from "./account.ts";

/** What befalls it there, where it is not killed: a signal, three seconds without a network, or no network any more. */
export type Mishap = "SIGINT" | "SIGTERM" | "SIGHUP" | "lost" | "offline";

/** Where a process is to be killed: at a request that changes something, or at a write of its own records. */
export type Point =
  | { call: number; moment: "before" | "handled" | "answered"; by?: Mishap }
  | { write: number; moment: "before" | "torn" | "after" };

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
  /** What it asked AWS to change, in order. */
  calls: string[];
  /** What it wrote of its own records. */
  writes: string[];
}

const LOST_MS = 3000;
const BIN = resolve(import.meta.dirname, "../../../src/cli/bin.ts");
const DIES = join(import.meta.dirname, "dies.ts");

const PROJECT = `jobs:
  both:
    steps: [{ command: ["true"], name: first }, { command: ["true"], name: second }]
    outputs: { nothing: s3://mayfly-123456789012-us-east-1/out }
  waits:
    steps: [{ command: ["true"], name: waits }]
targets:
  own: { kind: emr, instance_count: 1, key: { make: true }, ssh_from: 192.0.2.1/32, bootstrap: [./boot.sh] }
`;

/** As EMR puts them when a step has ended. */
function putLogs({ objects }: SmallAws, cluster: string, step: string): void {
  const folder = `mayfly-123456789012-us-east-1/mayfly/logs/${cluster}/steps/${step}/`;
  objects.set(`${folder}stdout`, Buffer.from("done\n"));
  objects.set(`${folder}stderr`, Buffer.from(""));
  objects.set(`${folder}controller`, Buffer.from("INFO Step succeeded with exitCode 0\n"));
}

/** A project, an account with look-alikes in it, and commands that may be killed at a point. */
export async function makeWorld(cache: string, faults?: FaultBook) {
  const folder = makeFolder({ "mayfly.yaml": PROJECT, "boot.sh": "true\n" });
  /** Without any file of the first one's state. */
  const elsewhere = makeFolder({ "mayfly.yaml": PROJECT });
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  let point: Point | undefined;
  let calls: string[] = [];
  let lostUntil = 0;
  let expired: string | undefined;
  let toExpire: { accessKey: string; after: string } | undefined;
  const refuse = (asked: Asked) =>
    Promise.resolve(refusal(asked, 400, "ExpiredToken", "it is expired"));
  const strike = async (asked: Asked, moment: string): Promise<boolean> => {
    if (moment === "before" && Date.now() < lostUntil) return false;
    if (!asked.mutating) return true;
    if (moment === "before") calls.push(`${asked.service} ${asked.operation}`);
    if (!point || !("call" in point) || point.moment !== moment || calls.length !== point.call)
      return true;
    const { by } = point;
    point = undefined;
    if (by === "lost" || by === "offline") {
      lostUntil = by === "lost" ? Date.now() + LOST_MS : Number.POSITIVE_INFINITY;
      return false;
    }
    child?.kill(by ?? "SIGKILL");
    if (by === undefined) await exited;
    return by !== undefined;
  };
  const aws: SmallAws = await startSmallAws(
    {
      async run(cluster, step, signal) {
        if (step.name.endsWith(" waits"))
          await new Promise((done) => signal.addEventListener("abort", done));
        putLogs(aws, cluster.id, step.id);
        return undefined;
      },
    },
    {
      before: (asked) => (asked.accessKey === expired ? refuse(asked) : strike(asked, "before")),
      handled: (asked) => {
        if (toExpire?.after === asked.operation) expired = toExpire.accessKey;
        return strike(asked, "handled");
      },
      answered: async (asked) => void (await strike(asked, "answered")),
    },
    { hasRoles: false, ...(faults ? { faults } : {}) },
  );
  await makeLookAlikes(aws);
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|MAYFLY|XDG)_/.test(name));

  function start(
    args: string[],
    at: Point | undefined,
    cwd: string,
    more: NodeJS.ProcessEnv = {},
  ): Promise<Ended> {
    calls = [];
    point = at;
    const list = join(folder.path, "writes.txt");
    writeFileSync(list, "");
    const env = {
      ...Object.fromEntries(own),
      ...aws.env,
      ...{ HOME: cwd, XDG_STATE_HOME: join(cwd, "state"), NODE_COMPILE_CACHE: cache },
      MAYFLY_WRITES: list,
      ...more,
      ...(at && "write" in at ? { MAYFLY_DIES: `${at.write}:${at.moment}` } : {}),
    };
    const said = { out: "", err: "" };
    const started = spawn(process.execPath, ["--no-warnings", "--import", DIES, BIN, ...args], {
      ...{ cwd, env, stdio: ["ignore", "pipe", "pipe"] },
    });
    child = started;
    started.stdout?.on("data", (text: Buffer) => {
      said.out += text.toString();
    });
    started.stderr?.on("data", (text: Buffer) => {
      said.err += text.toString();
    });
    exited = new Promise((done) => started.on("exit", done));
    const its = calls;
    return new Promise<Ended>((done) =>
      started.on("close", (code, signal) => {
        const writes = readFileSync(list, "utf8").split("\n").filter(Boolean);
        done({ code, signal, ...said, calls: its, writes });
      }),
    );
  }

  return {
    aws,
    path: folder.path,
    /** A command as it is, or killed at a point. */
    run: (args: string[], at?: Point, more?: NodeJS.ProcessEnv) =>
      start(args, at, folder.path, more),
    /** From a machine that has nothing of the first one's state. */
    there: (args: string[]) => start(args, undefined, elsewhere.path),
    /** Who asks with this key, after this has been asked for, hears that its session is over. */
    expire(accessKey: string, after: string) {
      toExpire = { accessKey, after };
    },
    /** The network is back. */
    online() {
      lostUntil = 0;
    },
    /** Whoever is running now. */
    signal: (signal: NodeJS.Signals) => child?.kill(signal),
    runs: () => runIds(folder.path).map((id) => readRecord(runFolder(folder.path, id))),
    /** Runs whose marker says that something may be left. */
    open: () => activeRuns(folder.path).map(({ id }) => id),
    async close() {
      if (child && child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
      await aws.close();
      folder.remove();
      elsewhere.remove();
    },
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;
export const makeCache = () => {
  const folder = makeFolder();
  mkdirSync(join(folder.path, "code"));
  return { path: join(folder.path, "code"), remove: folder.remove };
};

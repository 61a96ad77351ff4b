import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { extname, join } from "node:path";
import { type ErrorCode, MayflyError } from "../../base/errors.ts";
import { withLock } from "../../base/locks.ts";
import { freePort } from "../../base/port.ts";
import { MARKER } from "../../base/processes.ts";
import { installCompanion } from "../companion/install.ts";
import type { Rule } from "../faults/rules/rule.ts";
import { askFaults } from "./faults.ts";
import { endLeft, markOf } from "./processes.ts";
import { checkProfile, removeProfile, writeProfile } from "./profile.ts";
import {
  isRunning,
  newRehearsal,
  type Rehearsal,
  readRehearsal,
  rehearsalFolder,
  writeRehearsal,
} from "./records.ts";

export interface StartWish {
  name: string;
  env: NodeJS.ProcessEnv;
  port?: number | undefined;
  /** Of ~/.aws, to be written as well. */
  profile?: string | undefined;
  /** As it was where nothing is said. */
  speed?: number | undefined;
  unsafe?: boolean;
  /** Instead of those that one has which runs already. */
  faults?: Rule[] | undefined;
}

/** One that runs already is left as it is; of two that start it at once, the second one waits. */
export async function startRehearsal(
  wish: StartWish,
  say: (text: string) => void,
): Promise<Rehearsal> {
  const folder = rehearsalFolder(wish.name, wish.env);
  if (wish.profile !== undefined) checkProfile(wish.profile, wish.env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withLock(join(folder, "start.lock"), async () => {
    const known = readRehearsal(folder);
    if (isRunning(folder) && known) {
      const other = otherwise(wish, known);
      if (other === undefined) return await ready(folder, known, wish);
      throw new MayflyError(
        "busy",
        `cannot start the rehearsal "${wish.name}" ${other}`,
        `mayfly rehearsal stop --name ${wish.name}`,
      );
    }
    const python = await installCompanion(say, wish.env);
    await endLeft(folder);
    const port = wish.port ?? known?.port ?? (await freePort());
    const { unsafe: _said, ...kept } = known ?? newRehearsal(port);
    const next: Rehearsal = {
      ...kept,
      port,
      speed: wish.speed ?? kept.speed ?? 1,
      ...(wish.unsafe ? { unsafe: true } : {}),
    };
    writeRehearsal(folder, next);
    await launch(folder, python, wish.env);
    return await ready(folder, next, wish);
  });
}

/** What is asked for, and what the one that runs cannot become. */
function otherwise({ port, speed, unsafe }: StartWish, known: Rehearsal): string | undefined {
  if (port !== undefined && port !== known.port)
    return `on port ${port}: it runs on port ${known.port}`;
  if (speed !== undefined && speed !== (known.speed ?? 1))
    return `with speed ${speed}: it runs with speed ${known.speed ?? 1}`;
  return unsafe && !known.unsafe ? "with --unsafe: it runs without" : undefined;
}

async function ready(folder: string, known: Rehearsal, wish: StartWish): Promise<Rehearsal> {
  const { faults: rules, name, env } = wish;
  if (rules) await askFaults(name, env, { do: "add", rules, instead: true });
  return withProfile(folder, known, wish);
}

/** A profile once written follows the rehearsal to another port. */
function withProfile(folder: string, known: Rehearsal, { profile, env }: StartWish): Rehearsal {
  const wanted = profile ?? known.profile;
  if (wanted === undefined) return known;
  writeProfile(wanted, known, env);
  if (known.profile !== undefined && known.profile !== wanted) removeProfile(known.profile, env);
  const next = { ...known, profile: wanted };
  writeRehearsal(folder, next);
  return next;
}

const MAIN = join(import.meta.dirname, `../server/main${extname(import.meta.filename)}`);

interface Word {
  ready?: true;
  error?: { code: ErrorCode; message: string; remedy?: string };
}

function launch(folder: string, python: string, env: NodeJS.ProcessEnv): Promise<void> {
  const log = openSync(join(folder, "rehearsal.log"), "a", 0o600);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--no-warnings", MAIN, folder, python], {
      cwd: folder,
      env: { ...env, [MARKER]: markOf(folder) },
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    });
    const failed = (why: string) =>
      reject(
        new MayflyError(
          "bug",
          `cannot start the rehearsal: ${why}`,
          `what it said: ${join(folder, "rehearsal.log")}`,
        ),
      );
    child.on("error", (error) => failed(error.message));
    child.on("exit", (code, signal) =>
      failed(`its process ended (${signal ?? `exit code ${code}`})`),
    );
    child.on("message", ({ error }: Word) => {
      child.removeAllListeners("exit");
      child.unref();
      if (error) reject(new MayflyError(error.code, error.message, error.remedy));
      else resolve();
    });
  });
}

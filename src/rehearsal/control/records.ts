import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { stateFolder } from "../../base/places.ts";
import { isAlive, type ProcessId, parseProcess } from "../../base/processes.ts";
import { newKey } from "../door/keys.ts";

/** What stays of a rehearsal between two starts; whoever has it may ask anything of the rehearsal. */
export interface Rehearsal {
  version: 1;
  port: number;
  accessKey: string;
  secretKey: string;
  region: string;
  account: string;
  /** Of ~/.aws, written by us. */
  profile?: string;
  /** So many times as fast goes all that the rehearsal waits for by itself. */
  speed?: number;
  /** Where this machine has no walls, programs run without. Not kept beyond a stop: it is said anew. */
  unsafe?: boolean;
}

/** The processes of one that runs. */
export interface Running {
  daemon: ProcessId;
  companion: ProcessId;
  since: number;
  /** It is on its way out. */
  ending?: boolean;
}

export const DEFAULT_NAME = "default";
/** As AWS's own documents call an account that is nobody's. */
const ACCOUNT = "123456789012";
const REGION = "us-east-1";

export function rehearsalFolder(name: string, env: NodeJS.ProcessEnv): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw new MayflyError(
      "usage",
      `"${name}" cannot be the name of a rehearsal`,
      "small letters, digits and dashes, at most 40",
    );
  }
  return join(rehearsalsFolder(env), name);
}

export function rehearsalsFolder(env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), "rehearsals");
}

export function rehearsalNames(env: NodeJS.ProcessEnv): string[] {
  return listIfThere(rehearsalsFolder(env)).filter((name) =>
    readRehearsal(join(rehearsalsFolder(env), name)),
  );
}

const RECORD = "rehearsal.json";
const RUNNING = "running.json";

export function readRehearsal(folder: string): Rehearsal | undefined {
  try {
    const known = JSON.parse(readIfThere(join(folder, RECORD)) ?? "") as Rehearsal;
    return known.version === 1 && known.accessKey && known.secretKey ? known : undefined;
  } catch {
    return undefined;
  }
}

export function writeRehearsal(folder: string, known: Rehearsal): void {
  writeAtomic(join(folder, RECORD), `${JSON.stringify(known, null, 2)}\n`, 0o600);
}

/** Its keys are shaped as AWS shapes them: some tools look. */
export function newRehearsal(port: number): Rehearsal {
  return { version: 1, port, ...newKey(), region: REGION, account: ACCOUNT };
}

export function writeRunning(folder: string, running: Running): void {
  writeAtomic(join(folder, RUNNING), `${JSON.stringify(running)}\n`, 0o600);
}

/** What the file says; its processes may be gone. */
export function readRunning(folder: string): Running | undefined {
  try {
    const { daemon, companion, since, ending } = JSON.parse(
      readIfThere(join(folder, RUNNING)) ?? "",
    ) as Running;
    const known = [daemon, companion].map((one) => parseProcess(JSON.stringify(one)));
    return known[0] && known[1]
      ? { daemon: known[0], companion: known[1], since, ending: ending === true }
      : undefined;
  } catch {
    return undefined;
  }
}

export function isRunning(folder: string): boolean {
  const running = readRunning(folder);
  return running !== undefined && !running.ending && isAlive(running.daemon);
}

/** The variables that any client of AWS reads. */
export function environmentOf(known: Rehearsal): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${known.port}`,
    AWS_ACCESS_KEY_ID: known.accessKey,
    AWS_SECRET_ACCESS_KEY: known.secretKey,
    AWS_REGION: known.region,
    AWS_DEFAULT_REGION: known.region,
  };
}

/** Those that would send a client elsewhere, or as someone else, all the same. */
export const MISLEADING = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
];

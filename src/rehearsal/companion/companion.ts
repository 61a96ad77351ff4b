import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere } from "../../base/files.ts";
import { MARKER } from "../../base/processes.ts";

const SCRIPT = resolve(import.meta.dirname, "../../../python/companion.py");

export interface RunningCompanion {
  pid: number;
  port: number;
  /** It answers nobody who does not say it: programs of instances reach its port as well. */
  secret: string;
  /** Writes what it knows to the disk. */
  save(): void;
  /** Settles when it has written all it knows and is gone. */
  stop(): Promise<void>;
  /** Settles when it ends, asked to or not. */
  ended: Promise<string>;
}

export interface CompanionWish {
  python: string;
  /** All that it writes is below. */
  folder: string;
  /** The door's, which stands in the addresses it hands out. */
  port: number;
  account: string;
  region: string;
}

/** What of the person's variables it needs; nothing that names their AWS, their Docker, their files. */
const PASSED = ["PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SSL_CERT_FILE", MARKER];

/** It lives as long as we do: the end of the pipe that is its input ends it, whatever ends us. */
export async function startCompanion(wish: CompanionWish): Promise<RunningCompanion> {
  const { folder } = wish;
  const within = (name: string) => join(folder, name);
  for (const name of ["home", "tmp"]) mkdirSync(within(name), { recursive: true, mode: 0o700 });
  checkFolders(within("s3"));
  const log = openSync(within("companion.log"), "a", 0o600);
  const child = spawn(wish.python, ["-B", SCRIPT], {
    cwd: within("home"),
    env: {
      ...Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
      HOME: within("home"),
      TMPDIR: within("tmp"),
      PERSIST_STATE: "1",
      STATE_DIR: within("state"),
      S3_PERSIST: "1",
      S3_DATA_DIR: within("s3"),
      GATEWAY_PORT: String(wish.port),
      MINISTACK_HOST: "localhost",
      MINISTACK_ACCOUNT_ID: wish.account,
      MINISTACK_REGION: wish.region,
      LOG_LEVEL: "WARNING",
      // It would open more ports, on all interfaces, and reap containers of others.
      SFTP_ENABLED: "0",
      IOT_MTLS_ENABLED: "0",
      DOCKER_HOST: "unix:///nonexistent",
    },
    stdio: ["pipe", "pipe", log],
  });
  const input = child.stdin as Writable;
  input.on("error", () => {}); // it may have ended
  // Not among its variables: whatever it starts would have them too.
  const secret = randomBytes(32).toString("hex");
  input.write(`${secret}\n`);
  const ended = new Promise<string>((done) => {
    child.on("error", (error) => done(error.message));
    child.on("close", (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const port = await readyPort(child, ended, within("companion.log"));
  return {
    pid: child.pid ?? 0,
    port,
    secret,
    ended,
    save: () => void input.write("save\n"),
    async stop() {
      input.end();
      const late = setTimeout(() => child.kill("SIGKILL"), 25_000);
      await ended;
      clearTimeout(late);
    },
  };
}

/** It takes each folder there for a bucket, and would follow a link to wherever it leads. */
function checkFolders(s3: string): void {
  for (const account of listIfThere(s3)) {
    for (const path of [
      join(s3, account),
      ...listIfThere(join(s3, account)).map((name) => join(s3, account, name)),
    ]) {
      if (!lstatSync(path).isSymbolicLink()) continue;
      throw new MayflyError(
        "refused",
        `cannot start the rehearsal: "${path}" is a link, and what is written to that bucket would leave the rehearsal`,
        "remove the link; mayfly fs cp copies files into a bucket",
      );
    }
  }
}

function readyPort(child: ChildProcess, ended: Promise<string>, log: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => {
      const port = /^ready (\d+)$/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
    void ended.then((why) =>
      reject(
        new MayflyError(
          "bug",
          `cannot start the rehearsal: ministack, which answers for S3, ended at once (${why})`,
          `what it said: ${log}`,
        ),
      ),
    );
  });
}

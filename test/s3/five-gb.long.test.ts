import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { makeFolder } from "../support/cli.ts";
import { startRclone } from "../support/servers/rclone.ts";

/** An object of more than 5 GB, the most that S3 takes in one request, up and down in little memory. */
const BIN = resolve(import.meta.dirname, "../../src/cli/bin.ts");
const MIB = 1024 * 1024;
const SIZE = 5100 * MIB;

async function sha(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: MIB }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Most memory, in MB, of a process that must succeed. */
function memoryOf(args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const child = spawn(process.execPath, ["--no-warnings", BIN, "fs", ...args], {
    cwd,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...Object.fromEntries(own), ...env },
  });
  let most = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      most = Math.max(most, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // it has ended
    }
  }, 100);
  return new Promise((done, failed) =>
    child.on("close", (code) => {
      clearInterval(look);
      if (code === 0) done(most);
      else failed(new Error(`mayfly fs ${args.join(" ")}: ${code}`));
    }),
  );
}

test("5.3 GB up, down, and found the same by its parts", async (t) => {
  const folder = makeFolder();
  mkdirSync(join(folder.path, "data/bucket"), { recursive: true });
  mkdirSync(join(folder.path, "big"));
  const server = await startRclone(join(folder.path, "data"));
  const env = { ...server.env, XDG_STATE_HOME: join(folder.path, "state") };
  try {
    const file = openSync(join(folder.path, "big/object"), "w");
    const piece = randomBytes(MIB);
    for (let i = 0; i < SIZE / MIB; i++) {
      piece.writeUInt32LE(i, 0);
      writeSync(file, piece);
    }
    closeSync(file);
    const up = await memoryOf(["cp", "big/object", "s3://bucket/object"], folder.path, env);
    const down = await memoryOf(["cp", "s3://bucket/object", "back/object"], folder.path, env);
    t.diagnostic(`most memory: ${up.toFixed(0)} MB up, ${down.toFixed(0)} MB down`);
    assert.equal(
      await sha(join(folder.path, "back/object")),
      await sha(join(folder.path, "big/object")),
    );
    assert.ok(up <= 200 && down <= 200, `${up} ${down}`);
  } finally {
    await server.stop();
    folder.remove();
  }
});

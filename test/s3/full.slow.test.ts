import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../../src/base/port.ts";
import { makeFolder } from "../support/cli.ts";
import { needs } from "../support/needs.ts";
import { rcloneBinary, type S3Server, startRclone } from "../support/servers/rclone.ts";

/** Disks that fill while something comes, here or behind the server: each in a mount namespace of its own. */
const BIN = resolve(import.meta.dirname, "../../src/cli/bin.ts");
const folder = makeFolder();
let server: S3Server;
let hash: string;
before(async () => {
  mkdirSync(join(folder.path, "data/bucket"), { recursive: true });
  const bytes = randomBytes(80_000_000);
  hash = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder.path, "data/bucket/whole"), bytes);
  server = await startRclone(join(folder.path, "data"));
});
after(async () => {
  await server.stop();
  folder.remove();
});

function shell(script: string, env: NodeJS.ProcessEnv): string[] {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_"));
  const setup = `
    mkdir -p small; mount -t tmpfs -o size=50m tmpfs small
    fs() { "$NODE" --no-warnings "$BIN" fs "$@" 2>err; echo "$?"; cat err >&2; }
    ${script}`;
  const done = spawnSync("unshare", ["-rm", "sh", "-c", setup], {
    cwd: folder.path,
    encoding: "utf8",
    env: {
      ...Object.fromEntries(own),
      ...server.env,
      NODE: process.execPath,
      BIN,
      XDG_STATE_HOME: join(folder.path, "state"),
      ...env,
    },
  });
  return [...done.stdout.trim().split("\n"), done.stderr];
}

test(
  "a disk that fills here: nothing stays on it, and with room the file is whole",
  needs("unshare"),
  () => {
    const said = shell(
      `fs cp s3://bucket/whole small/x; ls -A small | wc -l
     mount -o remount,size=200m small; fs cp s3://bucket/whole small/x; ls -A small; sha256sum < small/x`,
      {},
    );
    assert.deepEqual(said.slice(0, -1), ["5", "0", "0", "x", `${hash}  -`], said.at(-1));
    assert.match(said.at(-1) ?? "", /the disk is full/);
  },
);

test(
  "a disk that fills behind the server: no upload stays open, and with room it is whole",
  needs("unshare"),
  async () => {
    const port = await freePort();
    const said = shell(
      `mkdir small/bucket
     RCLONE_CONFIG=/dev/null "$RCLONE" serve s3 --auth-key "$AWS_ACCESS_KEY_ID,$AWS_SECRET_ACCESS_KEY" --addr "127.0.0.1:$PORT" small >/dev/null 2>&1 &
     trap "kill $!" EXIT
     until fs ls s3:// >/dev/null 2>&1 && [ "$(fs ls s3:// 2>/dev/null | tail -1)" = 0 ]; do sleep 0.2; done
     fs cp data/bucket/whole s3://bucket/x; ls small/bucket | wc -l
     fs leftovers s3://bucket/ --older-than 0m
     mount -o remount,size=400m small; fs cp data/bucket/whole s3://bucket/x; sha256sum < small/bucket/x
     fs leftovers s3://bucket/ --older-than 0m`,
      {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        PORT: String(port),
        RCLONE: await rcloneBinary(),
      },
    );
    assert.deepEqual(said.slice(0, -1), ["1", "0", "0", "0", `${hash}  -`, "0"], said.at(-1));
    assert.equal(readFileSync(join(folder.path, "data/bucket/whole")).length, 80_000_000);
  },
);

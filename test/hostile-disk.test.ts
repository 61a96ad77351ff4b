import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { makeFolder } from "./support/cli.ts";
import { needs } from "./support/needs.ts";

/** Disks that are full, read-only or closed: each in a mount namespace that ends with its command. */
const BIN = resolve(import.meta.dirname, "../src/cli/bin.ts");
const SHELL =
  "jobs:\n  hello: { steps: [{ command: [echo, hello] }] }\n  loud: { steps: [{ command: [sh, -c, 'yes | head -c 3000000'] }] }\n";

/** Runs mayfly in a fresh tmpfs at `disk`; `before` is shell that prepares it. */
function onDisk(
  before: string,
  args: string,
  env: Record<string, string> = {},
): { code: number | null; err: string; left: string } {
  const folder = makeFolder();
  const script = `set -e
    mount -t tmpfs -o size=200k tmpfs "$1"; cd "$1"
    printf '%s' "$JOBS" > mayfly.yaml; echo 'x = 1' > a.py
    ${before}
    set +e
    "$NODE" --no-warnings "$BIN" ${args} >"\${OUT:-out}" 2>/dev/shm/err-$$ || code=$?
    cat /dev/shm/err-$$ >&2; rm -f /dev/shm/err-$$
    find .mayfly/runs .mayfly/active -mindepth 1 -maxdepth 1 2>/dev/null; exit \${code:-0}`;
  const done = spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", folder.path], {
    encoding: "utf8",
    env: {
      ...process.env,
      NODE: process.execPath,
      BIN,
      JOBS: SHELL,
      XDG_STATE_HOME: join(folder.path, "state"),
      ...env,
    },
  });
  folder.remove();
  return { code: done.status, err: done.stderr, left: done.stdout };
}

const FILL = "head -c 1000000 /dev/zero > filler 2>/dev/null || true; rm -f out; : > out";

test("a full disk is said before anything is begun", needs("unshare"), () => {
  const said = onDisk(FILL, "run hello");
  assert.match(said.err, /cannot begin a run in ".*": the disk is full/);
  assert.match(said.err, /mayfly prune/);
  assert.deepEqual([said.code, said.left], [5, ""]);
});

test("a disk that fills while a step prints ends the run and says so", {
  ...needs("unshare"),
}, () => {
  const said = onDisk("", "run loud", { OUT: "/dev/null" });
  assert.match(said.err, /cannot keep what the program prints: the disk is full/);
  assert.equal(said.code, 5);
});

test("a full disk behind our own output ends the run, not only us", {
  ...needs("unshare"),
}, () => {
  const said = onDisk("", "run loud");
  assert.match(said.err, /mayfly: cannot write its output: ENOSPC|the disk is full/);
  assert.ok(!/\n {4}at /.test(said.err), said.err);
  assert.equal(said.code, 5);
});

test("a cache disk without room is said with what is free and what is needed", {
  ...needs("unshare"),
}, () => {
  const said = onDisk("", "run a.py", { MAYFLY_CACHE: "cache", SPARK_HOME: "" });
  assert.match(said.err, /disk|space|room/i);
  assert.match(said.err, /\d MB/);
  assert.equal(said.code, 5);
  assert.match(
    said.left,
    /^\.mayfly\/runs\/[\d-]+[0-9a-f]+\n$/,
    "the run is told as failed, nothing else",
  );
});

test("a read-only folder is refused", needs("unshare"), () => {
  const said = onDisk(": > out; mount -o remount,ro .", "run hello 2>&1 | cat >&2; false");
  assert.match(said.err, /no permission for ".*\.mayfly.*" \(EROFS\)|Read-only/);
});

test("a script that may not be read is refused", needs("setpriv"), () => {
  const folder = makeFolder({ "a.py": "x = 1\n" });
  const caps = "-dac_override,-dac_read_search";
  const script =
    'chmod 0 a.py; exec setpriv --inh-caps="$CAPS" --bounding-set="$CAPS" "$NODE" --no-warnings "$BIN" run a.py';
  const said = spawnSync("sh", ["-c", script], {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, BIN, CAPS: caps },
  });
  folder.remove();
  assert.match(said.stderr, /"a\.py" \(step 0\) is not readable\n.*chmod u\+r/);
  assert.equal(said.status, 3);
});

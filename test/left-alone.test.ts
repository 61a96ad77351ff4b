import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { marked } from "../src/base/processes.ts";
import { activeRuns, runFolder, runIds } from "../src/engine/runs/records.ts";
import { makeFolder, mayfly } from "./support/cli.ts";

/** Runs that somebody stops, forgets or pulls the ground from under. */
process.env.XDG_STATE_HOME = join(makeFolder().path, "state");
const JOBS = (seconds: number) => ({
  "mayfly.yaml": `jobs: { sleeps: { steps: [{ command: [sleep, "${seconds}"] }] } }\n`,
});

async function start(folder: string): Promise<{ pid: number; id: string; ended: Promise<number> }> {
  const script = join(import.meta.dirname, "support/run-job.ts");
  const child = spawn(process.execPath, ["--no-warnings", script, folder, "sleeps", "local"], {
    stdio: "ignore",
  });
  const ended = new Promise<number>((done) => child.on("close", (code) => done(code ?? -1)));
  for (;;) {
    const run = activeRuns(folder).find(({ id }) => marked(id).length > 0);
    if (run) return { pid: child.pid as number, id: run.id, ended };
    await sleep(50);
  }
}

test("a runner that was stopped is cancelled like any other", async () => {
  const folder = makeFolder(JOBS(60));
  const { pid, id, ended } = await start(folder.path);
  process.kill(pid, "SIGSTOP");
  const said = await mayfly(["cancel"], folder.path);
  assert.deepEqual([said.out, said.code], [`${id} cancelled\n`, 0]);
  assert.equal(await ended, 130);
  assert.deepEqual(marked(id), []);
  folder.remove();
});

test("wait ends as the run ended, also when it was terminated", async () => {
  const folder = makeFolder(JOBS(60));
  const { id, ended } = await start(folder.path);
  const waiting = mayfly(["wait"], folder.path);
  const [runner] = activeRuns(folder.path);
  process.kill(runner?.runner?.pid as number, "SIGTERM");
  assert.equal(await ended, 143);
  assert.deepEqual(await waiting, { code: 143, out: `${id} cancelled\n`, err: "" });
  folder.remove();
});

test("a project that is removed while a run of it runs is not made again", async () => {
  const folder = makeFolder(JOBS(2));
  const { id, ended } = await start(folder.path);
  rmSync(folder.path, { recursive: true });
  assert.notEqual(await ended, 0);
  assert.deepEqual(marked(id), []);
  assert.equal(existsSync(folder.path), false);
});

test("a run whose marker is gone is told as killed, and nobody waits for it", async () => {
  const folder = makeFolder(JOBS(60));
  const { pid, id, ended } = await start(folder.path);
  process.kill(pid, "SIGKILL");
  await ended;
  rmSync(join(folder.path, ".mayfly/active"), { recursive: true });
  const run = JSON.parse(
    readFileSync(join(runFolder(folder.path, id), "run.json"), "utf8"),
  ) as object;
  for (const args of [["show"], ["wait"], ["logs", "--follow"]]) {
    writeFileSync(join(runFolder(folder.path, id), "run.json"), JSON.stringify(run));
    const said = await mayfly(args, folder.path);
    assert.equal(said.code, args[0] === "wait" ? 1 : 0, said.err);
    if (args[0] !== "logs") assert.match(said.out, /killed/);
  }
  assert.deepEqual(marked(id), []);
  assert.equal(runIds(folder.path).length, 1);
  folder.remove();
});

test("a pipe in the place of a job file keeps nobody waiting", async () => {
  const folder = makeFolder();
  const made = spawn("mkfifo", [join(folder.path, "mayfly.yaml")], { stdio: "ignore" });
  await new Promise((done) => made.on("close", done));
  const said = await mayfly(["run", "a"], folder.path);
  assert.deepEqual([said.code, /is not a file/.test(said.err)], [2, true]);
  folder.remove();
});

test("in a folder that has been removed, that is what is said", () => {
  const folder = makeFolder();
  const bin = join(import.meta.dirname, "../src/cli/bin.ts");
  const script = 'rmdir "$PWD"; exec "$NODE" --no-warnings "$BIN" ls';
  const said = spawnSync("sh", ["-c", script], {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, BIN: bin },
  });
  assert.deepEqual([said.status, said.stdout], [3, ""]);
  assert.match(said.stderr, /^mayfly: cannot tell where we are.*\n {2}cd to another one\n$/);
});

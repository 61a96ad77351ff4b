import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { get } from "node:http";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { marked } from "../../src/base/processes.ts";
import { activeRuns } from "../../src/engine/runs/records.ts";
import { makeFolder } from "../support/cli.ts";

/** What one does with a run from another terminal, with the real launcher and real Spark. */
const LAUNCHER = resolve(import.meta.dirname, "../../mayfly");
const folder = makeFolder({
  "slow.py": `import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.appName("slow").getOrCreate()
spark.range(5).write.mode("overwrite").json("hdfs:///five")
print("begun", flush=True)
for second in range(600):
    time.sleep(0.5)
    print("tick", flush=True)
`,
  "table.sql": "CREATE TABLE same AS SELECT 1 AS one;\nSELECT sum(one) AS total FROM same;\n",
});
const env = { ...process.env, XDG_STATE_HOME: join(folder.path, "state") };
const started: ChildProcess[] = [];
test.after(() => {
  for (const child of started) child.kill("SIGKILL");
  folder.remove();
});

interface Running {
  child: ChildProcess;
  out(): string;
  ended: Promise<number | null>;
  says(pattern: RegExp): Promise<void>;
}

function mayfly(...args: string[]): Running {
  const child = spawn(LAUNCHER, args, {
    cwd: folder.path,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 180_000,
  });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part) => (text += part));
  const ended = new Promise<number | null>((done) => child.on("close", (code) => done(code)));
  const says = async (pattern: RegExp) => {
    for (let i = 0; i < 600; i++) {
      if (pattern.test(text)) return;
      assert.ok(child.exitCode === null, `it ended without ${pattern}: ${text}`);
      await sleep(100);
    }
    assert.fail(`${pattern} was not said: ${text}`);
  };
  return { child, out: () => text, ended, says };
}

const status = (url: string) =>
  new Promise<number | undefined>((done) => {
    get(url, (response) => {
      response.resume();
      done(response.statusCode);
    }).on("error", () => done(undefined));
  });

test("a running run is listed, opened, followed, waited for and cancelled from elsewhere", async () => {
  const run = mayfly("run", "slow.py");
  await run.says(/^begun$/m);
  const [active] = activeRuns(folder.path);
  assert.ok(active);
  const [ls, open, impatient] = [
    mayfly("ls"),
    mayfly("open", "--no-browser"),
    mayfly("wait", "--timeout", "0.1"),
  ];
  assert.equal(await ls.ended, 0);
  assert.match(ls.out(), new RegExp(`${active.id}  running`));
  assert.equal(await open.ended, 0);
  assert.equal(await status(`${open.out().trim()}/jobs/`), 200, "the live Spark UI answers");
  assert.equal(await impatient.ended, 5);
  const [follow, wait] = [mayfly("logs", "--follow"), mayfly("wait", active.id)];
  await follow.says(/tick\ntick/);
  const asked = Date.now();
  const cancel = mayfly("cancel");
  assert.equal(await cancel.ended, 0, cancel.out());
  assert.match(cancel.out(), new RegExp(`${active.id} cancelled`));
  assert.ok(Date.now() - asked < 6000, `${Date.now() - asked} ms`);
  assert.deepEqual(await Promise.all([run.ended, follow.ended, wait.ended]), [130, 0, 130]);
  assert.deepEqual(marked(active.id), []);
});

test("Ctrl-C ends all of a run within five seconds; its history can be opened", async () => {
  const run = mayfly("run", "slow.py");
  await run.says(/^begun$/m);
  const [active] = activeRuns(folder.path);
  const asked = Date.now();
  run.child.kill("SIGINT");
  assert.equal(await run.ended, 130);
  assert.ok(Date.now() - asked < 5000, `${Date.now() - asked} ms`);
  assert.deepEqual(active ? marked(active.id) : [], []);
  const open = mayfly("open", "last", "history", "--no-browser");
  await open.says(/^http:.*\n/m);
  const url = /http:\S+/.exec(open.out())?.[0] ?? "";
  assert.ok([200, 302].includes((await status(url)) ?? 0), url);
  open.child.kill("SIGINT");
  await open.ended;
  assert.equal(await status(url), undefined, "the history server ends with the command");
});

test("two runs at once have their own metastores, ports and folders", async () => {
  const runs = [mayfly("run", "table.sql"), mayfly("run", "table.sql")];
  assert.deepEqual(
    await Promise.all(runs.map((run) => run.ended)),
    [0, 0],
    runs.map((run) => run.out()).join("\n---\n"),
  );
  for (const run of runs) assert.match(run.out(), /^1$/m);
});

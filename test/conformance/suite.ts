import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { identify, isAlive, marked } from "../../src/base/processes.ts";
import { activeRuns, runIds } from "../../src/engine/runs/records.ts";
import { recoverRuns } from "../../src/engine/runs/recover.ts";
import { type Event, type Outcome, type RunHandle, type RunRequest, run } from "../../src/index.ts";
import { makeFolder } from "../support/cli.ts";

const noop = () => Promise.resolve();

/** Arguments that have gone wrong in one tool or another. */
const ARGS = [
  "",
  "a b",
  "a,b",
  "}}",
  "é日本🙂",
  "--conf",
  "-x",
  "$HOME `id`",
  "quo\"te's",
  "back\\slash",
  "new\nline",
  "*",
];

/**
 * What every kind of target must do: the same jobs, results, events, errors, cancel and recovery.
 * `on` is what stands behind --on; `before` makes a place ready for each run.
 */
export function conformance(on: string, before: (folder: string) => Promise<unknown> = noop): void {
  const folder = makeFolder();
  cpSync(join(import.meta.dirname, "job"), folder.path, { recursive: true });
  process.env.XDG_STATE_HOME = join(folder.path, "state");
  test.after(() => folder.remove());
  const request = (job: string, more: Partial<RunRequest> = {}): RunRequest => ({
    job,
    cwd: folder.path,
    on,
    ...more,
  });

  const begin = async (wanted: RunRequest): Promise<RunHandle> => {
    await before(folder.path);
    return run(wanted);
  };

  test(`${on}: every kind of step runs, in order, with its arguments byte for byte`, async () => {
    const done = await finish(
      await begin(request("every-kind", { step: "1", args: ["out", ...ARGS] })),
    );
    assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
    const { record } = done.outcome;
    assert.deepEqual(
      record.steps.map((step) => [step.name, step.state, step.exitCode]),
      [
        ["command", "succeeded", 0],
        ["all.py", "succeeded", 0],
        ["breaks", "failed", 7],
        ["copy", "succeeded", 0],
        ["plain.py", "succeeded", 0],
        ["report.sql", "succeeded", 0],
      ],
    );
    const said = JSON.parse(done.text("stdout", 1).trim()) as Record<string, unknown>;
    assert.deepEqual(said, {
      args: ["out", ...ARGS],
      helper: 42,
      setting: "a=b c",
      greeting: "héllo",
      rows: 1000,
      cwd: folder.path.split("/").at(-1),
      made: "made by a command",
    });
    assert.match(done.text("stderr", 1), /^to stderr\n$/m);
    assert.equal(done.text("stderr", 2), "gone wrong\n");
    assert.equal(done.text("stdout", 4), "['two words', '']\n");
    assert.match(done.text("stdout", 5), /^20$/m);

    const codes = done.events
      .map((event) => event.code)
      .filter((code) => code !== "step.output" && code !== "note" && !code.startsWith("fetch"));
    assert.equal(codes[0], "run.started");
    assert.equal(codes.at(-1), "run.finished");
    assert.equal(codes.filter((code) => code === "step.started").length, 6);
    assert.equal(codes.filter((code) => code === "step.finished").length, 6);
    const apps = done.events
      .filter((event) => event.code === "step.app")
      .map((event) => event.step);
    assert.deepEqual(apps, [1, 5], "two steps start Spark");

    const [numbers, absent, letters] = record.outputs ?? [];
    assert.deepEqual([numbers?.name, numbers?.rows, numbers?.format], ["numbers", 1000, "parquet"]);
    assert.deepEqual(
      numbers?.schema?.map((column) => column.name),
      ["id", "twice", "name"],
    );
    assert.ok(absent?.missing);
    assert.deepEqual([letters?.uri, letters?.rows], ["hdfs:///user/me/letters-out", 2]);
    assert.ok((record.time?.startMs ?? 0) > 0 && (record.time?.workMs ?? 0) > 0);
    leavesNothing(done.outcome, folder.path);
  });

  test(`${on}: what a step leaves in the background does not hold it up, and ends`, async () => {
    const handle = await begin(request("leaves-one"));
    const asked = Date.now();
    const done = await finish(handle);
    assert.equal(done.outcome.exitCode, 0);
    assert.ok(Date.now() - asked < 20_000);
    assert.equal(done.text("stdout"), "done\n");
    leavesNothing(done.outcome, folder.path);
  });

  test(`${on}: a program that is not there fails its step as a step fails`, async () => {
    const done = await finish(await begin(request("no-program")));
    assert.equal(done.outcome.exitCode, 0);
    assert.deepEqual(
      done.outcome.record.steps.map((step) => [step.state, step.exitCode]),
      [
        ["failed", 127],
        ["succeeded", 0],
      ],
    );
    assert.match(
      done.outcome.record.failure?.message ?? "",
      /cannot start "no-such-program": no such program/,
    );
  });

  test(`${on}: a failing step ends the job and names the person's line`, async () => {
    const done = await finish(await begin(request("fails")));
    assert.equal(done.outcome.exitCode, 1);
    const { failure, steps, state } = done.outcome.record;
    assert.equal(state, "failed");
    assert.deepEqual(
      steps.map((step) => step.state),
      ["failed", "skipped"],
    );
    assert.equal(failure?.where, "fails.py:9");
    assert.equal(failure?.line, "return 10 // (x - 3)");
    assert.match(failure?.message ?? "", /^ZeroDivisionError/);
    assert.ok(!existsSync(join(folder.path, "never.txt")));
    leavesNothing(done.outcome, folder.path);
  });

  test(`${on}: cancel ends everything within five seconds`, async () => {
    const handle = await begin(request("sleeps"));
    const begun = deferred();
    const all = finish(handle, (event) => {
      if (event.code === "step.output" && event.text.includes("begun")) begun.resolve();
    });
    await begun.promise;
    await new Promise((wait) => setTimeout(wait, 1500));
    const asked = Date.now();
    handle.cancel();
    const { outcome } = await all;
    assert.ok(Date.now() - asked < 5000, `it took ${Date.now() - asked} ms`);
    assert.equal(outcome.exitCode, 130);
    assert.equal(outcome.record.state, "cancelled");
    leavesNothing(outcome, folder.path);
  });

  test(`${on}: a run whose process was killed is found, ended and told as killed`, async () => {
    const script = resolve(import.meta.dirname, "../support/run-job.ts");
    const child = spawn(
      process.execPath,
      ["--no-warnings", script, folder.path, "sleeps-plainly", on],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await new Promise<void>((wait) =>
      child.stdout.on("data", (text) => String(text).includes("begun") && wait()),
    );
    const [active] = activeRuns(folder.path);
    assert.ok(active?.alive && active.runner);
    child.kill("SIGKILL");
    await new Promise((wait) => child.on("exit", wait));
    assert.ok(!isAlive(active.runner) && identify(active.runner.pid) === undefined);
    const before = runIds(folder.path).length;
    assert.deepEqual(await recoverRuns(folder.path), [{ id: active.id, pending: [] }]);
    assert.deepEqual(marked(active.id), []);
    assert.equal(runIds(folder.path).length, before, "no run is lost or doubled");
    const record = JSON.parse(
      readFileSync(join(folder.path, ".mayfly/runs", active.id, "run.json"), "utf8"),
    ) as { state: string };
    assert.equal(record.state, "killed");
    assert.deepEqual(await recoverRuns(folder.path), [], "recovering twice does nothing");
  });
}

export interface Finished {
  outcome: Outcome;
  events: Event[];
  text(stream: "stdout" | "stderr", step?: number): string;
}

export async function finish(
  handle: RunHandle,
  look: (event: Event) => void = () => {},
): Promise<Finished> {
  const events: Event[] = [];
  for await (const event of handle.events) {
    events.push(event);
    look(event);
  }
  return {
    outcome: await handle.outcome,
    events,
    text: (stream, step) =>
      events
        .filter((event) => event.code === "step.output")
        .filter((event) => event.stream === stream && (step === undefined || event.step === step))
        .map((event) => event.text)
        .join(""),
  };
}

function leavesNothing(outcome: Outcome, folder: string): void {
  assert.deepEqual(marked(outcome.id), [], "no process stays");
  assert.ok(!existsSync(join(outcome.folder, "staging")), "no staging folder stays");
  assert.deepEqual(activeRuns(folder), []);
  const litter = readdirSync(folder).filter((name) =>
    /metastore_db|derby|spark-warehouse|artifacts/.test(name),
  );
  assert.deepEqual(litter, [], "Spark's litter stays out of the project");
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

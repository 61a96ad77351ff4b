import "../support/fast-spark.ts";
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parquetReadObjects } from "hyparquet";
import type { OutputRecord } from "../../src/index.ts";
import { run } from "../../src/index.ts";
import { noOptions } from "../../src/model/job.ts";
import { type Finished, finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";

/** Our examples, from a copy: each must give the figures that stand in its README. */
const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const folder = makeFolder();
process.env.XDG_STATE_HOME = join(folder.path, "state");
test.after(() => folder.remove());

async function example(name: string, small: boolean): Promise<Finished> {
  const cwd = join(folder.path, `${name}${small ? "-small" : ""}`);
  cpSync(join(EXAMPLES, name), cwd, {
    recursive: true,
    filter: (path) => !path.includes("/.mayfly"),
  });
  // A longer job wants both compilers, which fast-spark.ts leaves out for the short ones.
  const conf = small ? {} : { "spark.driver.extraJavaOptions": "-Xshare:auto" };
  const options = { ...noOptions(), conf };
  const done = await finish(await run({ job: cwd, cwd: folder.path, small, options }));
  assert.equal(done.outcome.exitCode, 0, `${done.text("stdout")}\n${done.text("stderr")}`);
  return done;
}

const output = (done: Finished, name: string): OutputRecord =>
  done.outcome.record.outputs?.find((one) => one.name === name) ?? assert.fail(`no output ${name}`);

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const name of readdirSync(path).filter((file) => file.endsWith(".parquet"))) {
    const bytes = new Uint8Array(readFileSync(join(path, name)));
    rows.push(...(await parquetReadObjects({ file: bytes.buffer, compressors: {} })));
  }
  return rows;
}

test("cities: three places, one answer", async () => {
  const done = await example("cities", true);
  assert.equal(output(done, "cities").rows && output(done, "cities").format, "parquet");
  assert.match(done.text("stdout"), /Chattanooga/);
});

test("wordcount: a step in cluster style, its program and data at s3://", async () => {
  const done = await example("wordcount", true);
  assert.equal(output(done, "wordcount").rows, 53);
  assert.match(done.text("stdout"), /^ *981 the$/m);
  const notes = done.events.filter((event) => event.code === "note").map((event) => event.text);
  assert.ok(
    notes.some((text) => text.startsWith("--num-executors 29 --executor-cores 4: one process")),
    notes.join("\n"),
  );
});

test("events: a glob that leaves the year before out", async () => {
  const done = await example("events", true);
  assert.match(done.text("stdout"), /\b140\b/);
  assert.equal(output(done, "events").rows, 18);
});

test("flights: Python packages and a step that is not Spark", async () => {
  const done = await example("flights", true);
  assert.equal(output(done, "delays").rows, 15);
  assert.match(done.text("stdout"), /Hawaiian Airlines Inc\./);
});

test("steps: the steps file of the CDK tutorial", async () => {
  const done = await example("steps", false);
  const [pi] = readdirSync(output(done, "step1").path).filter((name) => name.endsWith(".csv"));
  assert.equal(
    readFileSync(join(output(done, "step1").path, pi ?? ""), "utf8"),
    "points,inside,pi\n2000000,1570408,3.140816\n",
  );
  assert.equal(output(done, "step2").rows, 3);
});

test("one-off in small", async () => {
  const done = await example("one-off", true);
  assert.equal(output(done, "accuracy").rows, 3);
  assert.equal(output(done, "decisions").rows, 3 * 21 * 21);
  assert.equal(output(done, "training").rows, 400);
});

test("one-off in full: about thirty neurons are as good as any", async () => {
  const done = await example("one-off", false);
  assert.equal(output(done, "training").rows, 4000);
  const found = await readParquet(output(done, "accuracy").path);
  const sizes = found.map((row) => Number(row.n)).sort((a, b) => a - b);
  assert.equal(sizes.length, 10);
  assert.ok((sizes[0] ?? 0) > 5 && (sizes.at(-1) ?? 1000) < 600, String(sizes));
  const accuracyOf = (n: number) => Number(found.find((row) => Number(row.n) === n)?.accuracy_test);
  const best = Math.max(...sizes.map(accuracyOf));
  assert.ok(best > 0.85 && accuracyOf(30) > best - 0.02, `N=30 ${accuracyOf(30)}, best ${best}`);
  assert.ok(accuracyOf(sizes[0] ?? 0) < best - 0.02, "the smallest is too small");
  assert.equal(output(done, "decisions").rows, 10 * 61 * 61);
});

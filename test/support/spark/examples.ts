import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { collectDashboard } from "../../../src/engine/dashboard/build.ts";
import type { OutputRecord } from "../../../src/index.ts";
import { run } from "../../../src/index.ts";
import { chosen, isProblem, keyOf } from "../../../src/model/dashboard/results.ts";
import { noOptions } from "../../../src/model/job.ts";
import { type Finished, finish } from "../../conformance/suite.ts";
import { makeFolder } from "../cli.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
const folder = makeFolder();
process.env.XDG_STATE_HOME = join(folder.path, "state");
test.after(() => folder.remove());

const noop = (_folder: string): Promise<unknown> => Promise.resolve();

/** Runs an example from a copy; `before` makes something ready for it. */
export async function example(
  name: string,
  small: boolean,
  { before = noop, options = noOptions() } = {},
): Promise<Finished> {
  const cwd = join(folder.path, `${name}${small ? "-small" : ""}`);
  cpSync(join(EXAMPLES, name), cwd, {
    recursive: true,
    filter: (path) => !path.includes("/.mayfly"),
  });
  await before(cwd);
  const done = await finish(await run({ job: cwd, cwd: folder.path, small, options }));
  assert.equal(done.outcome.exitCode, 0, `${done.text("stdout")}\n${done.text("stderr")}`);
  if (existsSync(join(cwd, "dashboard.yaml"))) await charted(cwd);
  return done;
}

/** Its dashboard finds what it has written: each query brings rows, with the columns that the charts name. */
async function charted(cwd: string): Promise<void> {
  const { page } = await collectDashboard({ inputs: {}, cwd, env: process.env });
  const values = chosen(page.choices);
  for (const [name, sql] of Object.entries(page.spec.queries ?? {})) {
    const result = page.results[name]?.[keyOf(sql, values)];
    assert.ok(result && !isProblem(result) && result.rows.length > 0, `${cwd}: ${name}`);
  }
}

export const output = (done: Finished, name: string): OutputRecord =>
  done.outcome.record.outputs?.find((one) => one.name === name) ?? assert.fail(`no output ${name}`);

/** Each must give the figures that stand in its README. */
export function ourExamples(on: string, before: (folder: string) => Promise<unknown> = noop): void {
  test(`cities: three places, one answer, ${on}`, async () => {
    const done = await example("cities", true, { before });
    assert.equal(output(done, "cities").rows && output(done, "cities").format, "parquet");
    assert.match(done.text("stdout"), /Chattanooga/);
  });

  test(`wordcount: a step in cluster style, its program and data at s3://, ${on}`, async () => {
    const done = await example("wordcount", true, { before });
    assert.equal(output(done, "wordcount").rows, 53);
    assert.match(done.text("stdout"), /^ *981 the$/m);
    const notes = done.events.filter((event) => event.code === "note").map((event) => event.text);
    assert.ok(
      notes.some((text) => text.startsWith("--num-executors 29 --executor-cores 4: one process")),
      notes.join("\n"),
    );
  });

  test(`events: a glob that leaves the year before out, ${on}`, async () => {
    const done = await example("events", true, { before });
    assert.match(done.text("stdout"), /\b140\b/);
    assert.equal(output(done, "events").rows, 18);
  });

  test(`flights: Python packages and a step that is not Spark, ${on}`, async () => {
    const done = await example("flights", true, { before });
    assert.equal(output(done, "delays").rows, 15);
    assert.match(done.text("stdout"), /Hawaiian Airlines Inc\./);
  });

  test(`steps: the steps file of the CDK tutorial, ${on}`, async () => {
    const done = await example("steps", false, { before });
    const [pi] = readdirSync(output(done, "step1").path).filter((name) => name.endsWith(".csv"));
    assert.equal(
      readFileSync(join(output(done, "step1").path, pi ?? ""), "utf8"),
      "points,inside,pi\n2000000,1570408,3.140816\n",
    );
    assert.equal(output(done, "step2").rows, 3);
  });

  test(`one-off in small, ${on}`, async () => {
    const done = await example("one-off", true, { before });
    assert.equal(output(done, "accuracy").rows, 3);
    assert.equal(output(done, "decisions").rows, 3 * 21 * 21);
    assert.equal(output(done, "training").rows, 400);
  });
}

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import type { Event } from "../../../src/model/event.ts";
import type { OutputRecord } from "../../../src/model/run.ts";
import { describeDataset } from "../../../src/storage/dataset/describe.ts";
import { readValues } from "../../../src/storage/dataset/values.ts";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";

/** The source tutorials' jobs, unchanged, on clusters of their own: what they leave is what they leave on the laptop. */
const world = rehearsalWorld();
const EXAMPLES = resolve(import.meta.dirname, "../../../examples");
let env: NodeJS.ProcessEnv;
before(async () => {
  env = { ...world.env, ...(await world.start()) };
  for (const bucket of ["results", "code", "books", "sparkify"]) await fs("mb", `s3://${bucket}`);
  await fs("sync", join(EXAMPLES, "wordcount/code"), "s3://code");
  await fs("sync", join(EXAMPLES, "wordcount/books"), "s3://books");
  await fs("sync", join(EXAMPLES, "cities/data"), "s3://sparkify");
});
after(() => world.remove());

async function fs(...args: string[]) {
  const said = await world.mayfly(["fs", ...args], env);
  assert.equal(said.code, 0, said.err);
}

interface Done {
  outputs: OutputRecord[];
  printed: string[];
}

/** A copy of the example, run from its folder; every event is heard. */
async function run(
  example: string,
  where: string,
  more: NodeJS.ProcessEnv,
  args: string[],
): Promise<Done> {
  const name = `${example}-${where}`;
  cpSync(join(EXAMPLES, example), join(world.path, name, example), { recursive: true });
  const said = await world.mayfly(
    [...["run", join(name, example), "--on", where, "--json", "--fetch"], ...args],
    more,
  );
  assert.equal(said.code, 0, `${said.err}\n${said.out}`);
  const events = said.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  const text = events.map((one) =>
    one.code === "step.output" && one.stream === "stdout" ? one.text : "",
  );
  return {
    outputs: events.flatMap((one) => (one.code === "output" ? [one.output] : [])),
    printed: text.join("").trimEnd().split("\n"),
  };
}

/** Short JVMs: these are small. */
const SHORT = ["--conf", "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"];
const bothWays = (example: string, ...args: string[]) =>
  Promise.all([run(example, "local", {}, args), run(example, "emr", env, [...args, ...SHORT])]);

async function valuesOf({ outputs }: Done, name: string, without: string[] = []) {
  const output = outputs.find((one) => one.name === name);
  assert.ok(output && !output.missing, name);
  const values = await readValues(output.path, await describeDataset(output.path));
  assert.ok(values && values.rows.length > 0, name);
  const kept = (values.columns ?? values.rows[0] ?? []).map((_, i) => i);
  const shown = kept.filter((i) => !without.includes(values.columns?.[i] ?? ""));
  return values.rows.map((row) => shown.map((i) => row[i]).join("|")).sort();
}

async function same([here, there]: Done[], outputs: Record<string, string[]>) {
  assert.ok(here && there);
  assert.deepEqual(there.outputs.map(({ name }) => name).sort(), Object.keys(outputs).sort());
  for (const [name, without] of Object.entries(outputs))
    assert.deepEqual(
      await valuesOf(there, name, without),
      await valuesOf(here, name, without),
      name,
    );
}

test("the word count, as a step in cluster mode with its script on S3", async () => {
  const both = await bothWays("wordcount", "--small");
  await same(both, { wordcount: [] });
  assert.deepEqual(both[1].printed, both[0].printed);
});

test("a one-off cluster: training data in HDFS, networks, results on S3", async () => {
  const both = await bothWays("one-off", "--small");
  // How long each took is another one each time.
  await same(both, { accuracy: ["seconds"], decisions: [], training: [] });
});

test("the steps of a stack, with their folder of data", async () => {
  const both = await bothWays("steps");
  await same(both, { step1: [], step2: [] });
});

test("the same logs from this machine, from S3 and from HDFS", async () => {
  const both = await bothWays("cities", "--small");
  await same(both, { cities: [] });
  assert.match(both[1].printed.at(-1) ?? "", /^3 places agree$/);
});

import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { cacheFolder } from "../../src/base/places.ts";
import { run } from "../../src/index.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";

/** Programs that ship with PySpark, from a copy: written by others, for any Spark. */
const PROGRAMS: [string, string[], RegExp][] = [
  ["pi.py", ["2"], /^Pi is roughly 3\./m],
  ["wordcount.py", ["data.txt"], /^the: \d+/m],
  ["sort.py", ["numbers.txt"], /^1\n2\n10\n33$/m],
  ["sql/basic.py", [], /Name: Wren/],
  ["ml/kmeans_example.py", [], /Silhouette with squared euclidean distance = 0\.99/],
];

const folder = makeFolder();
// The package leaves these out; the programs name them.
const INPUTS = makeFolder({
  "data.txt": "the cat and the dog\nthe end\n",
  "numbers.txt": "10 2\n33 1\n",
  "examples/src/main/resources/people.json":
    '{"name":"Robin"}\n{"name":"Wren","age":15}\n{"name":"Swift","age":40}\n',
  "examples/src/main/resources/people.txt": "Robin, 29\nWren, 15\nSwift, 40\n",
}).path;
process.env.XDG_STATE_HOME = join(folder.path, "state");
test.after(() => {
  folder.remove();
  rmSync(INPUTS, { recursive: true, force: true });
});

for (const [program, args, says] of PROGRAMS) {
  test(`Spark's own ${program} runs unchanged`, async () => {
    const home = process.env.SPARK_HOME ?? sparkInCache();
    const cwd = join(folder.path, program.replaceAll("/", "-"));
    cpSync(
      join(home, "examples/src/main/python", program),
      join(cwd, program.split("/").at(-1) ?? ""),
    );
    cpSync(join(home, "data"), join(cwd, "data"), { recursive: true });
    cpSync(INPUTS, cwd, { recursive: true });
    const done = await finish(await run({ job: program.split("/").at(-1) ?? "", args, cwd }));
    assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
    assert.match(done.text("stdout"), says);
  });
}

function sparkInCache(): string {
  const folder = join(cacheFolder(), "spark");
  const [version] = readdirSync(folder).filter((name) => name.startsWith("3.5"));
  return resolve(folder, version ?? "");
}

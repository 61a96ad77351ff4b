import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Event } from "../../../src/model/event.ts";
import { systemEffects } from "../../../src/spark/install/effects.ts";
import { findPython } from "../../../src/spark/install/python.ts";
import { DEFAULT_SPARK } from "../../../src/spark/versions.ts";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";
import { makeWheel } from "../../support/wheels.ts";

/** What a job's Python programs need comes with them, to drivers and workers, in both deploy modes. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;

const SHORT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
const FILES = {
  "requirements.txt": "numpy<2\n./wheels/greet-1.0-py3-none-any.whl\n",
  "use.py": `import sys, greet, numpy
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
def work(x):
    import greet, numpy
    return greet.hello(int(numpy.square(x)))
print(sys.argv[1], numpy.__version__, s.sparkContext.parallelize([2, 3], 2).map(work).collect())
`,
  "plain.py": `import os, subprocess, greet, numpy
print("plain", greet.hello(int(numpy.arange(3).sum())), os.environ["PYTHONPATH"], flush=True)
subprocess.run(["greet"], check=True)
`,
};
const WHEEL = {
  "greet/__init__.py": `def hello(x):
    return f"hello {x}"

def main():
    print("said by a program")
`,
  "greet-1.0.dist-info/entry_points.txt": "[console_scripts]\ngreet = greet:main\n",
};

before(async () => {
  env = { ...world.env, ...(await world.start("--speed", "100")) };
  // Its machines have this machine's Python, whatever the release has.
  const { minor } = await findPython(DEFAULT_SPARK, () => {}, systemEffects);
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(world.path, name), text);
  mkdirSync(join(world.path, "wheels"), { recursive: true });
  makeWheel(join(world.path, "wheels"), { name: "greet", files: WHEEL });
  const conf = `{ spark.driver.extraJavaOptions: "${SHORT}" }`;
  writeFileSync(
    join(world.path, "mayfly.yaml"),
    `jobs:
  use:
    python: { requirements: requirements.txt }
    conf: ${conf}
    env: { PYTHONPATH: ./own }
    steps:
      - { script: use.py, args: [client] }
      - { script: use.py, args: [cluster], submit: [--deploy-mode, cluster] }
      - { python: plain.py }
  other:
    python: { requirements: other.txt }
    steps: [{ python: plain.py }]
targets:
  same: { kind: emr, instance_count: 1, python: "3.${minor}" }
  other: { kind: emr, instance_count: 1, python: "3.8" }
`,
  );
  writeFileSync(join(world.path, "other.txt"), "./wheels/greet-1.0-py3-none-any.whl\n");
});
after(() => world.remove());

async function run(job: string, on: string) {
  const said = await world.mayfly(["run", job, "--on", on, "--json"], env);
  const events = said.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  const of = (stream: string) =>
    events.flatMap((one) => (one.code === "step.output" && one.stream === stream ? one.text : ""));
  return {
    code: said.code,
    all: said.out + said.err,
    stdout: of("stdout").join(""),
    stderr: of("stderr").join(""),
    notes: events.flatMap((one) => (one.code === "note" ? [one.text] : [])),
  };
}

test("packages of an index and of this machine, in every program of a job as on the laptop", async () => {
  const [here, there] = await Promise.all([
    world.mayfly(["run", "use", "--json"]),
    run("use", "same"),
  ]);
  assert.equal(there.code, 0, there.all);
  const printed = here.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event)
    .flatMap((one) => (one.code === "step.output" && one.stream === "stdout" ? one.text : ""))
    .join("");
  assert.match(
    printed,
    /^client 1\.\S+ \['hello 4', 'hello 9'\]\ncluster 1\.\S+ \['hello 4', 'hello 9'\]\nplain hello 3 \.\/own\nsaid by a program\n$/,
  );
  // Only where its packages lie is another place.
  assert.equal(there.stdout.replace("./mayfly-packages:./own", "./own"), printed);
  assert.ok(there.notes.some((text) => /^packages: 2 wheels for Linux/.test(text)));
});

test("a Python that the cluster has not is named before anything runs on it", async () => {
  const { code, stderr, notes, all } = await run("other", "other");
  assert.equal(code, 1, all);
  assert.ok(
    notes.some((text) =>
      /^python 3\.8 is not in emr-7\.12\.0 \(it has 3\.9 and 3\.11\)/.test(text),
    ),
    all,
  );
  assert.match(
    stderr,
    /made for python3\.8, which is not on this machine: python3 is Python 3\.\d+/,
  );
  assert.match(stderr, /python: "3\.\d+"/);
});

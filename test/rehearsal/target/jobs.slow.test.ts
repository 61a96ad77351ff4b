import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { readIfThere } from "../../../src/base/files.ts";
import type { Event } from "../../../src/model/event.ts";
import { eventually } from "../../support/eventually.ts";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";

/** Steps of every kind, with files of this machine, on one cluster: as the laptop has it. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;
before(async () => {
  // What a step prints reaches S3 every three seconds, where AWS takes five minutes.
  env = { ...world.env, ...(await world.start("--speed", "100")) };
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(world.path, name)), { recursive: true });
    writeFileSync(join(world.path, name), text);
  }
});
after(() => world.remove());

const SHORT = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

const FILES = {
  "data/a.txt": "one two\ntwo\n",
  "data/more/b.txt": "three\n",
  "tools/look.py": `import os, sys
print("plain", os.environ["GREETING"], sys.argv[1:], open(sys.argv[1]).read().split())
`,
  "count.py": `import sys
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
words = s.read.option("recursiveFileLookup", True).text(sys.argv[1]).selectExpr("explode(split(value, ' ')) w")
words.groupBy("w").count().orderBy("w").coalesce(1).write.mode("overwrite").csv(sys.argv[2])
print("counted", words.count(), [len(a) for a in sys.argv[3:]])
raise ValueError("the driver's own words")
`,
  "ask.sql": "select 'sql', count(*), upper('x y') from range(10);\n",
  "say.scala": 'println("scala " + args.mkString(",") + (1 to 4).sum)\n',
  "mayfly.yaml": `jobs:
  kinds:
    env: { GREETING: "hello there" }
    conf: { spark.sql.shuffle.partitions: "1", spark.driver.extraJavaOptions: "${SHORT}" }
    inputs: { words: ./data }
    outputs: { counts: ./out }
    steps:
      - { command: [sh, -c, "for i in 1 2 3; do echo line $i; sleep 2; done"] }
      - { python: tools/look.py, args: [data/a.txt, "", "a  b"] }
      - { command: [sh, -c, 'echo "$0|$1|$GREETING"; cat data/a.txt', "", data/a.txt] }
      - script: count.py
        args: [data, ./out, "", "$HOME", s3://only-here/a.txt]
        submit: [--deploy-mode, cluster]
        on_failure: continue
      - { sql: ask.sql }
      - { script: say.scala, args: ["x y", z] }
  away:
    steps: [{ script: s3://only-here/a.py }]
mounts:
  s3://only-here: ./data
targets:
  small: { kind: emr, instance_count: 1 }
`,
};

const PRINTED = `line 1
line 2
line 3
plain hello there ['data/a.txt', '', 'a  b'] ['one', 'two', 'two']
|data/a.txt|hello there
one two
two
counted 4 [0, 5, 20]
sql\t10\tX Y
scala x y,z10
`;

const mayfly = (...args: string[]) => world.mayfly(args, env);

/** Rows of what Spark wrote, whatever its files are called. */
const rows = (folder: string) =>
  readdirSync(join(world.path, folder))
    .filter((name) => name.startsWith("part-"))
    .flatMap((name) =>
      readFileSync(join(world.path, folder, name), "utf8")
        .trim()
        .split("\n"),
    )
    .sort();

test("steps of every kind print what they print, while they run; the output comes home", async () => {
  const running = mayfly("run", "kinds", "--on", "small", "--fetch", "--json");
  const runs = join(world.path, ".mayfly/runs");
  const begun = () =>
    existsSync(runs) &&
    readdirSync(runs).some((id) =>
      readIfThere(join(runs, id, "logs/0/stdout.log"))?.startsWith("line 1\n"),
    );
  await eventually("its first line", async () => begun() || undefined);
  const followed = mayfly("logs", "--follow");
  const { code, out, err } = await running;
  assert.equal(code, 0, out + err);
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  const printed = (stream: string) =>
    events.flatMap((one) => (one.code === "step.output" && one.stream === stream ? one.text : ""));
  const stdout = printed("stdout").join("");
  // A container's Python prints its traceback where it prints everything.
  assert.equal(stdout.replace(/^Traceback[\s\S]*?^ValueError.*\n/m, ""), PRINTED);
  assert.equal((await followed).out, stdout);
  const at = (wanted: (one: Event) => boolean) => events.findIndex(wanted);
  const first = at((one) => one.code === "step.output" && one.step === 0);
  assert.ok(first < at((one) => one.code === "step.finished" && one.step === 0), "shown live");
  assert.ok(
    events.some((one) => one.code === "note" && /^step sh \(s-\w+\) is RUNNING$/.test(one.text)),
  );

  const here = /^"s3:\/\/only-here\/a\.txt" is in a folder of this machine alone/;
  assert.ok(events.some((one) => one.code === "note" && here.test(one.text)));
  const failed = events.find((one) => one.code === "step.failed");
  assert.equal(failed?.failure.where, "count.py:7");
  assert.equal(failed?.failure.message, "ValueError: the driver's own words");
  assert.ok(events.some((one) => one.code === "note" && /^EMR says of count\.py/.test(one.text)));

  const output = events.find((one) => one.code === "output");
  assert.match(
    output?.output.uri ?? "",
    /^s3:\/\/mayfly-\d+-us-east-1\/mayfly\/outputs\/[\w-]+\/counts$/,
  );
  assert.equal(output?.output.path, join(world.path, "out"));
  assert.deepEqual(rows("out"), ["one,1", "three,1", "two,2"]);
});

test("a program that is not on S3 is told before there is a cluster", async () => {
  const { code, err } = await mayfly("run", "away", "--on", "small");
  assert.equal(code, 2, err);
  assert.match(err, /"s3:\/\/only-here\/a\.py" \(step 0\) is not on S3/);
  assert.doesNotMatch(err, /cluster j-/);
});

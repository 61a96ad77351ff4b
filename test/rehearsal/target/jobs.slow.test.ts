import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";

/** Steps of every kind, with files of this machine, on one cluster: what they print is what the laptop prints. */
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
`,
  "ask.sql": "select 'sql', count(*), upper('x y') from range(10);\n",
  "say.scala": 'println("scala " + args.mkString(",") + (1 to 4).sum)\n',
  "breaks.py": `from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
print("before it breaks")
raise ValueError("the driver's own words")
`,
  "mayfly.yaml": `jobs:
  kinds:
    env: { GREETING: "hello there" }
    conf: { spark.sql.shuffle.partitions: "1" }
    inputs: { words: ./data }
    outputs: { counts: ./out }
    steps:
      - { python: tools/look.py, args: [data/a.txt, "", "a  b"] }
      - { command: [sh, -c, 'echo "$0|$1|$GREETING"; cat data/a.txt', "", data/a.txt] }
      - { script: count.py, args: [data, ./out, "", "$HOME"], submit: [--deploy-mode, cluster] }
      - { sql: ask.sql }
      - { script: say.scala, args: ["x y", z] }
  breaks:
    steps: [{ script: breaks.py, submit: [--deploy-mode, cluster] }]
  slow:
    steps: [{ command: [sh, -c, "for i in 1 2 3 4 5 6 7 8 9; do echo line $i; sleep 1; done"] }]
targets:
  small: { kind: emr, instance_count: 1 }
`,
};

const mayfly = (...args: string[]) => world.mayfly(args, env);
async function ok(...args: string[]) {
  const said = await mayfly(...args);
  assert.equal(said.code, 0, `${args.join(" ")}: ${said.out}${said.err}`);
  return said;
}

test("steps of every kind print what they print on the laptop; the output comes home", async () => {
  const laptop = await world.mayfly(["run", "kinds"]);
  assert.equal(laptop.code, 0, laptop.err);
  assert.match(laptop.out, /counted 4 \[0, 5\]/);
  assert.match(laptop.out, /scala x y,z10/);
  const { out, err } = await ok("run", "kinds", "--on", "small");
  assert.equal(out, laptop.out, err);
});

test("what the driver prints in a container is shown, and its traceback is the person's line", async () => {
  const { code, out, err } = await mayfly("run", "breaks.py", "--on", "small", "--deploy-mode", "cluster");
  assert.equal(code, 1);
  assert.match(out, /before it breaks/);
  assert.match(err, /breaks\.py:4/);
  assert.match(err, /ValueError: the driver's own words/);
  assert.match(err, /EMR says of breaks\.py/);
});

import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { marked } from "../../src/base/processes.ts";
import { listSpares, stopSpares } from "../../src/engine/warm.ts";
import { type RunRequest, run } from "../../src/index.ts";
import { attemptsOf, readJournal } from "../../src/journal/journal.ts";
import { noOptions } from "../../src/model/job.ts";
import { finish } from "../conformance/suite.ts";
import { makeFolder } from "../support/cli.ts";
import { makeRandom } from "../support/random.ts";
import { ownSpares, readySpare } from "../support/spark/spare.ts";

/** Runs on a driver that was started ahead: the same as on a new one, and nothing of another run. */
const LOOKS = `import json, os, sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import udf
spark = SparkSession.builder.getOrCreate()
sc = spark.sparkContext
worker = lambda _: [os.environ.get("WORD"), os.environ.get("MAYFLY_RUN") is not None, os.getcwd(), os.path.exists("here.txt")]
print(json.dumps({
    "args": sys.argv,
    "name": [__name__, __file__, sc.appName],
    "path": sys.path[0],
    "word": os.environ.get("WORD"),
    "worker": sc.parallelize([1], 1).map(worker).first(),
    "jvm": sc._jvm.System.getenv("WORD"),
    "setting": spark.conf.get("spark.sql.shuffle.partitions"),
    "static": sc.getConf().get("spark.task.maxFailures", None),
    "hadoop": sc._jsc.hadoopConfiguration().get("mayfly.test"),
    "tables": [table.name for table in spark.catalog.listTables()],
    "global": spark.sql("show tables in global_temp").count(),
    "files": [os.path.exists("here.txt"), spark.read.text("here.txt").count()],
    "input": sys.stdin.read(),
}))
print("to stderr", file=sys.stderr)
spark.range(5).createOrReplaceTempView("left_over")
spark.range(5).createOrReplaceGlobalTempView("left_over_too")
spark.range(3).write.mode("append").json("hdfs:///rows")
spark.conf.set("spark.sql.shuffle.partitions", "11")
os.environ["WORD"] = "changed"
sys.exit(3)
`;
const folder = makeFolder({
  "looks.py": LOOKS,
  "here.txt": "x\n",
  "waits.py":
    "import time\nfrom pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\nprint(spark.range(9).count(), flush=True)\ntime.sleep(600)\n",
  "table.sql": "SELECT 20 + 2 AS n;\n",
});
ownSpares();
after(() => folder.remove());

async function looks(request: Partial<RunRequest>) {
  const done = await finish(await run({ job: "looks.py", cwd: work, ...request }));
  const text = done.text("stdout");
  assert.match(text, /^\{/, done.text("stderr"));
  const claim = attemptsOf(readJournal(done.outcome.folder)).find(
    ({ intent }) => intent.do === "claim-spare",
  );
  return {
    done,
    said: JSON.parse(text) as Record<string, unknown>,
    spare: claim?.seen ?? undefined,
  };
}

const work = folder.path;

const FIRST: Partial<RunRequest> = {
  args: ["a b", "", "é"],
  env: { WORD: "first" },
  options: {
    ...noOptions(),
    conf: {
      "spark.sql.shuffle.partitions": "7",
      "spark.task.maxFailures": "2",
      "spark.hadoop.mayfly.test": "yes",
    },
  },
};

test("on a spare a program sees what it sees on a new driver, and ends as there", async () => {
  const cold = await looks(FIRST);
  assert.equal(cold.spare, undefined);
  const id = await readySpare(work);
  const warm = await looks(FIRST);
  assert.equal(warm.spare, id, "the spare was used");
  assert.deepEqual(warm.said, cold.said);
  assert.equal(warm.done.outcome.record.steps[0]?.exitCode, 3);
  assert.equal(cold.done.outcome.record.steps[0]?.exitCode, 3);
  assert.equal(warm.done.text("stderr"), cold.done.text("stderr"));
  assert.equal(warm.said.word, "first");
  assert.deepEqual(marked(id), [], "it is thrown away after one run");
  assert.deepEqual(listSpares(process.env), []);
});

test("the next run on a spare sees nothing of the one before, and its own settings", async () => {
  const id = await readySpare(work);
  const memory = await looks({ options: { ...noOptions(), driverMemory: "1100m" } });
  assert.equal(memory.spare, undefined, "memory is something only a new JVM can honour");
  const notes = memory.done.events.flatMap((event) => (event.code === "note" ? [event.text] : []));
  assert.ok(
    notes.some((text) => /only a new one can honour/.test(text)),
    "and it says so",
  );
  assert.deepEqual(
    listSpares(process.env).map((spare) => [spare.id, spare.state]),
    [[id, "ready"]],
  );
  const { said, spare } = await looks({ args: ["x"] });
  assert.equal(spare, id);
  assert.deepEqual(said.args, [join(work, "looks.py"), "x"]);
  assert.deepEqual(
    [said.word, said.jvm, said.setting, said.static, said.hadoop, said.tables, said.global],
    [null, null, "200", null, null, [], 0],
  );
  assert.deepEqual((said.worker as unknown[]).slice(0, 2), [null, true]);
});

test("SQL runs on a spare too, and the JVM ends with it", async () => {
  const id = await readySpare(work);
  const done = await finish(await run({ job: "table.sql", cwd: work }));
  assert.equal(done.outcome.exitCode, 0, done.text("stderr"));
  assert.match(done.text("stdout"), /^22$/m);
  assert.deepEqual(marked(id), []);
});

test("beside a file that hides a module of Python, a program gets a Python of its own", async () => {
  const hidden = makeFolder({
    "a.py":
      "import random\nfrom pyspark.sql import SparkSession\nprint(SparkSession.builder.getOrCreate().range(4).count())\n",
    "random.py": "print('not the one of Python')\n",
  });
  for (const warm of [false, true]) {
    if (warm) await readySpare(hidden.path);
    const done = await finish(await run({ job: "a.py", cwd: hidden.path }));
    assert.match(done.text("stdout"), /not the one of Python/, done.text("stderr"));
  }
  hidden.remove();
});

const rounds = Number(process.env.MAYFLY_KILL_ROUNDS ?? 2);
const seed = Number(process.env.MAYFLY_SEED ?? Date.now() % 1_000_000);
test(`kill -9 of what keeps a spare, its JVM or its program, ${rounds} times, seed ${seed}: nothing stays`, async (t) => {
  t.diagnostic(`again: MAYFLY_SEED=${seed} MAYFLY_KILL_ROUNDS=${rounds}`);
  const random = makeRandom(seed);
  for (let round = 0; round < rounds; round++) {
    const id = await readySpare(work);
    const used = random() < 0.7;
    const handle = used ? await run({ job: "waits.py", cwd: work }) : undefined;
    const ended = handle && finish(handle);
    await sleep(random() * 3000);
    const pids = marked(id);
    const victim = pids[Math.floor(random() * pids.length)] as number;
    t.diagnostic(`round ${round}: ${used ? "used" : "idle"}, one of ${pids.length} processes`);
    process.kill(victim, "SIGKILL");
    if (handle) {
      // A program whose JVM has died gives up by itself; one that only waits does not.
      await Promise.race([ended, sleep(6000)]);
      handle.cancel();
      await ended;
      assert.deepEqual(marked(handle.id), []);
    }
    for (let i = 0; i < 100 && marked(id).length > 0; i++) await sleep(100);
    assert.deepEqual(marked(id), [], `round ${round}`);
    assert.deepEqual(listSpares(process.env), []);
  }
});

test("a spare that nobody needs is ended, and leaves nothing", async () => {
  const id = await readySpare(work);
  assert.equal(await stopSpares(process.env), 1);
  assert.deepEqual(marked(id), []);
  assert.ok(!existsSync(join(process.env.XDG_STATE_HOME ?? "", "mayfly/warm", id)));
});

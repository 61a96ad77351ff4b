import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openConsole } from "../../src/console/console.ts";
import { openProjectQuery } from "../../src/engine/query/open.ts";
import { stopSpares } from "../../src/engine/warm.ts";
import { makeFolder, mayfly } from "../support/cli.ts";
import { needs } from "../support/needs.ts";
import { openChromium, violations } from "../support/results/chromium.ts";

/** The same question to DuckDB and to Spark, over what a job has written; ORC reaches DuckDB through Spark. */
const WRITE = `from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
rows = s.range(10).selectExpr("id", "id % 2 AS odd", "array(id, null) AS list", "named_struct('d', date'2024-01-02', 't', timestamp'2024-01-02 03:04:05.5') AS more", "cast(id / 4 AS decimal(10,2)) AS part", "map('k', id) AS m", "cast('ab' AS binary) AS bytes")
rows.coalesce(1).write.mode("overwrite").orc("s3://out/orc")
rows.coalesce(2).write.mode("overwrite").partitionBy("odd").parquet("s3://out/parquet")
`;
const folder = makeFolder({
  "write.py": WRITE,
  "mayfly.yaml":
    "jobs: { write: { steps: [{ script: write.py }], conf: { spark.sql.session.timeZone: UTC }, outputs: { from_orc: s3://out/orc, from_parquet: s3://out/parquet } } }\n",
});
const env = { XDG_STATE_HOME: `${folder.path}/state` };

before(async () => {
  const ran = await mayfly(["run", "write"], folder.path, env);
  assert.equal(ran.code, 0, ran.err);
});
after(async () => {
  // A driver that is done becomes a spare a moment later.
  for (let look = 0; look < 10; look++) {
    await stopSpares({ ...process.env, ...env });
    await sleep(500);
  }
  folder.remove();
});

async function ask(sql: string, ...more: string[]) {
  const said = await mayfly(["sql", sql, "--json", ...more], folder.path, env);
  assert.equal(said.code, 0, said.out + said.err);
  return { ...(JSON.parse(said.out) as { rows: unknown[][]; more: boolean }), err: said.err };
}

const ALL = "select id, list, more, part, m, bytes from from_parquet order by id limit 3";

test("ORC is written as Parquet once, and read as it is", async () => {
  const sql = ALL.replace("from_parquet", "from_orc");
  const first = await ask(sql);
  assert.match(first.err, /ORC, 1 file: Spark writes it as Parquet, once/);
  assert.deepEqual(first.rows[1], [
    ...[1, [1, null], { d: "2024-01-02", t: "2024-01-02T03:04:05.5" }],
    ...[0.25, { k: 1 }, "0x6162"],
  ]);
  const again = await ask(sql);
  assert.deepEqual([again.rows, again.err], [first.rows, ""]);
});

test("Spark answers as DuckDB does, over tables, files and values", async () => {
  const here = await ask(ALL);
  const spark = await openProjectQuery(folder.path, { ...process.env, ...env }, { on: "spark" });
  try {
    assert.deepEqual((await spark.rows(ALL)).rows, here.rows);
    const file = join(folder.path, "kept.json");
    await spark.write(ALL, file, "json");
    const kept = JSON.parse(readFileSync(file, "utf8")) as object[];
    assert.deepEqual(
      kept.map((row) => Object.values(row)),
      here.rows,
    );
    const files =
      "select odd, count(*) n, sum(part) s from 's3://out/parquet' where id > $least group by odd order by odd";
    const values = { least: 1 };
    const grouped = [
      [0, 4, 5],
      [1, 4, 6],
    ];
    assert.deepEqual((await spark.rows(files, { values })).rows, grouped);
    assert.deepEqual((await ask(files, "--value", "least=1")).rows, grouped);
    const { rows, more } = await spark.rows("select id from from_orc", { most: 4 });
    assert.deepEqual([rows.length, more], [4, true]);
    const endless =
      "select count(*) from range(1000000000) a, range(1000000) b where a.id * b.id % 7 = 1";
    // While it is planned, and while it is at work.
    for (const ms of [1, 30, 100, 1000]) {
      const signal = AbortSignal.timeout(ms);
      await assert.rejects(spark.rows(endless, { signal }), /was cancelled/);
    }
    await assert.rejects(spark.rows("select nothing from from_orc"), /cannot be resolved/);
    await assert.rejects(
      spark.rows("insert into from_orc values (1)"),
      /only what reads is allowed/,
    );
    await assert.rejects(spark.rows("select * from text.`/etc/passwd`"), /cannot run this query/);
  } finally {
    spark.close();
  }
});

test(
  "the console's page asks one driver: what it does is said, a cancelled query leaves it",
  needs("chromium"),
  async () => {
    const served = await openConsole({
      ...{ project: folder.path, env: { ...process.env, ...env }, port: 0 },
      files: { cwd: folder.path, liveS3: false },
      rehearsals: async () => [],
    });
    const browser = await openChromium();
    try {
      const page = await browser.newPage();
      // A driver takes as long as the machine lets it.
      page.setDefaultTimeout(120_000);
      await page.goto(`${served.address()}&page=/sql?on=spark`);
      await page.waitForSelector(
        "text=A driver of Spark starts on this machine before the first query",
      );
      await page.click("summary >> text=from_parquet");
      await page.click("text=Show rows of from_parquet");
      const run = () => page.getByRole("button", { name: "Run" }).click();
      await run();
      await page.waitForSelector("text=Waiting for the driver");
      assert.deepEqual(await violations(page), []);
      await page.waitForSelector("text=10 rows in");
      await page.waitForSelector("text=A driver of Spark is ready");
      assert.deepEqual(await violations(page), []);
      const write = async (sql: string) => {
        await page.locator(".cm-content").click();
        await page.keyboard.press("Control+a");
        await page.keyboard.press("Delete");
        await page.keyboard.insertText(sql);
      };
      await write(
        "select count(*) from range(1000000000) a, range(1000000) b where a.id * b.id % 7 = 1",
      );
      await run();
      await page.waitForSelector("text=Asking");
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.waitForSelector("text=The query was cancelled.");
      await write("select nothing from from_orc");
      await run();
      await page.waitForSelector("[role=alert] >> text=cannot be resolved");
      // As if the machine had run out of memory.
      await write("select java_method('java.lang.System', 'exit', 1)");
      await run();
      await page.waitForSelector("[role=alert] >> text=the next query starts another one");
      await page.waitForSelector("text=A driver of Spark starts on this machine");
      await write("select 40 + max(id) as answer from from_orc");
      await run();
      await page.waitForSelector("td >> text=49");
    } finally {
      await browser.close();
      await served.close();
    }
  },
);

test("the command asks Spark, too", async () => {
  assert.deepEqual((await ask("select max(id) from from_orc", "--on", "spark")).rows, [[9]]);
});

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../../../test/support/eventually.ts";
import { makeProject } from "../../../test/support/query/project.ts";
import type { MayflyError } from "../../base/errors.ts";
import { writePage } from "../dashboard/build.ts";
import { openProjectQuery, type Query } from "./open.ts";

const project = makeProject({ words: { "a.csv": "n,word\n1,one\n2,two\n" } });
const ENDLESS = "select sum(a.range * b.range) from range(10000000) a, range(1000000) b";
const code = (wanted: string) => (error: MayflyError) => error.code === wanted;
let query: Query;

before(async () => {
  query = await openProjectQuery(project.path, project.env, { memoryMb: 200 });
});
after(() => {
  query.close();
  project.remove();
});

/** The process that runs SQL for this one. */
function theChild(): number {
  const [pid = 0, ...others] = children();
  assert.ok(pid > 1 && others.length === 0);
  return pid;
}

function children(of = process.pid): number[] {
  const asked = ["-o", "pid=,args=", "--ppid", String(of)];
  // With no child at all ps says so by its exit code.
  return spawnSync("ps", asked, { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.includes("worker/main"))
    .map((line) => Number(line.trim().split(" ")[0]));
}

test("values are JSON, exact where JSON's numbers are not enough", async () => {
  for (const [sql, value] of [
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", "9007199254740993"],
    ["170141183460469231731687303715884105727", "170141183460469231731687303715884105727"],
    ["1.50::decimal(10,2)", 1.5],
    ["1234567890123456.78::decimal(20,2)", "1234567890123456.78"],
    ["0.1::float * 0 + 0.5::double", 0.5],
    ["'nan'::double", "NaN"],
    ["-'inf'::double", "-Infinity"],
    ["date '2024-02-29'", "2024-02-29"],
    ["timestamp '2024-02-29 01:02:03.5'", "2024-02-29T01:02:03.5"],
    ["timestamptz '1969-12-31 23:59:59.25+00'", "1969-12-31T23:59:59.25Z"],
    ["timestamptz '2024-02-29 01:02:03+02'", "2024-02-28T23:02:03Z"],
    ["time '01:02:03'", "01:02:03"],
    ["[1, null, 3]", [1, null, 3]],
    ["{a: {b: [date '2024-01-01']}, c: null}", { a: { b: ["2024-01-01"] }, c: null }],
    ["map {'k': 1}", { k: 1 }],
    ["map {1: 'v'}", [{ key: 1, value: "v" }]],
    ["'\\xAB\\x00'::blob", "0xab00"],
    ["union_value(num := 2)", 2],
    ["[1,2]::int[2]", [1, 2]],
    ["'x'::enum('x','y')", "x"],
    ["true", true],
    ["null", null],
    ["'{\"a\": 1}'::json", '{"a": 1}'],
    ["'6d3d2541-1d0a-4b5c-9b0e-0c6c5d2ff6aa'::uuid", "6d3d2541-1d0a-4b5c-9b0e-0c6c5d2ff6aa"],
  ] as const)
    assert.deepEqual((await query.rows(`select ${sql} as x`)).rows, [[value]], sql);
});

test("what $name stands for", async () => {
  const values = { n: 2, words: ["one", "two"], day: "2024-01-02", x: 0.5, none: null, yes: true };
  const sql =
    "select $n + 1, list_contains($words, 'two'), date '2024-01-01' < $day, $x, $none, $yes, (select count(*) from words where n = $n)";
  assert.deepEqual((await query.rows(sql, { values })).rows, [[3, true, true, 0.5, null, true, 1]]);
  await assert.rejects(query.rows("select $m", { values }), /there is no value for \$m/);
});

test("rows come as they are made, no more than are wanted, and the next when these are read", async () => {
  const few = await query.rows("from range(5000)", { most: 10 });
  assert.deepEqual([few.rows.length, few.more], [10, true]);
  assert.equal((await query.rows("from range(10)", { most: 10 })).more, false);
  let seen = 0;
  let inside = 0;
  const all = await query.rows("from range(10000)", {
    most: 9000,
    async some(rows) {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen += rows.length;
      inside--;
    },
  });
  assert.deepEqual([seen, all.rows.length, all.more], [9000, 0, true]);
});

test("an answer that is too long for a message is cut and says so, or comes in several", async () => {
  const sql = "select repeat('x', 50000) || range as x from range(2000)";
  const cut = await query.rows(sql, { most: 10_000 });
  assert.ok(cut.more && cut.rows.length > 1000 && cut.rows.length < 1500, `${cut.rows.length}`);
  const parts: number[] = [];
  await query.rows(sql, { most: 10_000, some: (rows) => void parts.push(rows.length) });
  assert.equal(
    parts.reduce((sum, one) => sum + one, 0),
    2000,
  );
  assert.ok(parts.length > 1 && parts.every((one) => one > 0 && one < 1500), `${parts}`);
});

test("what is written lies under its name when it is whole, and never over a folder", async () => {
  const file = join(project.path, "out/a.csv");
  await Promise.all([1, 2, 3].map((n) => query.write(`select ${n} as n`, file, "csv")));
  assert.match(readFileSync(file, "utf8"), /^n\n[123]\n$/);
  const folder = join(project.path, "out");
  await assert.rejects(query.write("select 1", folder, "csv"), /out": it is a folder/);
  assert.throws(() => writePage("<html>", "out", project.path), /out": it is a folder/);
  assert.deepEqual(readdirSync(folder), ["a.csv"]);
});

test("a query is cancelled at once, and others go on", async () => {
  const abort = new AbortController();
  await query.rows("select 1");
  const endless = query.rows(ENDLESS, { signal: abort.signal });
  const pid = theChild();
  setTimeout(() => abort.abort(), 100);
  await assert.rejects(endless, code("interrupted"));
  await assert.rejects(query.rows(ENDLESS, { timeoutMs: 50 }), /had not finished in 0.05 s/);
  assert.deepEqual((await query.rows("select 1")).rows, [[1]]);
  assert.equal(theChild(), pid, "it was not killed for that");
  const reader = new AbortController();
  const stuck = query.rows("from range(100000000)", {
    signal: reader.signal,
    most: 1e9,
    some: () => reader.abort(),
  });
  await assert.rejects(stuck, code("interrupted"));
});

test("one of many is cancelled, and the others go on", async () => {
  await query.rows("select 1");
  const pid = theChild();
  const aborts = Array.from({ length: 8 }, () => new AbortController());
  const all = aborts.map(({ signal }) =>
    query.rows(ENDLESS, { signal }).then(
      () => "",
      (error: MayflyError) => error.code,
    ),
  );
  // Those in the middle run, the last ones wait for them.
  for (const i of [7, 4, 6]) {
    aborts[i]?.abort();
    assert.equal(await all[i], "interrupted");
    assert.equal(theChild(), pid, "it was not killed for that");
  }
  for (const one of aborts) one.abort();
  assert.deepEqual(await Promise.all(all), Array(8).fill("interrupted"));
  assert.equal(theChild(), pid);
  // What looks at no sign is killed, and whoever was asked in the same process is asked again.
  const slow = query.rows("select 7, sleep_ms(1500)");
  const deaf = "select levenshtein(repeat('a', 200000), repeat('b', 200000))";
  await assert.rejects(query.rows(deaf, { timeoutMs: 50 }), /had not finished/);
  assert.notEqual(children()[0], pid);
  assert.equal((await slow).rows[0]?.[0], 7);
});

test("those that open beside others at work share the memory, until all are done", async () => {
  const own = makeProject({
    one: { "a.csv": "n\n1\n" },
    two: { "a.csv": "n\n2\n" },
    three: { "a.csv": "n\n3\n" },
  });
  const shared = await openProjectQuery(own.path, own.env, { memoryMb: 200 });
  const most = async (from: string) => {
    const sql = `select regexp_extract(value, '^[0-9]+') from duckdb_settings(), ${from} where name = 'memory_limit'`;
    return Number((await shared.rows(sql)).rows[0]?.[0]);
  };
  try {
    const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const some = () => {
      begun.resolve();
      return held.promise;
    };
    const working = shared.rows("from range(100000), one", { most: 1e9, some });
    await begun.promise;
    const whole = await most("one");
    const part = await most("two");
    assert.ok(part < whole * 0.6, `${part} of ${whole} MiB`);
    assert.equal(await most("three"), part, "the second one was idle, and is not counted");
    held.resolve();
    await working;
    assert.equal(await most("three"), whole);
  } finally {
    shared.close();
    await eventually("its end", async () => (children().length === 1 ? true : undefined));
    own.remove();
  }
});

test("a process that is killed, or has no memory, ends its query and nothing else", async () => {
  await query.rows("select 1");
  const endless = query.rows(ENDLESS);
  const failed = assert.rejects(endless, /has ended: it was ended by SIGKILL/);
  const pid = theChild();
  setTimeout(() => process.kill(pid, "SIGKILL"), 100);
  await failed;
  assert.deepEqual((await query.rows("from words select max(n)")).rows, [[2]]);
  await assert.rejects(
    query.rows("select list(range) from range(60000000)"),
    /needs more memory than it may have/,
  );
  assert.deepEqual((await query.rows("select 1")).rows, [[1]]);
  // One that does not answer is killed after a moment.
  const stopped = theChild();
  process.kill(stopped, "SIGSTOP");
  await assert.rejects(query.rows("select 1", { timeoutMs: 10 }), /had not finished/);
  assert.deepEqual((await query.rows("select 1")).rows, [[1]]);
});

test("who asks is killed: nothing goes on working for him", async () => {
  const program = `
    import { openProjectQuery } from ${JSON.stringify(join(import.meta.dirname, "open.ts"))};
    const query = await openProjectQuery(${JSON.stringify(project.path)}, process.env);
    await query.rows(${JSON.stringify(ENDLESS)});`;
  const asker = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    env: { ...process.env, ...project.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  // DuckDB does not always know how far it is: that it works shows in the time it takes.
  const worker = await eventually("a query at work", async () => {
    const [pid] = children(asker.pid);
    const seconds = Number(spawnSync("ps", ["-o", "times=", "-p", String(pid)]).stdout);
    return pid !== undefined && seconds >= 2 ? pid : undefined;
  });
  asker.kill("SIGKILL");
  const isThere = () => spawnSync("ps", ["-p", String(worker)]).status === 0;
  try {
    await eventually("its process has gone", async () => !isThere() || undefined, 20, 10_000);
  } finally {
    if (isThere()) process.kill(worker, "SIGKILL");
  }
});

test("progress is told where there is some", async () => {
  const file = join(project.path, "large.parquet");
  await query.write("select range as n, hash(range) as h from range(3000000)", file, "parquet");
  const parts: number[] = [];
  await query.rows(
    "select count(distinct h % 1000003), max(sqrt(n) * ln(n + 1)), median(n) from 'large.parquet'",
    {
      progress: (part) => parts.push(part),
    },
  );
  assert.ok(parts.length > 0 && parts.every((part) => part >= 0 && part <= 1), `${parts}`);
});

test("mistakes are shown at their place in the person's own text", async () => {
  for (const [sql, wrong] of [
    ["select *\nfrom wrds", /line 2, column 6: there is no table "wrds"/],
    ["select 'ä', wrd from words", /line 1, column 13: there is no column "wrd"/],
    [
      "from read_csv('.mayfly/s3/out/words/*.csv') select 'ü', nn",
      /line 1, column 57: there is no column "nn"/,
    ],
    ["select * frm words where", /line 1, column \d+: syntax error/],
    ["select (1", /syntax error at end of input/],
    ["select 'x'::int", /could not convert string 'x' to INT32/i],
    ["from words.csv", /there is no table|no files found/],
  ] as [string, RegExp][])
    await assert.rejects(query.rows(sql), wrong, sql);
  await assert.rejects(query.rows("select wrd from words"), { remedy: 'did you mean "word"?' });
  await assert.rejects(query.rows("from wrds"), { remedy: 'did you mean "words"?' });
});

test("older runs have their tables until another run writes over them", async () => {
  project.run("20260103-030405-abc123", {
    words: { "a.csv": "n,word\n7,seven\n" },
    more: { "b.json": '{"x":[1]}\n' },
  });
  project.run("20260104-030405-abc123", { words: {} }, { state: "failed", outputs: [] });
  assert.deepEqual((await query.rows("from words")).rows, [[7, "seven"]]);
  assert.deepEqual((await query.rows('from "20260103-030405-abc123".more')).rows, [[[1]]]);
  assert.deepEqual(
    query.tables().map(({ name, run }) => `${run} ${name}`),
    ["20260103-030405-abc123 words", "20260103-030405-abc123 more"],
  );
  await assert.rejects(
    query.rows('from "20260102-030405-abc123".words'),
    /run 20260103-030405-abc123 has written over it/,
  );
  await assert.rejects(query.rows('from "20260103-030405-abc123".nothing'), {
    remedy: "it has words, more",
  });
  const { rows } = await query.rows("show tables");
  assert.deepEqual(rows, [["more"], ["words"]]);
});

test("tables of other systems, and what is none, are told", async () => {
  project.run("20260105-030405-abc123", {
    delta: { "part.parquet": "PAR1", "_delta_log/0.json": "{}" },
    lines: { "part-00000": 'hello, "you"\nand me\n', _SUCCESS: "" },
    empty: { "a.csv": "" },
  });
  await assert.rejects(query.rows("from 's3://out/delta'"), /it is a Delta table/);
  await assert.rejects(query.rows("from delta"), /it is a Delta table/);
  assert.deepEqual((await query.rows("from lines")).rows, [['hello, "you"'], ["and me"]]);
  await assert.rejects(query.rows("from empty"), /there are no rows in it/);
  await assert.rejects(query.rows("from 's3://out/nothing'"), /does not exist/);
  assert.ok(!existsSync(join(project.path, "x")));
});

test("what a query has put aside goes when it is closed; of one that was killed with the next one", async () => {
  const next = await openProjectQuery(project.path, project.env);
  await next.rows("select 1");
  const aside = () => readdirSync(join(project.path, ".cache/sql/temporary")).length;
  assert.equal(aside(), 2, "this one's, and the one's that all tests here ask");
  next.close();
  assert.equal(aside(), 1);
});

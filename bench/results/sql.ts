import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../src/base/places.ts";
import { openProjectQuery } from "../../src/engine/query/open.ts";
import { DEFAULT_SPARK } from "../../src/spark/versions.ts";
import { pythonTools } from "../../test/support/python-tools.ts";
import { interleave } from "../pair.ts";

/**
 * `mayfly sql` against the command line of DuckDB (PyPI `duckdb-cli`) and `spark-sql` on the same Parquet file of 10 million rows,
 * one after the other, again and again: sql.ts [--runs N] [--save].
 */
const LAUNCHER = resolve(import.meta.dirname, "../../mayfly");
const at = process.argv.indexOf("--runs");
const runs = at < 0 ? 7 : Number(process.argv[at + 1]);
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));
const GROUPED = "select g, count(*) as n from 'big.parquet' group by g order by n desc, g limit 20";
const median = (times: number[]) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

function timed(command: string, args: string[], input = ""): { ms: number; out: string } {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return { ms: performance.now() - began, out: stdout };
}

const rows: string[] = [];
const row = (what: string, mine: number, base: number, figure: string, reach: string) => {
  rows.push(
    `| ${what} | ${mine.toFixed(0)} | ${base > 0 ? base.toFixed(0) : "–"} | ${figure} | ${reach} |`,
  );
  console.log(rows.at(-1));
};

try {
  mkdirSync(join(folder, ".mayfly"));
  const { env } = await pythonTools("duckdb-cli==1.5.6");
  const duckdb = join(env.PYTHONPATH ?? "", "duckdb_cli/duckdb");
  const query = await openProjectQuery(folder, process.env);
  const big = join(folder, "big.parquet");
  const make =
    "select range as n, hash(range) % 1000 as g, 'word ' || range as w, range / 7 as x from range(10000000)";
  await query.write(make, big, "parquet");

  const whole = interleave(
    runs,
    () => timed(LAUNCHER, ["sql", GROUPED]).ms,
    () => timed(duckdb, ["-c", GROUPED]).ms,
  );
  const [mine, base] = [median(whole.mine), median(whole.base)];
  row(
    "grouped count, the whole command",
    mine,
    base,
    `${((mine - 500) / base).toFixed(2)} x + 0.5 s`,
    "≤ 1.3 x + 0.5 s of duckdb",
  );

  // Of DuckDB its own clock, warm as ours is: the first answer of each process is not counted.
  const timer = `.timer on\n${`${GROUPED};\n`.repeat(runs + 1)}`;
  const warm: number[] = [];
  await query.rows(GROUPED);
  const own = [...timed(duckdb, [], timer).out.matchAll(/real (\d+\.\d+)/g)]
    .map(([, s]) => Number(s) * 1000)
    .slice(1);
  for (let i = 0; i < runs; i++) warm.push((await query.rows(GROUPED)).ms);
  own.push(
    ...[...timed(duckdb, [], timer).out.matchAll(/real (\d+\.\d+)/g)]
      .map(([, s]) => Number(s) * 1000)
      .slice(1),
  );
  row(
    "grouped count, the query alone, warm",
    median(warm),
    median(own),
    `${(median(warm) / median(own)).toFixed(2)} x`,
    "≤ 1.2 x of duckdb",
  );

  const first: number[] = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    await query.rows("from 'big.parquet'", { most: 1000 });
    first.push(performance.now() - began);
  }
  row("first 1000 of 10 million rows, warm", median(first), 0, "", "< 400 ms");
  query.close();

  const home = process.env.SPARK_HOME ?? join(cacheFolder(), "spark", DEFAULT_SPARK);
  const spark = [1, 2].map(
    () =>
      timed(join(home, "bin/spark-sql"), [
        "--master",
        "local[*]",
        "-e",
        GROUPED.replace("'big.parquet'", `parquet.\`${big}\``),
      ]).ms,
  );
  row(
    "the same by spark-sql, the whole command",
    mine,
    median(spark),
    `${(median(spark) / mine).toFixed(1)} x`,
    "≥ 20 x",
  );

  const [cpu] = cpus();
  const text = `${cpus().length} cores (${cpu?.model}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.version}, ${runs} interleaved runs (spark-sql two), medians in milliseconds, ${new Date().toISOString().slice(0, 10)}

| what | mayfly | the other | figure | reach |
|---|---|---|---|---|
${rows.join("\n")}
`;
  console.log(`\n${text}`);
  if (process.argv.includes("--save")) writeFileSync(join(import.meta.dirname, "sql.md"), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { difference, type Figure, interleave, type Pair, ratio } from "./pair.ts";
import { sparkPairs, startPairs } from "./spark.ts";

/**
 * What Mayfly itself costs, as ratios and differences against what runs without it, interleaved in one
 * run: bench.ts [--runs N] [--no-spark] [--only cold,warm,ten,long,memory] [--save].
 */
const LAUNCHER = resolve(import.meta.dirname, "../mayfly");
const option = (name: string) => process.argv.includes(`--${name}`);
const runs = Number(process.argv[process.argv.indexOf("--runs") + 1]) || 15;
const only = process.argv.includes("--only")
  ? process.argv[process.argv.indexOf("--only") + 1]
  : undefined;
const wanted = (name: string) => only === undefined || only.split(",").includes(name);
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-"));

const median = (list: number[]) =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const spread = (list: number[]) =>
  `${Math.min(...list).toFixed(0)}–${Math.max(...list).toFixed(0)}`;

function wall(command: string, args: string[], cwd = folder): number {
  const began = process.hrtime.bigint();
  spawnSync(command, args, { cwd, stdio: "ignore" });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

function pair(
  what: string,
  mine: () => number,
  base: () => number,
  figure: Figure,
  reach: string,
): Pair {
  interleave(1, mine, base); // caches
  return { what, ...interleave(runs, mine, base), figure, reach };
}

/** The Node that the launcher uses, so that both sides start the same one. */
const node = spawnSync(LAUNCHER, ["--version"]).status === 0 ? nodeOfLauncher() : process.execPath;

function nodeOfLauncher(): string {
  const cache =
    process.env.MAYFLY_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"), "mayfly");
  return readFileSync(join(cache, "node/known"), "utf8").split("\n")[1] ?? process.execPath;
}

function manyRuns(count: number): string {
  const project = join(folder, "many");
  for (let i = 0; i < count; i++) {
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000);
    const digits = at.toISOString().replace(/[-:T]/g, "");
    const id = `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${i.toString(16).padStart(6, "0")}`;
    const run = join(project, ".mayfly/runs", id);
    mkdirSync(run, { recursive: true });
    const record = {
      version: 1,
      id,
      job: "a.py",
      source: "a.py",
      target: "local",
      kind: "local",
      state: "succeeded",
      createdAt: +at,
      endedAt: +at,
      steps: [],
      request: {},
    };
    writeFileSync(join(run, "run.json"), JSON.stringify(record));
  }
  return project;
}

/** CPU milliseconds of the Node process alone, as its last look at /proc says (10 ms steps). */
function ownCpu(args: string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(LAUNCHER, args, { cwd: folder, stdio: "ignore" });
    let last = 0;
    const look = setInterval(() => {
      try {
        const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        last = (Number(fields[11]) + Number(fields[12])) * 10;
      } catch {
        // it has ended
      }
    }, 10);
    child.on("close", () => {
      clearInterval(look);
      done(last);
    });
  });
}

const bare = () => wall(node, ["-e", "0"]);
const rows: Pair[] = [
  pair(
    "mayfly --version, against node -e 0",
    () => wall(LAUNCHER, ["--version"]),
    bare,
    ratio(2),
    "≤ 1.5 x",
  ),
  pair(
    "mayfly --help, against node -e 0",
    () => wall(LAUNCHER, ["--help"]),
    bare,
    ratio(2),
    "≤ 1.5 x",
  ),
];
const many = manyRuns(10_000);
rows.push(
  pair(
    "mayfly ls with 10,000 runs, on top of node -e 0",
    () => wall(LAUNCHER, ["ls"], many),
    bare,
    difference,
    "≤ 100 ms",
  ),
);
if (!option("no-spark")) {
  writeFileSync(
    join(folder, "tiny.py"),
    "from pyspark.sql import SparkSession\ns = SparkSession.builder.getOrCreate()\ns.range(1000).selectExpr('sum(id)').show()\n",
  );
  const cpu: number[] = [];
  await ownCpu(["run", "tiny.py"]);
  for (let i = 0; i < Math.min(5, runs); i++) cpu.push(await ownCpu(["run", "tiny.py"]));
  rows.push({
    what: "CPU of Mayfly itself in a run of a tiny job",
    mine: cpu,
    base: [0],
    figure: difference,
    reach: "≤ 300 ms",
  });
}
if (!option("no-spark")) rows.push(...sparkPairs(runs, wanted));
rows.push(...(await startPairs(runs)));
rmSync(folder, { recursive: true, force: true });

const lines = [
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${spawnSync(node, ["--version"]).stdout}`.trim() +
    `, ${runs} interleaved pairs, medians, ${new Date().toISOString().slice(0, 10)}`,
  "",
  "| what | mayfly, ms | base, ms | figure | reach |",
  "|---|---|---|---|---|",
  ...rows.map(({ what, mine, base, figure, reach }) => {
    const [m, b] = [median(mine), median(base)];
    return `| ${what} | ${m.toFixed(0)} (${spread(mine)}) | ${b.toFixed(0)} (${spread(base)}) | ${figure(m, b)} | ${reach} |`;
  }),
];
console.log(lines.join("\n"));
if (option("save")) writeFileSync(new URL("./result.md", import.meta.url), `${lines.join("\n")}\n`);

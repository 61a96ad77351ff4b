import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pythonTools } from "../test/support/python-tools.ts";
import { interleave, type Pair, ratio } from "./pair.ts";

/** Runs of Spark jobs against plain spark-submit of the same Spark, with the same Python, interleaved. */
const LAUNCHER = resolve(import.meta.dirname, "../mayfly");
const folder = mkdtempSync(join(tmpdir(), "mayfly-bench-spark-"));
// A socket's name is short; and the person's own spares are left alone.
const state = mkdtempSync(join(tmpdir(), "mayfly-bench-"));

const TINY = `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(1000).selectExpr("sum(id)").show()
`;
/** About two minutes of work on two cores, nearly all of it in generated code and in shuffles. */
const LONG = `import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
for round in range(int(sys.argv[1])):
    frame = spark.range(40_000_000).selectExpr("id % 1000003 as k", "hash(id, %d) as h" % round)
    print(frame.groupBy("k").agg({"h": "max"}).selectExpr("sum(\`max(h)\`)").first()[0])
`;
function seconds(command: string, args: string[], env: NodeJS.ProcessEnv): number {
  const began = process.hrtime.bigint();
  const done = spawnSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"], env });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${done.stderr}`);
  return Number(process.hrtime.bigint() - began) / 1e6;
}

export function sparkPairs(runs: number, wanted: (name: string) => boolean): Pair[] {
  const env = { ...process.env, XDG_STATE_HOME: state, MAYFLY_WARM: "0" };
  writeFileSync(join(folder, "tiny.py"), TINY);
  writeFileSync(join(folder, "long.py"), LONG);
  for (let i = 0; i < 10; i++) writeFileSync(join(folder, `step${i}.py`), TINY);
  writeFileSync(
    join(folder, "mayfly.yaml"),
    `jobs:\n  ten:\n    steps:\n${Array.from({ length: 10 }, (_, i) => `      - script: step${i}.py\n`).join("")}`,
  );
  const mayfly = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    seconds(LAUNCHER, args, { ...env, ...more });
  // The first run fetches; from the second on, the archive of classes is there.
  mayfly(["run", "tiny.py"]);
  startSpare(env);
  stopSpares(env);
  const { home, python } = sparkOf();
  const submitEnv = {
    ...process.env,
    SPARK_HOME: home,
    PYSPARK_PYTHON: python,
    PYSPARK_DRIVER_PYTHON: python,
  };
  const submit = (...args: string[]) =>
    seconds(join(home, "bin/spark-submit"), ["--master", "local[*]", ...args], submitEnv);
  const pairs: Pair[] = [];
  const pair = (
    name: string,
    what: string,
    count: number,
    mine: () => number,
    base: () => number,
    reach: string,
  ) => {
    if (!wanted(name)) return;
    pairs.push({ what, ...interleave(count, mine, base), figure: ratio(3), reach });
  };
  const tiny = () => submit("tiny.py");
  pair(
    "cold",
    "a tiny job, cold, against spark-submit",
    runs,
    () => mayfly(["run", "tiny.py"]),
    tiny,
    "≤ 0.45 x",
  );
  pair(
    "warm",
    "a tiny job on a spare, against spark-submit",
    runs,
    () => {
      startSpare(env);
      return mayfly(["run", "tiny.py"], { MAYFLY_WARM: "" });
    },
    tiny,
    "≤ 0.06 x",
  );
  const all = Array.from({ length: 10 }, (_, i) => `step${i}.py`);
  pair(
    "ten",
    "ten tiny steps in a row, against ten spark-submits",
    Math.ceil(runs / 3),
    () => mayfly(["run", "ten"]),
    () => all.reduce((sum, step) => sum + submit(step), 0),
    "≤ 0.3 x",
  );
  pair(
    "long",
    "a long job (about 100 s), against spark-submit",
    Math.ceil(runs / 3),
    () => mayfly(["run", "long.py", "--", "12"]),
    () => submit("--driver-memory", "4g", "long.py", "12"),
    "≤ 1.01 x",
  );
  if (wanted("memory")) pairs.push(memoryOfSpare(env, runs));
  stopSpares(env);
  rmSync(folder, { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
  return pairs;
}

/** Start of other command lines that people use for the same. */
export async function startPairs(runs: number): Promise<Pair[]> {
  mkdirSync(folder, { recursive: true });
  const { python, env } = await pythonTools("awscli==1.44.3", "mrjob==0.7.4", "setuptools<81");
  const mine = () => seconds(LAUNCHER, ["--help"], process.env);
  const others: [string, string[]][] = [
    ["mayfly --help, against aws --version of aws-cli", ["-m", "awscli", "--version"]],
    ["mayfly --help, against mrjob --help", ["-m", "mrjob.cmd", "--help"]],
  ];
  const pairs = others.map(([what, args]) => ({
    what,
    ...interleave(runs, mine, () => seconds(python, args, env)),
    figure: ratio(3),
    reach: "–",
  }));
  rmSync(folder, { recursive: true, force: true });
  return pairs;
}

function memoryOfSpare(env: NodeJS.ProcessEnv, runs: number): Pair {
  const mine: number[] = [];
  for (let i = 0; i < Math.ceil(runs / 3); i++) {
    startSpare(env);
    mine.push((status(env)[0]?.bytes ?? Number.NaN) / 1e6);
    stopSpares(env);
  }
  return {
    what: "memory of a spare, MB (JVM and Python, resident)",
    mine,
    base: [0],
    figure: (mb) => `${mb.toFixed(0)} MB`,
    reach: "≤ 450 MB",
  };
}

/** Starts one and waits until it has exercised and rested. */
function startSpare(env: NodeJS.ProcessEnv): void {
  seconds(LAUNCHER, ["warm", "start"], env);
  for (let i = 0; i < 3000; i++) {
    if (status(env).some((spare) => spare.state === "ready")) {
      spawnSync("sleep", ["5"]);
      return;
    }
    spawnSync("sleep", ["0.1"]);
  }
  throw new Error("the spare is not ready after five minutes");
}

function stopSpares(env: NodeJS.ProcessEnv): void {
  seconds(LAUNCHER, ["warm", "stop"], env);
}

function status(env: NodeJS.ProcessEnv): { state: string; bytes: number }[] {
  const done = spawnSync(LAUNCHER, ["warm", "status", "--json"], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return JSON.parse(done.stdout) as { state: string; bytes: number }[];
}

/** The Spark and the Python that Mayfly's own run has used, so that both sides have the same. */
function sparkOf(): { home: string; python: string } {
  const runs = join(folder, ".mayfly/runs");
  const [id = ""] = readdirSync(runs).sort().reverse();
  const { spark } = JSON.parse(readFileSync(join(runs, id, "run.json"), "utf8")) as {
    spark: string;
  };
  const cache =
    process.env.MAYFLY_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"), "mayfly");
  const environments = readdirSync(join(cache, "python"))
    .map((name) => join(cache, "python", name))
    .filter((path) => existsSync(join(path, "complete.json")))
    .map((path) => {
      const { environment, lines } = JSON.parse(
        readFileSync(join(path, "complete.json"), "utf8"),
      ) as {
        environment: string;
        lines: string[];
      };
      return { python: join(path, environment, "bin/python"), lines };
    });
  const plain = environments.find(({ lines }) => lines.every((line) => /^numpy/.test(line)));
  return { home: join(cache, "spark", spark), python: plain?.python ?? "python3" };
}

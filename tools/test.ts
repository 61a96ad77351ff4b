import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../src/base/places.ts";
import { DEFAULT_SPARK } from "../src/spark/versions.ts";

/** Runs every test in stages and prints where the minutes went: test.ts [STAGE…]. */
const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
// It is meant for this process alone: a test that starts the launcher wants Mayfly itself.
delete process.env.MAYFLY_DEV;

const bin = (name: string) => `node_modules/.bin/${name}`;
const node = (...args: string[]) => [process.execPath, "--no-warnings", ...args];
const tests = (...patterns: string[]) => {
  const files = patterns.flatMap((pattern) => globSync(pattern)).sort();
  // Two at a time: a Spark start leaves one of two cores idle.
  // What hangs fails after a quarter of an hour, and is named.
  const all = ["--test-concurrency=2", "--test-timeout=900000", "--test-reporter=spec"];
  return node("--test", ...all, ...files);
};

const STAGES: Record<string, () => string[][]> = {
  lint: () => [
    [bin("biome"), "check", "--error-on-warnings", "."],
    [bin("tsc"), "--noEmit"],
    [bin("tsc"), "--noEmit", "-p", "web"],
    // Files that are made from others.
    node("tools/schema.ts", "--check"),
    node("tools/coverage.ts", "--check"),
  ],
  unit: () => [tests("src/**/!(*.slow).test.ts", "web/**/*.test.ts", "test/!(*.slow).test.ts")],
  package: () => [tests("test/package.slow.test.ts")],
  spark: () => [tests("src/**/*.slow.test.ts", "test/spark/*.slow.test.ts")],
  s3: () => [tests("test/s3/*.slow.test.ts")],
  hdfs: () => [tests("test/hdfs/*.slow.test.ts")],
  rehearsal: () => [
    tests("test/rehearsal/**/*.slow.test.ts"),
    node("tools/aws-models.ts", "--check"),
  ],
  results: () => [tests("test/results/*.slow.test.ts")],
  jar: () => [node("java/build.ts", "--check", "--spark-home", sparkHome())],
};

/** The Spark that the stage before has fetched. */
function sparkHome(): string {
  return process.env.SPARK_HOME ?? `${cacheFolder()}/spark/${DEFAULT_SPARK}`;
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in STAGES));
if (unknown) {
  console.error(`no stage "${unknown}"; stages: ${Object.keys(STAGES).join(", ")}`);
  process.exit(2);
}
const account: [string, number, boolean][] = [];
for (const [name, commands] of Object.entries(STAGES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const began = Date.now();
  const passed = commands().every(
    ([command = "", ...args]) => spawnSync(command, args, { stdio: "inherit" }).status === 0,
  );
  account.push([name, Date.now() - began, passed]);
}
console.log("\nwhere the minutes went");
for (const [name, ms, passed] of account) {
  console.log(
    `  ${name.padEnd(9)} ${(ms / 60_000).toFixed(1).padStart(5)} min  ${passed ? "passed" : "FAILED"}`,
  );
}
process.exitCode = account.every(([, , passed]) => passed) ? 0 : 1;

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, it } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import type { MayflyError } from "../../base/errors.ts";
import { cacheFolder } from "../../base/places.ts";
import { isSpark, type Job, noOptions, type SparkOptions } from "../../model/job.ts";
import { type Effects, systemEffects } from "../install/effects.ts";
import { withJars } from "./jars.ts";

/** Spark's own Ivy, with a repository that is a folder. */
const folder = makeFolder();
after(() => folder.remove());
const cache = join(folder.path, "cache");
mkdirSync(cache);
// What is fetched for all tests, and nothing else of the person's.
for (const name of ["spark", "jre", "python"])
  if (existsSync(join(cacheFolder(), name)))
    symlinkSync(join(cacheFolder(), name), join(cache, name));
const repository = join(folder.path, "repository");
const effects: Effects = {
  ...systemEffects,
  // Nothing but the folder answers.
  env: {
    ...process.env,
    MAYFLY_CACHE: cache,
    HOME: folder.path,
    DEFAULT_ARTIFACT_REPOSITORY: `file://${folder.path}/none`,
  },
};

function publish(name: string, needs: string[] = []) {
  const [group, artifact, version] = name.split(":") as [string, string, string];
  const place = join(repository, group.replaceAll(".", "/"), artifact, version);
  mkdirSync(place, { recursive: true });
  const dependencies = needs.map((one) => {
    const [g, a, v] = one.split(":");
    return `<dependency><groupId>${g}</groupId><artifactId>${a}</artifactId><version>${v}</version></dependency>`;
  });
  writeFileSync(
    join(place, `${artifact}-${version}.pom`),
    `<project><modelVersion>4.0.0</modelVersion><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version><dependencies>${dependencies.join("")}</dependencies></project>`,
  );
  writeFileSync(join(place, `${artifact}-${version}.jar`), `of ${name}`);
}
publish("org.example:deep:2.0");
publish("org.example:unwanted:1.0");
publish("org.apache.spark:spark-sql_2.12:3.5.6");
publish("org.example:reader:1.0", [
  "org.example:deep:2.0",
  "org.example:unwanted:1.0",
  "org.apache.spark:spark-sql_2.12:3.5.6",
]);

const job = (options: Partial<SparkOptions>, step: Partial<SparkOptions> = {}): Job => ({
  name: "job",
  folder: folder.path,
  steps: [
    {
      kind: "pyspark",
      main: "x.py",
      name: "x",
      args: [],
      onFailure: "stop",
      options: { ...noOptions(), ...step },
    },
    { kind: "command", command: "true", name: "true", args: [], onFailure: "stop" },
  ],
  inputs: {},
  outputs: {},
  options: { ...noOptions(), ...options },
  env: {},
});
async function optionsOf(given: Job): Promise<[SparkOptions, SparkOptions]> {
  const { steps, options } = await withJars(given, () => {}, effects);
  const [step] = steps;
  assert.ok(step && isSpark(step));
  return [step.options, options];
}
const wish = {
  packages: ["org.example:reader:1.0"],
  excludePackages: ["org.example:unwanted"],
  repositories: [`file://${repository}`],
};

it("finds what coordinates stand for and need, once; what Spark has itself is left out", async () => {
  const [step, all] = await optionsOf(job(wish, { jars: ["mine.jar"] }));
  assert.deepEqual(
    [step.packages, step.repositories, all.packages, all.excludePackages],
    [[], [], [], []],
  );
  const names = step.jars.map((path) => basename(path));
  assert.deepEqual(names, ["mine.jar", "org.example_deep-2.0.jar", "org.example_reader-1.0.jar"]);
  assert.deepEqual(step.pyFiles, step.jars.slice(1));
  assert.equal(readFileSync(step.jars[1] ?? "", "utf8"), "of org.example:deep:2.0");
  rmSync(repository, { recursive: true });
  assert.deepEqual((await optionsOf(job({}, { ...wish, jars: ["mine.jar"] })))[0], step);
});

it("names coordinates that nobody has; those that move stay for Spark to find", async () => {
  const nowhere = await optionsOf(job({ ...wish, packages: ["org.example:nowhere:1.0"] })).catch(
    (error: MayflyError) => error,
  );
  assert.match(
    String(nowhere),
    /cannot find the jars of org\.example:nowhere:1\.0: org\.example:nowhere:1\.0 is/,
  );
  const [step] = await optionsOf(job({ ...wish, packages: ["org.example:reader:latest.release"] }));
  assert.deepEqual(
    [step.packages, step.repositories],
    [["org.example:reader:latest.release"], wish.repositories],
  );
});

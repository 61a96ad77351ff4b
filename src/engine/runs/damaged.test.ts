import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { leaveKilledRun } from "../../../test/support/emr/killed-run.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { makeProject, RUN } from "../../../test/support/query/project.ts";
import { startSmallAws } from "../../../test/support/servers/small-aws.ts";
import { openCatalog } from "../query/catalog.ts";
import { listRuns } from "./list.ts";
import { recoverRuns } from "./recover.ts";

/** What may stand where a record should: none of it hides the runs beside it. */
const DAMAGED: Record<string, string | object> = {
  empty: "",
  cut: '{"version":1,"id":"2026',
  "no object": "[]",
  "no job": { job: null },
  "steps of nothing": { steps: [null] },
  "a step without a name": { steps: [{ state: "failed" }] },
  "outputs in no list": { outputs: "words" },
  "an output of nothing": { outputs: [null] },
  "an output with a number for a name": {
    outputs: [{ name: 5, uri: "s3://a/b", path: "/tmp", format: "csv" }],
  },
  "a failure without a word": { state: "failed", failure: {} },
  "of a state that there is not": { state: "constructor" },
};

test("a record that is damaged, whatever it holds or is, hides no other run", async () => {
  const project = makeProject({ words: { "a.csv": "n\n1\n" } });
  const folderOf = (i: number) => {
    const path = join(project.path, `.mayfly/runs/20260103-${String(i).padStart(6, "0")}-abc123`);
    mkdirSync(path);
    return path;
  };
  try {
    const sound = { version: 1, id: "x", job: "j", target: "local", kind: "local", createdAt: 1 };
    Object.values(DAMAGED).forEach((one, i) => {
      const record = { ...sound, state: "succeeded", steps: [], request: {}, ...Object(one) };
      const text = typeof one === "string" ? one : JSON.stringify(record);
      writeFileSync(join(folderOf(i), "run.json"), text);
    });
    mkdirSync(join(folderOf(900), "run.json"));
    const link = join(folderOf(901), "run.json");
    symlinkSync(link, link);
    execFileSync("mkfifo", [join(folderOf(902), "run.json")]);
    const listed = listRuns(project.path, { limit: 100, all: false });
    assert.deepEqual(
      listed.map(({ state }) => state),
      [...Array(listed.length - 1).fill("damaged"), "succeeded"],
    );
    assert.equal(listed.length, Object.keys(DAMAGED).length + 4);
    assert.deepEqual(
      openCatalog(project.path)
        .all()
        .map(({ name, run }) => [name, run]),
      [["words", RUN]],
    );
  } finally {
    project.remove();
  }
});

test("a killed run whose record is damaged: its journal is enough to end its cluster", async () => {
  const project = makeProject({});
  const aws = await startSmallAws();
  const before = { ...process.env };
  Object.assign(process.env, aws.env);
  try {
    const id = "20260104-000000-abc123";
    const cluster = await leaveKilledRun(project.path, id, aws);
    const marker = join(project.path, ".mayfly/active", id);
    assert.deepEqual(await recoverRuns(project.path), [{ id, pending: [`cluster ${cluster}`] }]);
    assert.ok(existsSync(marker));
    await eventually("the end of it", async () =>
      (await recoverRuns(project.path)).length === 0 ? true : undefined,
    );
    assert.ok(!existsSync(marker));
    const { Cluster } = await aws.emr<{ Cluster: { Status: { State: string } } }>(
      "DescribeCluster",
      { ClusterId: cluster },
    );
    assert.equal(Cluster.Status.State, "TERMINATED");
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
    await aws.close();
    project.remove();
  }
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeProject } from "../../../../test/support/query/project.ts";
import { smallAthena } from "../../../../test/support/query/small-athena.ts";
import { type SmallAws, startSmallAws } from "../../../../test/support/servers/small-aws.ts";
import type { AthenaExecution } from "../../../aws/athena.ts";
import { identify } from "../../../base/processes.ts";
import { openAthenaQuery } from "./ask.ts";
import { type AthenaPlace, openPlace } from "./place.ts";
import { cleanResults, removeResult } from "./results.ts";
import { dropTables } from "./tables.ts";

const catalog = smallAthena();
const project = makeProject({});
const DATA = ["bucket/data/a.csv", "bucket/data/day=1/b.csv", "bucket/results/other.csv"];
let aws: SmallAws;
let place: AthenaPlace;
let n = 0;

before(async () => {
  aws = await startSmallAws({}, {}, { services: catalog.services });
  place = await openPlace(project.path, { aws: { env: aws.env }, database: "demo" });
  for (const name of DATA) aws.put(name, "n\n1\n");
});
after(async () => {
  await place.stores.close();
  await aws.close();
  project.remove();
});

/** As if it stood in a journal that somebody has made, or copied. */
function journal(intent: object, seen?: string) {
  const file = join(place.folder, "journal.jsonl");
  const write = (line: object) =>
    appendFileSync(file, `${JSON.stringify({ n: ++n, at: 1, ...line })}\n`);
  const whole = { do: "athena-query", id: `query-${randomUUID()}`, ...intent };
  write({ intent: whole });
  if (seen !== undefined) write({ done: whole.id, seen });
}

/** An Athena that says this of every query. */
function saying(OutputLocation: string, State = "SUCCEEDED") {
  const stopped: string[] = [];
  const execution = async (): Promise<AthenaExecution> => ({
    Status: { State },
    ResultConfiguration: { OutputLocation },
  });
  const stop = async (id: string) => void stopped.push(id);
  return { stopped, place: { ...place, athena: { ...place.athena, execution, stop } } };
}

test("whatever a journal or an answer says, only what is one query's alone is removed", async () => {
  const token = randomUUID();
  for (const location of [
    "s3://bucket/",
    "s3://bucket",
    "s3://bucket/data/",
    "s3://bucket/data",
    `s3://bucket/${randomUUID()}/`,
    "data/",
    "/",
    "",
  ])
    journal({ location });
  journal({ id: "query-data", location: "s3://bucket/data/" });
  journal({ id: "query-", location: "s3://bucket/data//" });
  journal({ id: `query-${token}` }, "the-id-of-it");
  for (const named of [
    "s3://bucket/",
    "s3://bucket/data/",
    "s3://bucket/data",
    "s3://bucket/data/a.csv",
    "s3://bucket/data/the-id-of-it/",
  ]) {
    const forced = saying(named).place;
    const asked = `s3://elsewhere/${token}/`;
    assert.equal(await removeResult(forced, { token, asked, id: "the-id-of-it", named }), 0, named);
    assert.deepEqual(await cleanResults(forced), [], named);
  }
  assert.deepEqual([...aws.objects.keys()].sort(), DATA);
});

test("what is removed: the folder of a query, or its file where a workgroup forces a place", async () => {
  const token = randomUUID();
  aws.put(`bucket/mayfly/athena/${token}/x.csv`, "1");
  aws.put(`bucket/mayfly/athena/${token}/x.csv.metadata`, "1");
  aws.put("bucket/results/the-id-of-it.csv", "1");
  aws.put("bucket/results/the-id-of-it.csv.metadata", "1");
  journal({ id: `query-${token}`, location: `s3://bucket/mayfly/athena/${token}/` });
  const forced = saying("s3://bucket/results/the-id-of-it.csv").place;
  assert.deepEqual(await cleanResults(forced), [
    "s3://bucket/results/the-id-of-it.csv",
    `s3://bucket/mayfly/athena/${token}/`,
  ]);
  assert.deepEqual([...aws.objects.keys()].sort(), DATA);
});

test("what Athena still does for a command that was killed is stopped, for one that lives it goes on", async () => {
  const { stopped, place: busy } = saying("s3://bucket/none/", "RUNNING");
  const gone = JSON.stringify({ pid: 2 ** 22 + 1, began: "once" });
  journal({ asker: JSON.stringify(identify(process.pid)) }, "one of the living");
  journal({ asker: gone }, "one of the dead");
  await cleanResults(busy);
  assert.ok(stopped.includes("one of the dead") && !stopped.includes("one of the living"));
});

test("a query that cannot be followed any more is stopped: nobody would read what is paid for", async () => {
  const { stopped, place: busy } = saying("");
  const execution = () => Promise.reject(new Error("the line is cut"));
  const lost = { ...busy, results: "s3://bucket/results/", athena: { ...busy.athena, execution } };
  const query = await openAthenaQuery(lost, aws.env);
  await assert.rejects(query.rows("select 1"), /the line is cut/);
  assert.equal(stopped.length, 1);
});

test("a database in which somebody has made a table meanwhile stays", async () => {
  const { glue, owner } = place;
  await glue.createDatabase({ Name: "demo", Parameters: { "mayfly:owner": owner } });
  const theirs = { Name: "theirs", Parameters: {}, partitions: [] };
  let asked = 0;
  const tables = async (name: string) => {
    if (++asked === 2) catalog.databases.get(name)?.tables.set("theirs", theirs);
    return glue.tables(name);
  };
  const dropped = await dropTables({ ...place, glue: { ...glue, tables } }, []);
  assert.deepEqual(dropped, { tables: [], others: 0 });
  assert.ok(catalog.databases.get("demo")?.tables.has("theirs"));
});

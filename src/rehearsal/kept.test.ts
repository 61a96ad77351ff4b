import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { nodes, wish } from "../../test/support/rehearsal/emr.ts";
import { ROLE, serverlessWorld, sparkJob } from "../../test/support/rehearsal/serverless.ts";
import { openEmr } from "./emr/emr.ts";
import { openKept } from "./kept.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const DAMAGED = ["", "{", "null", "[]", '"text"', "{}", '{"id":"%"}', '{"id":"../../out"}'];

/** Each of them under a name of its own. */
function damage(folder: string, whole: string): void {
  mkdirSync(folder, { recursive: true });
  const texts = [...DAMAGED, whole.slice(0, whole.length / 2), whole];
  for (const [i, text] of texts.entries())
    writeFileSync(join(folder, `damaged${i}.json`), text.replace("%", `damaged${i}`));
}

function emrIn(folder: string) {
  const service = openEmr({
    folder,
    nodes,
    startMs: 1,
    where: { region: "eu-west-3", account: "123456789012" },
    bucket: { put: async () => {}, link: async (uri) => uri },
  });
  return {
    close: () => service.close(),
    async ask(operation: string, input: object) {
      const asked = { service: "elasticmapreduce", region: "eu-west-3", accessKey: "AKIA" };
      const { status, body } = await service.handle({
        ...asked,
        ...{ method: "POST", path: "/", query: "" },
        headers: { "x-amz-target": `ElasticMapReduce.${operation}` },
        body: Buffer.from(JSON.stringify(input)),
      });
      // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
      return { status, said: JSON.parse(String(body)) as any };
    },
  };
}

test("a damaged record is passed over, and left where it lies; the others are found", async (t) => {
  const folder = folderOf(t);
  const said: string[] = [];
  const open = () =>
    openKept<{ id: string; a: number }>(
      folder,
      ({ a }) => typeof a === "number",
      (text) => said.push(text),
    );
  open().save({ id: "one", a: 1 });
  damage(folder, '{"id":"one","a":1}');
  assert.deepEqual(open().read(), [{ id: "one", a: 1 }]);
  assert.equal(said.length, DAMAGED.length + 2);
  assert.match(said[0] ?? "", /damaged: .*\/damaged0\.json$/);
  assert.equal(readdirSync(folder).length, DAMAGED.length + 3);
  assert.equal(statSync(join(folder, "one.json")).mode & 0o777, 0o600);
});

test("what cannot be written is written with the next that can", (t) => {
  const folder = join(folderOf(t), "records");
  const said: string[] = [];
  const kept = openKept<{ id: string }>(
    folder,
    () => true,
    (text) => said.push(text),
  );
  writeFileSync(folder, "");
  kept.note({ id: "one" });
  assert.match(said.join("\n"), /^cannot write one down: /);
  assert.throws(() => kept.save({ id: "two" }));
  rmSync(folder);
  kept.note({ id: "three" });
  assert.deepEqual(readdirSync(folder).sort(), ["one.json", "three.json"]);
});

test("damaged records keep no clusters from being there, nor what is the account's", async (t) => {
  const folder = folderOf(t);
  damage(join(folder, "clusters"), '{"id":"j-1","state":"RUNNING","steps":[],"instances":[]}');
  writeFileSync(join(folder, "account.json"), '{"configurations":');
  const { ask, close } = emrIn(folder);
  assert.deepEqual((await ask("ListClusters", {})).said, { Clusters: [] });
  assert.equal((await ask("GetBlockPublicAccessConfiguration", {})).status, 200);
  await close();
});

test("damaged records keep no applications and job runs from being there", async (t) => {
  const folder = folderOf(t);
  const before = serverlessWorld(folder);
  const applicationId = await before.create();
  const { jobRunId } = await before.ask("StartJobRun", { applicationId, ...sparkJob("ok") });
  await before.pass(1000);
  await before.close();
  const run = '{"id":"r","application":"gone","request":{},"attempts":[{"state":"RUNNING"}]}';
  damage(join(folder, "applications"), '{"id":"a","state":"STARTED"}');
  damage(join(folder, "jobruns"), run);
  writeFileSync(join(folder, "jobruns/r.json"), run);
  const { ask, close } = serverlessWorld(folder);
  assert.equal((await ask("ListApplications", {})).applications.length, 1);
  const { jobRuns } = await ask("ListJobRuns", { applicationId });
  assert.deepEqual(
    jobRuns.map(({ id, executionRole }: Record<string, string>) => [id, executionRole]),
    [[jobRunId, ROLE]],
  );
  await close();
});

test("where nothing can be written nothing begins, and what has begun goes on", async (t) => {
  const folder = folderOf(t);
  const { ask, close } = emrIn(folder);
  const { said } = await ask("RunJobFlow", wish());
  rmSync(join(folder, "clusters"), { recursive: true });
  writeFileSync(join(folder, "clusters"), "");
  assert.equal((await ask("RunJobFlow", wish())).status, 500);
  for (;;) {
    const { Clusters } = (await ask("ListClusters", {})).said;
    assert.equal(Clusters.length, 1);
    if (Clusters[0].Status.State === "TERMINATED") break;
    await new Promise((done) => setTimeout(done, 5));
  }
  rmSync(join(folder, "clusters"));
  await ask("RunJobFlow", wish());
  await close();
  assert.ok(readdirSync(join(folder, "clusters")).includes(`${said.JobFlowId}.json`));

  const world = serverlessWorld(folder);
  const applicationId = await world.started();
  const { jobRunId } = await world.ask("StartJobRun", { applicationId, ...sparkJob("hangs") });
  rmSync(join(folder, "jobruns"), { recursive: true });
  writeFileSync(join(folder, "jobruns"), "");
  assert.equal((await world.refused("StartJobRun", { applicationId, ...sparkJob("ok") }))[0], 500);
  await world.pass(1000);
  world.machines.end(0);
  await world.pass(1000);
  const { jobRuns } = await world.ask("ListJobRuns", { applicationId });
  assert.deepEqual(
    jobRuns.map(({ id, state }: Record<string, string>) => [id, state]),
    [[jobRunId, "SUCCESS"]],
  );
  await world.close();
});

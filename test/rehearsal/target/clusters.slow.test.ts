import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openEmr } from "../../../src/aws/emr.ts";
import { openSession } from "../../../src/aws/session.ts";
import { clusterRequest } from "../../../src/targets/emr/shape/request.ts";
import { settingsOf } from "../../../src/targets/emr/shape/settings.ts";
import { eventually } from "../../support/eventually.ts";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";

/** Clusters that stay, and the lines that stop them: each with the others off. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;
before(async () => {
  env = { ...world.env, ...(await world.start()) };
  writeFileSync(join(world.path, "mayfly.yaml"), PROJECT);
});
after(() => world.remove());

const PROJECT = `jobs:
  says:
    steps: [{ command: [sh, -c, "echo hello"] }]
  waits:
    steps: [{ command: [sleep, "600"] }]
targets:
  one: { kind: emr, workers: 0 }
  safely: { kind: emr, workers: 0, ttl: 10s, termination_protection: true }
  two: { kind: emr, workers: 1 }
`;

const mayfly = (...args: string[]) => world.mayfly(args, env);
async function ok(...args: string[]) {
  const said = await mayfly(...args);
  assert.equal(said.code, 0, `${args.join(" ")}: ${said.out}${said.err}`);
  return said;
}
const emr = async () => openEmr(await openSession({ env }));
const stateOf = async (id: string) => (await (await emr()).describeCluster(id)).Status.State;
const ended = (id: string) =>
  eventually(`the end of ${id}`, async () =>
    /^TERMINATED/.test(await stateOf(id)) ? true : undefined,
  );
async function up(...args: string[]): Promise<{ id: string; run: string; name: string }> {
  return JSON.parse((await ok("up", ...args, "--json")).out);
}
interface Listed {
  cluster: { record: { name: string; id: string }; now?: { state: string; endsAt: number } };
}
const listed = async (...args: string[]) =>
  (JSON.parse((await ok("ls", "--json", ...args)).out) as Listed[]).filter((one) => one.cluster);
const alive = async () =>
  (await (await emr()).listClusters({ createdAfter: 0 })).filter(
    ({ Status }) => !/^TERMINATED/.test(Status.State),
  );

test("a cluster stays, takes jobs, is resized, lives longer, and is gone when it is asked to go", async () => {
  const { id } = await up("lab", "--on", "two");
  assert.equal((await ok("run", "says", "--on", "lab")).out, "hello\n");
  assert.equal(await stateOf(id), "WAITING");
  const again = await mayfly("up", "lab", "--on", "two");
  assert.deepEqual([again.code, /a cluster of this name is open/.test(again.err)], [2, true]);

  await ok("resize", "lab", "2");
  const groups = await (await emr()).listGroups(id);
  assert.deepEqual(
    groups.map((one) => [one.InstanceGroupType, one.RequestedInstanceCount]),
    [
      ["MASTER", 1],
      ["CORE", 2],
    ],
  );
  const none = await mayfly("resize", "lab", "0");
  assert.deepEqual([none.code, /at least one stays/.test(none.err)], [2, true]);

  const before = (await listed())[0]?.cluster.now?.endsAt ?? 0;
  await ok("extend", "lab", "2h");
  assert.equal((await listed())[0]?.cluster.now?.endsAt, before + 2 * 3_600_000);

  // Who repairs does not take away what is to stay.
  assert.match((await ok("reap", "--yes")).err, /stays: it was opened to stay, as lab/);
  const gone = (await ok("down", "lab")).out.split("\n");
  assert.equal(gone[0], `gone: cluster ${id}`);
  assert.deepEqual(
    gone.slice(1).map((line) => line.replace(/\S*-(\w+)$/, "$1")),
    ["primary", "workers", "service"].map((one) => `gone: security group ${one}`).concat(""),
  );
  assert.equal(await stateOf(id), "TERMINATED");
  assert.deepEqual(await listed(), []);
  assert.match((await mayfly("run", "says", "--on", "lab")).err, /no target, no open cluster/);
});

test("another machine finds it by its tags, and runs on it", async () => {
  const { id } = await up("shared", "--on", "one");
  const other = { ...env, XDG_STATE_HOME: join(world.path, "other") };
  const there = (...args: string[]) => world.mayfly(args, other);
  assert.match((await there("run", "says", "--on", "shared")).err, /ls --account|known:/);
  assert.match((await there("ls", "--account")).out, new RegExp(`shared .*${id}`));
  assert.equal((await there("run", "says", "--on", "shared")).out, "hello\n");
  assert.equal((await there("down", "shared")).code, 0);
  assert.equal((await listed())[0]?.cluster.now?.state, "ended");
});

test("it lingers after a run, and its end is the time that was given", async () => {
  const { err } = await ok("run", "says", "--on", "one", "--linger", "10m");
  const [, id = "", name = ""] =
    /still there: cluster (j-\w+), .*mayfly down (\S+) ends/.exec(err) ?? [];
  const now = (await listed()).find((one) => one.cluster.record.id === id)?.cluster.now;
  assert.equal(now?.state, "idle");
  const left = (now?.endsAt ?? 0) - Date.now();
  assert.ok(left > 500_000 && left <= 602_000, `${left}`);
  await ok("down", name);
});

test("a free cluster of the same making is taken; one that is held, or made otherwise, is not", async () => {
  const first = await ok("run", "says", "--on", "one", "--reuse");
  const [, id = ""] = /still there: cluster (j-\w+),/.exec(first.err) ?? [];
  assert.match(
    (await ok("run", "says", "--on", "one", "--reuse")).err,
    new RegExp(`${id} is free`),
  );
  const client = await emr();
  await client.tag(id, { "mayfly:lock": `somebody until ${Date.now() + 60_000}` });
  const held = await ok("run", "says", "--on", "one", "--reuse");
  assert.doesNotMatch(held.err, /is free/);
  // Held by somebody who is gone: its time is over.
  await client.tag(id, { "mayfly:lock": "somebody until 1000" });
  const other = await ok("run", "says", "--on", "two", "--reuse");
  assert.doesNotMatch(other.err, /is free/);
  const { Tags = [] } = await client.describeCluster(id);
  assert.equal(Tags.find(({ Key }) => Key === "mayfly:lock")?.Value, "somebody until 1000");
  await ok("reap", "--all", "--yes");
  assert.deepEqual(await alive(), []);
});

test("the timer on the primary ends it, with nobody here", async () => {
  const { id } = await up("short", "--on", "one", "--ttl", "12s");
  await ended(id);
  assert.equal((await listed())[0]?.cluster.now?.state, "ended");
  // What stood around it goes with the word that it has ended.
  assert.match((await ok("reap")).err, /^nothing is left of ours\n$/);
});

test("EMR's idle limit ends it, with nobody here and no timer", async () => {
  const fast = await world.start("--name", "fast", "--speed", "30");
  const client = openEmr(await openSession({ env: { ...world.env, ...fast } }));
  const id = await leftBehind({}, {}, client);
  await eventually("its end", async () =>
    (await client.describeCluster(id)).Status.State === "TERMINATED" ? true : undefined,
  );
});

/** As `mayfly run` would ask for it, but for what stops it. */
async function leftBehind(
  more: object,
  tags: Record<string, string>,
  by?: ReturnType<typeof openEmr>,
): Promise<string> {
  const client = by ?? (await emr());
  const request = clusterRequest({
    ...{ label: "left", release: "emr-7.12.0", run: "20260101-000000-abcdef", owner: "nobody" },
    ...{ settings: settingsOf({ kind: "emr", workers: "0", idle: "60s" }), bucket: "b", tags: {} },
    ...{ surroundings: { subnets: [] }, configurations: [], staged: (path: string) => path },
  });
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return client.runJobFlow({ ...request, Tags, ...more });
}

test("reap ends by tag alone what ours has left, and nothing else", async () => {
  const owner = "arn:aws:iam::123456789012:root";
  const run = "20260101-000000-abcdef";
  const client = await emr();
  const mine = await up("mine", "--on", "one");
  const { Tags = [] } = await client.describeCluster(mine.id);
  const me = Tags.find(({ Key }) => Key === "mayfly:owner")?.Value ?? "";
  assert.match(me, /^arn:aws:/);
  const never = { AutoTerminationPolicy: undefined };
  const left = await leftBehind(never, { "mayfly:run": run, "mayfly:owner": me });
  const other = await leftBehind(never, { "mayfly:run": run, "mayfly:owner": `${owner}-other` });
  const alike = await leftBehind(never, { "mayfly-run": run, "mayfly:owner": me });
  const nowhere = { ...env, XDG_STATE_HOME: join(world.path, "nowhere") };
  const seen = await world.mayfly(["reap", "--older-than", "1h"], nowhere);
  assert.match(seen.err, new RegExp(`${left} .*stays: it is younger`));
  assert.doesNotMatch(seen.err, new RegExp(alike));
  const ended = await world.mayfly(["reap", "--yes"], nowhere);
  assert.equal(ended.out, `gone: cluster ${left}\n`, ended.err);
  const ids = (await alive()).map(({ Id }) => Id).sort();
  assert.deepEqual(ids, [mine.id, other, alike].sort());
  for (const id of [other, alike]) await client.terminate(id);
  await ok("down", "mine");
});

test("protection from termination is respected, by the timer too, until it is taken away by name", async () => {
  const { id } = await up("safe", "--on", "safely");
  const refused = await mayfly("down", "safe");
  assert.equal(refused.code, 4);
  assert.match(refused.out, new RegExp(`^still there: cluster ${id}: it is protected from`));
  assert.match((await mayfly("reap", "--all", "--yes")).err, /stays: it is protected/);
  const until = ((await listed())[0]?.cluster.now?.endsAt ?? 0) + 6000;
  await eventually("the end of its time", async () => (Date.now() > until ? true : undefined));
  assert.equal(await stateOf(id), "WAITING");
  await ok("down", "safe", "--unprotect");
  assert.equal(await stateOf(id), "TERMINATED");
});

test("an opening that is killed is ended by the next command", async () => {
  const bin = join(import.meta.dirname, "../../../src/cli/bin.ts");
  const child = spawn(process.execPath, ["--no-warnings", bin, "up", "half", "--on", "one"], {
    ...{ cwd: world.path, env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((seen) =>
    child.stderr.on("data", (text: Buffer) => /is starting/.test(text.toString()) && seen()),
  );
  const exit = new Promise((done) => child.on("exit", done));
  child.kill("SIGKILL");
  await exit;
  assert.equal((await alive()).length, 1);
  await ok("ls");
  await eventually("its end", async () => ((await alive()).length === 0 ? true : undefined));
  assert.doesNotMatch((await ok("ls")).err, /half/);
});

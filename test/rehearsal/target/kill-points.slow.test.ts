import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmrCluster } from "../../../src/aws/emr.ts";
import { readIfThere } from "../../../src/base/files.ts";
import { eventually } from "../../support/eventually.ts";
import { oursIn } from "../../support/faults/account.ts";
import { faultPoints } from "../../support/faults/fault-points.ts";
import { killPoints } from "../../support/faults/kill-points.ts";
import type { Total } from "../../support/faults/loop.ts";
import { makeCache, makeWorld, type World } from "../../support/faults/world.ts";

/** A sample of what `npm run faults` goes through as a whole; the same each time, as that has not come to its end yet. */
const seed = Number(process.env.MAYFLY_SEED ?? 994_719);
const kills = Number(process.env.MAYFLY_KILL_POINTS ?? 10);
const faults = Number(process.env.MAYFLY_FAULT_POINTS ?? 6);
const clean = ({ failed, leaks, duplicates, touched }: Total) =>
  assert.deepEqual({ failed, leaks, duplicates, touched }, NOTHING);
const NOTHING = { failed: 0, leaks: 0, duplicates: 0, touched: 0 };

test(`killed at ${kills} points, seed ${seed}: one reap, and nothing is left or made twice`, async (t) => {
  const total = await killPoints(
    { seed, most: kills, atOnce: 3, names: ["run", "linger"] },
    (line) => t.diagnostic(line),
  );
  assert.ok(total.points > 0);
  clean(total);
});

test(`${faults} faults of AWS, seed ${seed}: one reap, and nothing is left or made twice`, async (t) => {
  // What hangs takes as long as it says.
  const total = await faultPoints({ seed, most: faults, atOnce: 4, unlike: "hang" }, (line) =>
    t.diagnostic(line),
  );
  assert.ok(total.points > 0);
  clean(total);
});

/** A world of its own. */
async function inWorld(story: (world: World) => Promise<void>): Promise<void> {
  const cache = makeCache();
  const world = await makeWorld(cache.path);
  try {
    await story(world);
    assert.deepEqual(await oursIn(world.aws), []);
  } finally {
    await world.close();
    cache.remove();
  }
}

const asked = (world: World, operation: string) =>
  eventually(operation, async () =>
    world.aws.asked.includes(`elasticmapreduce ${operation}`) ? true : undefined,
  );

/** An event of the run that goes on. */
const told = (world: World, word: string) =>
  eventually(word, async () => {
    const [run] = world.open();
    const events = join(world.path, ".mayfly/runs", run ?? "", "events.jsonl");
    return readIfThere(events)?.includes(word) ? true : undefined;
  });

test("a budget that is spent ends the whole run, which says so", () =>
  inWorld(async (world) => {
    const { code, err } = await world.run(["run", "waits", "--on", "own", "--budget", "$0.003"]);
    assert.equal(code, 4, err);
    assert.match(
      err,
      /the budget of \$0\.0030 is spent: the cluster has cost \$0\.\d+ \(estimate\)/,
    );
    assert.equal(world.runs()[0]?.exitCode, 4);
  }));

test("whoever follows the log of a run is told what it costs, until it has ended", () =>
  inWorld(async (world) => {
    const running = world.run(["run", "waits", "--on", "own"]);
    await asked(world, "DescribeStep");
    const following = world.run(["logs", "--follow"]);
    await told(world, '"cost"');
    await world.run(["cancel"]);
    const [followed, ran] = [await following, await running];
    assert.match(followed.err, /cost so far: (?:under )?\$0\.00\d+/);
    assert.equal(followed.code, 0);
    assert.equal(ran.code, 130, ran.err);
  }));

test("asleep while its cluster is ended: the run says what happened, and removes the rest", () =>
  inWorld(async (world) => {
    const running = world.run(["run", "waits", "--on", "own"]);
    await asked(world, "DescribeStep");
    world.signal("SIGSTOP");
    const { Clusters } = await world.aws.emr<{ Clusters: EmrCluster[] }>("ListClusters", {
      ClusterStates: ["RUNNING"],
    });
    await world.aws.emr("TerminateJobFlows", { JobFlowIds: Clusters.map(({ Id }) => Id) });
    await sleep(2000);
    world.signal("SIGCONT");
    const { code, err } = await running;
    assert.equal(code, 4, err);
    assert.match(err, /the cluster j-\w+ ended \(TERMINAT\w+, USER_REQUEST\)/);
    assert.equal(world.runs()[0]?.state, "failed");
  }));

test("credentials that expire in mid-run and are renewed in the profile's file: the run goes on", () =>
  inWorld(async (world) => {
    const file = join(world.path, "credentials");
    const renew = (key: string) =>
      writeFileSync(file, `[default]\naws_access_key_id=${key}\naws_secret_access_key=x\n`);
    renew("AKIAOLD");
    world.expire("AKIAOLD", "RunJobFlow");
    const running = world.run(["run", "both", "--on", "own"], undefined, {
      ...{ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SHARED_CREDENTIALS_FILE: file },
    });
    await told(world, "credentials have expired");
    renew("AKIANEW");
    const { code, err } = await running;
    assert.equal(code, 0, err);
    assert.match(err, /the AWS credentials have expired: sign in again; the run goes on/);
  }));

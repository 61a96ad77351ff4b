import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmrCluster } from "../../../src/aws/emr.ts";
import { eventually } from "../../support/eventually.ts";
import { oursIn } from "../../support/faults/account.ts";
import { faultPoints } from "../../support/faults/fault-points.ts";
import { killPoints } from "../../support/faults/kill-points.ts";
import type { Total } from "../../support/faults/loop.ts";
import { makeCache, makeWorld } from "../../support/faults/world.ts";

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

test("asleep while its cluster is ended: the run says what happened, and removes the rest", async () => {
  const cache = makeCache();
  const world = await makeWorld(cache.path);
  const { aws } = world;
  try {
    const running = world.run(["run", "waits", "--on", "own"]);
    await eventually("its step", async () =>
      aws.asked.includes("elasticmapreduce DescribeStep") ? true : undefined,
    );
    world.signal("SIGSTOP");
    const { Clusters } = await aws.emr<{ Clusters: EmrCluster[] }>("ListClusters", {
      ClusterStates: ["RUNNING"],
    });
    await aws.emr("TerminateJobFlows", { JobFlowIds: Clusters.map(({ Id }) => Id) });
    await sleep(2000);
    world.signal("SIGCONT");
    const { code, err } = await running;
    assert.equal(code, 4, err);
    assert.match(err, /the cluster j-\w+ ended \(TERMINAT\w+, USER_REQUEST\)/);
    assert.deepEqual(await oursIn(aws), []);
    assert.equal(world.runs()[0]?.state, "failed");
  } finally {
    await world.close();
    cache.remove();
  }
});

test("credentials that expire in mid-run and are renewed in the profile's file: the run goes on", async () => {
  const cache = makeCache();
  const world = await makeWorld(cache.path);
  const file = join(world.path, "credentials");
  const renew = (key: string) =>
    writeFileSync(file, `[default]\naws_access_key_id=${key}\naws_secret_access_key=x\n`);
  renew("AKIAOLD");
  try {
    const env = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    const running = world.run(["run", "both", "--on", "own"], undefined, {
      ...{ ...env, AWS_SHARED_CREDENTIALS_FILE: file },
    });
    await eventually("its cluster", async () =>
      world.aws.asked.includes("elasticmapreduce RunJobFlow") ? true : undefined,
    );
    world.expire("AKIAOLD");
    // Asked once more with what is in the file, it is told.
    await eventually("refusals", async () => (world.refusals() >= 4 ? true : undefined));
    renew("AKIANEW");
    const { code, err } = await running;
    assert.equal(code, 0, err);
    assert.match(err, /the AWS credentials have expired: sign in again; the run goes on/);
    assert.deepEqual(await oursIn(world.aws), []);
  } finally {
    await world.close();
    cache.remove();
  }
});

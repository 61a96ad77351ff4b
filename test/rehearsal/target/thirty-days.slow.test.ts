import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { findLeft } from "../../../src/engine/clusters/reap.ts";
import { up } from "../../../src/engine/clusters/up.ts";
import { LOCK_MS, lockedBy } from "../../../src/targets/emr/stay/lock.ts";
import { openPlainCluster } from "../../support/emr/plain-cluster.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { type SequenceWorld, sequenceWorld } from "../../support/sequences/world.ts";
import { startSmallAws } from "../../support/servers/small-aws.ts";

/** What ends by itself, and when, over 30 days; clocks that step back included. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let world: SequenceWorld;
before(async () => {
  world = await sequenceWorld();
});
after(() => world.close());

test("EMR's idle limit, over 30 days of work that comes now and then", async () => {
  const clock = fakeClock();
  const aws = await startSmallAws({}, {}, { clock });
  const open = (more = {}) => openPlainCluster(aws, "idle", {}, more);
  const state = async (ClusterId: string) => {
    const { Cluster } = await aws.emr<{ Cluster: { Status: { State: string } } }>(
      "DescribeCluster",
      { ClusterId },
    );
    return Cluster.Status.State;
  };
  const step = { Name: "ok", HadoopJarStep: { Jar: "command-runner.jar", Args: ["true"] } };
  const [worked, never] = [
    await open({ AutoTerminationPolicy: { IdleTimeout: 86_400 } }),
    await open(),
  ];
  for (let days = 0; days < 29; days += 0.9) {
    await clock.pass(0.9 * DAY);
    assert.equal(await state(worked), "WAITING", `after ${days} days`);
    await aws.emr("AddJobFlowSteps", { JobFlowId: worked, Steps: [step] });
  }
  await clock.pass(DAY - 1000);
  assert.equal(await state(worked), "WAITING");
  await clock.pass(2000);
  assert.equal(await state(worked), "TERMINATED");
  assert.equal(await state(never), "WAITING");
  await aws.close();
});

test("reap takes a cluster that was to stay when its time is over, and no moment before, whatever the clock did", async () => {
  const [machine] = world.machines;
  assert.ok(machine);
  const env = world.on(machine);
  const { signal } = new AbortController();
  const cwd = machine.project;
  const ttls = [HOUR, DAY, 29 * DAY];
  const opened = new Map<string, number>();
  for (const [i, ms] of ttls.entries()) {
    const target = { ttl: `${ms / HOUR}h` };
    const { id } = await up({ name: `c${i}`, on: "one", target, cwd, env, signal }, () => {});
    opened.set(id, ms);
  }
  const began = Date.now();
  const look = async (now: number) => {
    const verdicts = await findLeft({ cwd, env, signal, all: false }, now);
    for (const [id, ms] of opened) {
      const verdict = verdicts.find(({ ours }) => ours.id === id);
      assert.equal(verdict?.ours.endsAt === undefined, false);
      const over = now > (verdict?.ours.endsAt ?? 0);
      assert.equal(verdict?.stays === undefined, over, `${ms} after ${now - began}`);
      assert.ok(Math.abs((verdict?.ours.endsAt ?? 0) - began - ms) < 60_000);
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -DAY, max: 30 * DAY }), (ms) => look(began + ms)),
    { numRuns: 20 },
  );
});

test("a lock ends by itself ten minutes after its last word, and never lasts for a clock that was set back", () => {
  const held = (until: number) => ({ Tags: [{ Key: "mayfly:lock", Value: `run until ${until}` }] });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 * DAY }), fc.integer({ max: 30 * DAY }), (at, now) => {
      assert.equal(lockedBy(held(at + LOCK_MS), now) === "run", now < at + LOCK_MS);
    }),
  );
});

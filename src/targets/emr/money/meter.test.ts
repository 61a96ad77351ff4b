import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fakeClock } from "../../../../test/support/fake-clock.ts";
import type { Emr } from "../../../aws/emr.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import type { MayflyError } from "../../../base/errors.ts";
import type { EventBody } from "../../../model/event.ts";
import type { Cost } from "../../../model/money/money.ts";
import type { Account } from "../account.ts";
import { type EmrEntry, settingsOf } from "../shape/settings.ts";
import { perHourAtMost, withinBudget } from "./budget.ts";
import { openMeter } from "./meter.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
test.after(() => rmSync(folder, { recursive: true }));
const env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, AWS_REGION: "us-east-1" };
const prices = await loadPrices(env);

/** A cluster with machines of this type; AWS that is away answers nothing. */
function metered(type: string, count: number, budget?: number, leastSleep = 0) {
  const plain = fakeClock();
  const clock = {
    ...plain,
    sleep: (ms: number, signal?: AbortSignal) => plain.sleep(Math.max(ms, leastSleep), signal),
  };
  const costs: Cost[] = [];
  const abort = new AbortController();
  const at: { stopped?: [MayflyError, number]; away: boolean; count: number } = {
    ...{ away: false, count },
  };
  const machine = (from: number) => ({
    ...{ Ec2InstanceId: "i-1", InstanceType: type, InstanceGroupId: "ig-1" },
    Status: { State: "RUNNING", Timeline: { CreationDateTime: from / 1000 } },
  });
  const emr = {
    describeCluster: async () => ({ Id: "j-1", ReleaseLabel: "emr-7.12.0" }),
    listGroups: async () => [],
    async listInstances() {
      if (at.away) throw new Error("away");
      return Array.from({ length: at.count }, () => machine(0));
    },
  } as unknown as Emr;
  const meter = openMeter(
    { emr, where: { region: "us-east-1" } } as unknown as Account,
    budget,
    {
      env,
      signal: abort.signal,
      emit: (event: EventBody) => event.code === "cost" && costs.push(event.cost),
      stop: (why) => {
        at.stopped = [why, clock.now()];
      },
    },
    clock,
  );
  return { clock, costs, at, meter, abort };
}
const settings = (entry: Partial<EmrEntry> = {}) => settingsOf({ kind: "emr", ...entry });
const hourOfM5 = perHourAtMost(settings({ workers: "0" }), "emr-7.12.0", "us-east-1", prices);

test("over 30 days, of a laptop that wakes once an hour, the meter only rises, and stops with the run", async () => {
  const { clock, costs, meter } = metered("m5.xlarge", 1, undefined, HOUR);
  meter.begin("j-1");
  await clock.pass(30 * DAY);
  assert.equal(costs.length, 30 * 24 + 1);
  costs.reduce((before, cost) => {
    assert.ok((cost.usd ?? -1) >= (before.usd ?? -1));
    return cost;
  });
  const last = costs.at(-1)?.usd ?? 0;
  assert.ok(Math.abs(last - (hourOfM5.usd ?? 0) * 24 * 30) < 1e-6, `${last}`);
  meter.end();
  await clock.pass(DAY);
  assert.equal(costs.length, 30 * 24 + 1);
});

test("a budget ends the run within a second of its being spent, and within a minute after growth or silence", async () => {
  const hour = hourOfM5.usd ?? 0;
  const plain = metered("m5.xlarge", 1, hour * 100);
  plain.meter.begin("j-1");
  await plain.clock.pass(100 * HOUR - 2000);
  assert.ok(!plain.at.stopped);
  await plain.clock.pass(4000);
  const [why, when] = (plain.at as { stopped?: [MayflyError, number] }).stopped ?? [];
  assert.equal(why?.exitCode, 4);
  assert.match(why?.message ?? "", /^the budget of \$\d+\.\d\d is spent/);
  assert.ok((when ?? 0) >= 100 * HOUR && (when ?? 0) <= 100 * HOUR + 2000, `${when}`);

  const grown = metered("m5.xlarge", 1, hour * 100);
  grown.meter.begin("j-1");
  await grown.clock.pass(40 * HOUR);
  grown.at.away = true;
  await grown.clock.pass(20 * HOUR);
  grown.at.count = 2; // both were there from the beginning, as the list says: 120 hours of the 100 are spent
  assert.equal(grown.at.stopped, undefined);
  grown.at.away = false;
  await grown.clock.pass(61_000);
  assert.ok(grown.at.stopped);
});

/** The long form: DAYS=30 node --test src/targets/emr/money/meter.test.ts (20 s). */
const DAYS = Number(process.env.DAYS ?? 2);

test("a clock that is set back, again and again, lowers no figure and lengthens no budget", async () => {
  const { clock, costs, meter, at } = metered("m5.xlarge", 1, (hourOfM5.usd ?? 0) * 24 * DAYS);
  meter.begin("j-1");
  const hours = DAYS * 24;
  for (let hour = 1; hour < hours; hour++) {
    await clock.pass(HOUR);
    assert.equal(at.stopped, undefined, `hour ${hour}`);
    clock.back(hour % 2 === 0 ? HOUR / 2 : 40 * DAY);
  }
  costs.reduce((before, cost) => {
    assert.ok((cost.usd ?? -1) >= (before.usd ?? -1));
    return cost;
  });
  // Setting it costs less than a minute each time.
  await clock.pass(HOUR + hours * 60_000);
  assert.ok(at.stopped);
});

test("an unknown price is told as that, and what is known of it still ends the run", async () => {
  const strange = metered("m99.mega", 1, 0.001);
  strange.meter.begin("j-1");
  await strange.clock.pass(HOUR);
  assert.equal(strange.costs[0]?.usd, undefined);
  assert.match(strange.costs[0]?.unknown.join() ?? "", /the price of m99\.mega/);
  // Its root volume's price is known.
  assert.ok(strange.at.stopped);
});

test("a budget becomes hours: never longer than the time to live, and reckoned with what EMR may make of it", async () => {
  const of = (entry: Partial<EmrEntry>) => withinBudget(settings(entry), "emr-7.12.0", env);
  const same = await of({ budget: "$1000", ttl: "2h" });
  assert.equal(same.settings.ttlSeconds, 7200);
  assert.match(same.note ?? "", /its time to live ends before/);
  const short = await of({ budget: "1", workers: "2" });
  const hours = 1 / (hourOfM5.usd ?? 0) / 3;
  assert.equal(short.settings.ttlSeconds, Math.floor((hours - 8 / 60) * 3600));
  const scaled = await of({ budget: "1", workers: "2", scaling: { min: "2", max: "20" } });
  assert.equal(
    scaled.settings.ttlSeconds,
    Math.floor((1 / (hourOfM5.usd ?? 0) / 21 / 2) * 3600), // half of so little is left to the start
  );
  assert.equal((await of({ budget: "0.0001" })).settings.ttlSeconds, 60);
  assert.deepEqual(await of({}), { settings: settings() });
  await assert.rejects(
    of({ budget: "5", type: "m99.mega" }),
    /cannot keep to the budget of \$5\.00/,
  );
});

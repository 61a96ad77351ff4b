import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  budgetHours,
  dollars,
  formatMoney,
  formatUsd,
  type Metered,
  type Money,
  meterOf,
  sum,
  times,
  unknown,
} from "./money.ts";

const money = fc.oneof(
  fc.double({ min: 0, max: 1e4, noNaN: true }).map((usd) => dollars(usd, "2026-01-02")),
  fc.constant(unknown("EMR's part of m5.xlarge")),
);

test("an unknown price is never 0: not in a sum, not in a product, not in a meter", () => {
  fc.assert(
    fc.property(
      fc.array(money, { minLength: 1 }),
      fc.double({ min: 0, max: 99, noNaN: true }),
      (all, factor) => {
        const total = times(sum(...all), factor);
        const missing = all.some(({ usd }) => usd === undefined);
        assert.equal(total.usd === undefined, missing);
        assert.equal(total.unknown.length > 0, missing);
        if (!missing) assert.equal(total.usd, total.atLeast);
        const meter = meterOf(
          all.map((perHour) => ({ from: 0, perHour })),
          3_600_000,
        );
        assert.equal(meter.usd === undefined, missing);
        assert.equal(budgetHours(5, sum(...all)) === undefined, missing);
      },
    ),
  );
  assert.equal(formatMoney(unknown("the price of x")), "unknown (the price of x)");
  assert.equal(
    formatMoney(sum(dollars(1.5), unknown("a"), unknown("a"), unknown("b"))),
    "more than $1.50 (unknown: a, b)",
  );
});

test("the oldest price says from when a figure is", () => {
  const total = sum(dollars(1, "2026-02-01"), dollars(2, "2025-04-24"), dollars(3));
  assert.deepEqual(total, { usd: 6, atLeast: 6, unknown: [], pricesOf: "2025-04-24" });
});

const HOUR = 3_600_000;
const at = (perHour: Money, from: number, to?: number): Metered => ({
  ...{ from, perHour },
  ...(to === undefined ? {} : { to }),
});

test("by the second, and a minute at the least, each instance for itself", () => {
  const one = dollars(3600);
  assert.equal(meterOf([at(one, 0, 10_000)], HOUR).usd, 60);
  assert.equal(meterOf([at(one, 0, 61_001)], HOUR).usd, 62);
  assert.equal(meterOf([at(one, 0, 1000), at(one, 0, 1000)], HOUR).usd, 120);
  // A clock that was set back counts for nothing.
  assert.equal(meterOf([at(one, HOUR)], 0).usd, 60);
});

test("what runs still costs; what has ended does not", () => {
  const meter = meterOf([at(dollars(0.24), 0), at(dollars(0.24), 0, HOUR / 2)], HOUR);
  assert.ok(Math.abs((meter.usd ?? 0) - 0.36) < 1e-12);
  assert.equal(meter.perHour.usd, 0.24);
  assert.equal(meter.basis, "estimate");
  assert.equal(budgetHours(6, meter.perHour), 25);
  assert.equal(meterOf([at(dollars(0.24), 0, 5)], HOUR).perHour.usd, 0);
});

test("dollars as people read them", () => {
  assert.deepEqual([0, 0.00002, 0.00417, 0.0672, 0.476, 12.345].map(formatUsd), [
    ...["$0", "under $0.0001", "$0.0042", "$0.067", "$0.476", "$12.35"],
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf } from "../../support/timer-world.ts";

/** The timer's own bash over a month at one go: node --test test/rehearsal/target/timer.long.test.ts (a minute). */
const DAY = 86_400;

test("30 days, told at once or by being extended on each of them", () => {
  const most = 31 * DAY;
  assert.equal(endOf({ ttl: 30 * DAY, says: [], up: 5, most }), 30 * DAY);
  const says = Array.from({ length: 29 }, (_, day) => ({
    at: day * DAY + 3600,
    ttl: (day + 2) * DAY,
  }));
  assert.equal(endOf({ ttl: DAY, says, up: 5, most }), 30 * DAY);
});

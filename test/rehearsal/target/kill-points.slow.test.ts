import assert from "node:assert/strict";
import { test } from "node:test";
import { faultPoints } from "../../support/faults/fault-points.ts";
import { killPoints } from "../../support/faults/kill-points.ts";
import type { Total } from "../../support/faults/loop.ts";

/** A sample of what `npm run faults` goes through as a whole. */
const seed = Number(process.env.MAYFLY_SEED ?? Date.now() % 1_000_000);
const kills = Number(process.env.MAYFLY_KILL_POINTS ?? 12);
const faults = Number(process.env.MAYFLY_FAULT_POINTS ?? 10);
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

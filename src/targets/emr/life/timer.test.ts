import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { endOf } from "../../../../test/support/timer-world.ts";

test("it ends the cluster in the second that was told, however long the machine had been up", () => {
  for (const ttl of [1, 59, 60, 61, 7200]) assert.equal(endOf({ ...NOTHING, ttl, up: 0 }), ttl);
  assert.equal(endOf({ ...NOTHING, ttl: 3600, up: 40 * 86_400 }), 3600);
});

const NOTHING = { says: [], up: 100, most: 3 * 86_400 };

test("extended, shortened and protected: never earlier than told, never later than a minute after", () => {
  const time = fc.integer({ min: 1, max: 9000 });
  const change = fc.record({ at: time, ttl: time });
  let days = 0;
  fc.assert(
    fc.property(
      time,
      fc.array(change, { maxLength: 4 }),
      fc.option(fc.tuple(time, fc.integer({ min: 1, max: 3000 })), { nil: undefined }),
      (ttl, changes, silence) => {
        const says = changes.sort((a, b) => a.at - b.at);
        const silent: [number, number] = silence ? [silence[0], silence[0] + silence[1]] : [-1, -1];
        const end = endOf({ ttl, says, silent, up: 7, most: 60_000 });
        days += (end ?? 0) / 86_400;
        // What held at a second: the last word that was said, and the first until then.
        const told = (second: number) => says.findLast(({ at }) => at <= second)?.ttl ?? ttl;
        assert.ok(end !== undefined);
        const heard = silent[0] <= end && end < silent[1] ? silent[0] - 60 : end;
        const known = [told(end), ...says.filter(({ at }) => at >= heard).map((one) => one.ttl)];
        assert.ok(
          end >= Math.min(told(heard), ...known),
          `earlier than told: ${end}, told ${told(end)}`,
        );
        // The words of the last minute, and of a silence, may not have been heard yet.
        const since = silent[0] <= end && end <= silent[1] + 60 ? silent[0] - 60 : end - 60;
        const words = [
          told(Math.max(0, since)),
          ...says.filter(({ at }) => at > since).map((one) => one.ttl),
        ];
        const latest = says.filter(({ at }) => at <= end).at(-1)?.at ?? 0;
        assert.ok(
          end <= Math.max(...words, latest, silent[1]) + 60,
          `later than a minute after: ${end}, words ${words}`,
        );
      },
    ),
    { numRuns: 25 },
  );
  assert.ok(days > 0.5, `${days}`);
});

test("one that somebody protects is left alone for as long as that, and a minute more", () => {
  const says = [
    { at: 50, protected: true },
    { at: 9000, protected: false },
  ];
  const end = endOf({ ...NOTHING, ttl: 3600, says }) ?? 0;
  assert.ok(end >= 9000 && end <= 9060, `${end}`);
  const never = endOf({ ...NOTHING, ttl: 60, says: [{ at: 0, protected: true }], most: 20_000 });
  assert.equal(never, undefined);
});

test("where EMR may not be asked the first word stands", () => {
  assert.equal(endOf({ ...NOTHING, ttl: 86_400, silent: [0, 1e9] }), 86_400);
});

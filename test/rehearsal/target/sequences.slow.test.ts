import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { command } from "../../support/sequences/commands.ts";
import { play } from "../../support/sequences/play.ts";

/**
 * Sequences of commands on two machines of one owner, some of them killed, against a model of what must be alive. The long
 * form: SEQUENCES=10000 LENGTH=40 [SEED=1] [MINUTES=10] node --test test/rehearsal/target/sequences.slow.test.ts
 */
const { SEQUENCES = "25", LENGTH = "20", SEED, MINUTES } = process.env;
const length = Number(LENGTH);

test("whatever is done in whatever order: what must be alive is, and nothing else of ours", async () => {
  // The same in CI each time, until the long form has once come to its end: what it finds is not CI's matter.
  const seed = Number(SEED ?? 7);
  let commands = 0;
  let sequences = 0;
  const began = Date.now();
  const counted = new Map<string, number>();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: length, maxLength: length }), async (all) => {
        await play(all, (one) => {
          commands++;
          counted.set(one.do, (counted.get(one.do) ?? 0) + 1);
        });
        sequences++;
      }),
      {
        ...{ numRuns: Number(SEQUENCES), seed, endOnFailure: SEED === undefined },
        ...(MINUTES ? { interruptAfterTimeLimit: Number(MINUTES) * 60_000 } : {}),
      },
    );
  } finally {
    const each = [...counted].map(([what, count]) => `${count} ${what}`).join(", ");
    process.stderr.write(
      `${commands} commands in ${sequences} sequences, seed ${seed}, ${((Date.now() - began) / 1000).toFixed(1)} s: ${each}\n`,
    );
  }
  assert.ok(commands > 0);
});

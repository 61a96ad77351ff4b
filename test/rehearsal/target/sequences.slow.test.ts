import assert from "node:assert/strict";
import { test } from "node:test";
import { type Played, playAll, tell } from "../../support/sequences/loop.ts";

/**
 * Sequences of commands on two machines of one owner, some of them killed, against a model of what must be alive: 500
 * commands, the same each time. The long form, with others: npm run sequences.
 */
test("whatever is done in whatever order: what must be alive is, and nothing else of ours", async () => {
  const seed = 7;
  const played: Played = { sequences: 0, commands: new Map() };
  try {
    await playAll({ sequences: 25, length: 20, seed }, played);
  } finally {
    process.stderr.write(`${tell(played, seed)}\n`);
  }
  assert.equal(played.sequences, 25);
});

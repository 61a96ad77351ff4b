import "../support/spark/fast-spark.ts";
import { test } from "node:test";
import { killRounds } from "../support/spark/kill-rounds.ts";

const rounds = Number(process.env.MAYFLY_KILL_ROUNDS ?? 5);
const seed = Number(process.env.MAYFLY_SEED ?? Date.now() % 1_000_000);

test(`kill -9 at ${rounds} random moments, seed ${seed}: nothing stays, nothing is lost`, async (t) => {
  t.diagnostic(`again: MAYFLY_SEED=${seed} MAYFLY_KILL_ROUNDS=${rounds}`);
  await killRounds(rounds, seed, (line) => t.diagnostic(line));
});

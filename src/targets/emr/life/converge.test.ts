import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openPlainCluster } from "../../../../test/support/emr/plain-cluster.ts";
import { CALLER, startSmallAws } from "../../../../test/support/servers/small-aws.ts";
import type { Clock } from "../../../base/clock.ts";
import type { Attempt } from "../../../model/run.ts";
import { converge } from "./converge.ts";
import { DO } from "./intents.ts";

const MINUTE = 60_000;
const RUN = "20260101-000000-abcdef";
const NAME = `mayfly both ${RUN}`;
const aws = await startSmallAws();
after(() => aws.close());

/** What is to be said when so much time has passed since the cluster was asked for. */
function closingAfter(ms: number, seen?: string) {
  const asked = Date.now();
  const endpoint = aws.env.AWS_ENDPOINT_URL ?? "";
  const where = { region: "us-east-1", owner: CALLER, endpoint };
  const attempt: Attempt = {
    intent: { do: DO.create, id: "cluster", name: NAME, where },
    ...{ at: asked, done: seen !== undefined, ...(seen === undefined ? {} : { seen }) },
  };
  const clock: Clock = { now: () => asked + ms, sleep: async () => {} };
  const act = async <T>(_: unknown, call: () => T | Promise<T>) => call();
  const left = { run: RUN, attempts: () => [attempt], act, env: { ...aws.env }, wait: false };
  return converge(left, clock);
}

test("a cluster whose making was not answered, and that does not show, may be there for five minutes, and no longer", async () => {
  for (const ms of [0, 4.9 * MINUTE, -2 * MINUTE]) {
    const { gone, remains, pending = [] } = await closingAfter(ms);
    assert.deepEqual([gone, remains, pending.length], [[], [], 1]);
    assert.match(pending[0] ?? "", /if it was made: EMR does not show it/);
  }
  assert.deepEqual(await closingAfter(5.1 * MINUTE), { gone: [], remains: [], pending: [] });
});

test("one that was made and is not found is not gone within five minutes", async () => {
  assert.deepEqual((await closingAfter(MINUTE, "j-NEVER")).pending, [
    "cluster j-NEVER: EMR does not show it yet",
  ]);
  assert.deepEqual((await closingAfter(5.1 * MINUTE, "j-NEVER")).gone, ["cluster j-NEVER"]);
});

test("one that shows later is asked to end, by its tags only", async () => {
  const make = (owner: string) =>
    openPlainCluster(aws, NAME, { "mayfly:run": RUN, "mayfly:owner": owner });
  const other = await make(`${CALLER}-other`);
  assert.deepEqual((await closingAfter(MINUTE)).remains, [
    `cluster ${other}: it does not carry our tags any more (run ${RUN})`,
  ]);
  const ours = await make(CALLER);
  const lock = (until: number) =>
    aws.emr("AddTags", {
      ...{ ResourceId: ours, Tags: [{ Key: "mayfly:lock", Value: `another until ${until}` }] },
    });
  // Another run has taken it in the meantime.
  await lock(Date.now() + 5 * MINUTE);
  assert.deepEqual((await closingAfter(MINUTE)).pending, [
    `cluster ${ours}, which run another works on`,
  ]);
  await lock(Date.now());
  assert.deepEqual((await closingAfter(MINUTE)).pending, [`cluster ${ours}`]);
});

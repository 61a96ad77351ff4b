import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Boto, openBoto } from "../support/boto.ts";
import { rehearsalWorld } from "../support/rehearsal.ts";

/** What is rehearsed to go wrong, as boto3 meets it with its retries off. */
const world = rehearsalWorld();
let env: Record<string, string>;
let boto: Boto;
before(async () => {
  env = await world.start();
  boto = await openBoto({ ...world.env, ...env });
});
after(async () => {
  boto?.close();
  await world.remove();
});

interface Listed {
  id: string;
  struck: number;
  seen: number;
}
async function fault(...args: string[]): Promise<Listed[]> {
  const said = await world.mayfly(["rehearsal", "fault", ...args, "--json"]);
  assert.equal(said.code, 0, said.out + said.err);
  return JSON.parse(said.out) as Listed[];
}

test("a rule at run time is met by a client, as often as it says, and counts", async () => {
  await fault(
    ..."add throttle --service emr --operation ListClusters --times 2 --after 1".split(" "),
  );
  const codes: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) codes.push((await boto.call("emr", "list_clusters")).code);
  assert.deepEqual(codes, [undefined, "ThrottlingException", "ThrottlingException", undefined]);
  const [listed] = await fault("list");
  assert.deepEqual([listed?.struck, listed?.seen], [2, 4]);
  const log = readFileSync(join(world.home(), "faults.log"), "utf8");
  assert.equal(
    log.match(/^\d{4}-\S+ f1 throttle elasticmapreduce ListClusters → ThrottlingException$/gm)
      ?.length,
    2,
  );
  await fault("clear");
  assert.deepEqual(await fault("list"), []);
});

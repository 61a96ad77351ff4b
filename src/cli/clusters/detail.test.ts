import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeFolder, mayfly } from "../../../test/support/cli.ts";
import { type SmallAws, startSmallAws } from "../../../test/support/servers/small-aws.ts";
import { detailOf } from "../../engine/clusters/look.ts";
import { clusterNamed } from "../../engine/clusters/records.ts";

/** What a plan of a cluster and a look at it say, on as much of AWS as that needs. */
const folder = makeFolder({
  "mayfly.yaml": "targets: { small: { kind: emr, workers: 2, idle: 20m } }\n",
});
const had = process.env.XDG_STATE_HOME;
let aws: SmallAws;
before(async () => {
  process.env.XDG_STATE_HOME = `${folder.path}/state`;
  aws = await startSmallAws();
});
after(async () => {
  await aws.close();
  if (had === undefined) delete process.env.XDG_STATE_HOME;
  else process.env.XDG_STATE_HOME = had;
  folder.remove();
});
const ask = (...args: string[]) => mayfly(args, folder.path, aws.env);

test("a plan says what a cluster would be and cost, and opens nothing", async () => {
  const { out, code } = await ask("up", "lab", "--on", "small", "--ttl", "4h", "--plan");
  assert.equal(code, 0);
  assert.match(out, /^cost: \$3\.00 \(estimate, prices of/m);
  assert.match(
    out,
    /the cluster costs \$0\.751 an hour\n {2}at most: it ends itself after 4 h 0 min/,
  );
  assert.match(out, /leave it, until it is idle for 20 min/);
  assert.doesNotMatch(out, /terminate the cluster/);
  assert.match(out, /^aws emr create-cluster [\s\S]*mayfly:cluster=lab/m);
  const { out: json } = await ask("up", "lab", "--on", "small", "--plan", "--json");
  assert.ok((JSON.parse(json) as { policy?: object }).policy);
  assert.deepEqual(
    aws.asked.filter((one) => /RunJobFlow|Create|PUT/.test(one)),
    [],
  );
});

test("a cluster is shown by its name and its id, with its tags; a UI that answers is named", async () => {
  assert.equal((await ask("up", "lab", "--on", "small")).code, 0);
  const { out, err } = await ask("show", "lab");
  assert.match(out, /^state +idle$/m);
  assert.match(out, /^idle limit +20m$/m);
  assert.match(out, /mayfly:cluster=lab/);
  assert.match(err, /no UI can be opened from here: .* answers nobody here/);
  const record = clusterNamed("lab");
  assert.match((await ask("show", record.id)).out, /^cluster +lab/m);
  const near = await detailOf(
    record,
    { ...process.env, ...aws.env },
    async (_, port) => port === 8088,
  );
  assert.deepEqual(
    near.uis.map(({ name, url }) => [name, url.replace(/\/\/.*:/, "//HOST:")]),
    [["YARN", "http://HOST:8088/"]],
  );
  assert.equal(near.noUis, undefined);
  const down = await ask("down", "lab");
  assert.equal(down.code, 0, down.err);
  assert.match((await ask("show", "lab")).err, /cannot find the run "lab"/);
});

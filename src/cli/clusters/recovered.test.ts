import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeFolder, mayfly } from "../../../test/support/cli.ts";
import { leaveKilledRun } from "../../../test/support/emr/killed-run.ts";
import { startSmallAws } from "../../../test/support/servers/small-aws.ts";

const folder = makeFolder({ "mayfly.yaml": "targets: { small: { kind: emr, workers: 1 } }\n" });
const aws = await startSmallAws();
const before = { ...process.env };
Object.assign(process.env, aws.env, { XDG_STATE_HOME: `${folder.path}/state` });
after(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await aws.close();
  folder.remove();
});

test("whichever command comes next: it ends what a killed run has left, and says so", async () => {
  const next: string[][] = [
    ["up", "lab", "--on", "small"],
    ["resize", "lab", "2"],
    ["extend", "lab", "1h"],
    ["down", "lab"],
    ["ls"],
    ["reap", "--yes"],
  ];
  for (const [i, args] of next.entries()) {
    const id = `20260104-00000${i}-abc123`;
    const cluster = await leaveKilledRun(folder.path, id, aws);
    const { code, err } = await mayfly(args, folder.path, aws.env);
    assert.equal(code, 0, err);
    assert.match(err, new RegExp(`^run ${id} (has left something|had been killed)`, "m"));
    const { Cluster } = await aws.emr<{ Cluster: { Status: { State: string } } }>(
      "DescribeCluster",
      { ClusterId: cluster },
    );
    assert.match(Cluster.Status.State, /^TERMINAT/, args.join(" "));
  }
});

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Boto, openBoto } from "../support/rehearsal/boto.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/** On a machine that may make no namespaces, steps are refused; and where `--unsafe` is said, they run as what they are. */
const world = rehearsalWorld();
const bin = join(world.path, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "bwrap"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
const PATH = { PATH: `${bin}:${process.env.PATH}` };
let boto: Boto;
const start = async (...args: string[]) => {
  const said = await world.mayfly(["rehearsal", "start", "--json", ...args], PATH);
  assert.equal(said.code, 0, said.out + said.err);
  const { environment } = JSON.parse(said.out) as { environment: NodeJS.ProcessEnv };
  boto?.close();
  boto = await openBoto({ ...world.env, ...environment });
  return said;
};
before(async () => void (await start()));
after(async () => {
  boto?.close();
  await world.remove();
});

const SCRIPT = "s3://us-east-1.elasticmapreduce/libs/script-runner/script-runner.jar";
async function run(): Promise<[state: string, why: string, steps: string[]]> {
  const step = (Name: string, Jar: string, ...Args: string[]) => ({
    Name,
    HadoopJarStep: { Jar, Args },
  });
  const { JobFlowId: ClusterId } = await boto.made<{ JobFlowId: string }>("emr", "run_job_flow", {
    Name: "plain",
    ReleaseLabel: "emr-7.12.0",
    JobFlowRole: "EMR_EC2_DefaultRole",
    ServiceRole: "EMR_DefaultRole",
    Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 1 },
    Steps: [
      step("command", "command-runner.jar", "true"),
      step("script", SCRIPT, "s3://scripts/three.sh", "3"),
    ],
  });
  const { State, StateChangeReason } = await eventually("the end of a cluster", async () => {
    const { Cluster } = await boto.made<{
      Cluster: { Status: { State: string; StateChangeReason: { Message?: string } } };
    }>("emr", "describe_cluster", { ClusterId });
    return /^TERMINATED/.test(Cluster.Status.State) ? Cluster.Status : undefined;
  });
  const { Steps } = await boto.made<{ Steps: { Name: string; Status: { State: string } }[] }>(
    "emr",
    "list_steps",
    { ClusterId },
  );
  const steps = Steps.map(({ Name, Status }) => `${Name} ${Status.State}`).reverse();
  return [State, StateChangeReason.Message ?? "", steps];
}

test("without namespaces no step runs, and the cluster says why", async () => {
  const [state, why, steps] = await run();
  assert.equal(state, "TERMINATED_WITH_ERRORS");
  assert.match(why, /whose scripts must not reach this machine: .* may not make namespaces/);
  assert.deepEqual(steps, ["command CANCELLED", "script CANCELLED"]);
});

test("one that runs does not become unsafe", async () => {
  const said = await world.mayfly(["rehearsal", "start", "--unsafe"], PATH);
  assert.equal(said.code, 5);
  assert.match(said.err, /with --unsafe: it runs without\n.*rehearsal stop/);
});

test("with --unsafe they run, start warns, status says so, and a stop forgets it", async () => {
  await world.mayfly(["rehearsal", "stop"], PATH);
  assert.match((await start("--unsafe")).err, /--unsafe: .* may do all that you may/);
  await boto.made("s3", "create_bucket", { Bucket: "scripts" });
  const Body = "#!/bin/sh\nexit $(($1 - 3))\n";
  await boto.made("s3", "put_object", { Bucket: "scripts", Key: "three.sh", Body });
  const [state, , steps] = await run();
  assert.deepEqual([state, steps], ["TERMINATED", ["command COMPLETED", "script COMPLETED"]]);
  assert.match((await world.mayfly(["rehearsal", "status"])).out, /^default: --unsafe, /m);
  await world.mayfly(["rehearsal", "stop"], PATH);
  assert.doesNotMatch((await start()).err, /unsafe/);
  assert.doesNotMatch((await world.mayfly(["rehearsal", "status"])).out, /unsafe/);
});

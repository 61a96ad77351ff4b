import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { marked } from "../../src/base/processes.ts";
import { askFaults } from "../../src/rehearsal/control/faults.ts";
import { markOf } from "../../src/rehearsal/control/processes.ts";
import { needs } from "../support/needs.ts";
import { type Boto, openBoto } from "../support/rehearsal/boto.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/** What comes upon a rehearsal from outside: it is killed, its files are broken, it has more to do than it can. */
const bwrap = needs("bwrap");
const world = rehearsalWorld();
let boto: Boto;
before(async () => {
  boto = await openBoto({ ...world.env, ...(await world.start("--speed", "60")) });
});
after(async () => {
  boto?.close();
  await world.remove();
});

// biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
async function ask(service: string, operation: string, input: object = {}): Promise<any> {
  const { answer, ...said } = await boto.call(service, operation, input);
  assert.ok(answer, JSON.stringify([operation, said]));
  return answer;
}

const CLUSTER = {
  ...{ Name: "kept", ReleaseLabel: "emr-7.12.0", ServiceRole: "EMR_DefaultRole" },
  JobFlowRole: "EMR_EC2_DefaultRole",
  Instances: {
    MasterInstanceType: "m5.xlarge",
    InstanceCount: 2,
    KeepJobFlowAliveWhenNoSteps: true,
  },
};
const step = (...Args: string[]) => ({
  ...{ Name: Args[0], ActionOnFailure: "CONTINUE" },
  HadoopJarStep: { Jar: "command-runner.jar", Args },
});
const stateOf = async (ClusterId: string) =>
  (await ask("emr", "describe_cluster", { ClusterId })).Cluster.Status;
async function until<T>(look: () => Promise<T>, wanted: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look();
    if (wanted(found)) return found;
    await sleep(50);
  }
}

/** Processes whose line names something of this world, as those of an instance do. */
const left = () =>
  readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(world.home());
    } catch {
      return false; // it is gone
    }
  });

test(
  "killed in the middle of everything, with records broken, it starts and knows what ended",
  bwrap,
  async () => {
    const wish = { ...CLUSTER, Steps: [step("sleep", "600"), step("true")] };
    const { JobFlowId } = await ask("emr", "run_job_flow", wish);
    const { JobFlowId: broken } = await ask("emr", "run_job_flow", CLUSTER);
    const { applicationId } = await ask("emr-serverless", "create_application", {
      ...{ type: "SPARK", releaseLabel: "emr-7.12.0", clientToken: "one" },
      schedulerConfiguration: { maxConcurrentRuns: 1 },
    });
    const ids: string[] = [];
    for (let i = 0; i < 100; i++) {
      const { jobRunId } = await ask("emr-serverless", "start_job_run", {
        ...{ applicationId, clientToken: `run-${i}` },
        executionRoleArn: "arn:aws:iam::123456789012:role/job",
        jobDriver: { sparkSubmit: { entryPoint: "s3://nothing/here.py" } },
      });
      ids.push(jobRunId);
    }
    await until(
      () => stateOf(JobFlowId),
      ({ State }) => State === "RUNNING",
    );
    await until(
      () => stateOf(broken),
      ({ State }) => State === "WAITING",
    );
    const { InstanceGroups } = await ask("emr", "list_instance_groups", { ClusterId: broken });
    const core = InstanceGroups.find(
      (one: Record<string, string>) => one.InstanceGroupType === "CORE",
    );
    await ask("emr", "modify_instance_groups", {
      InstanceGroups: [{ InstanceGroupId: core.Id, InstanceCount: 9 }],
    });
    process.kill(world.running().daemon.pid, "SIGKILL");
    const record = (name: string) => join(world.home(), name);
    truncateSync(record(`emr/clusters/${broken}.json`), 100);
    truncateSync(record(`emr-serverless/jobruns/${ids[0]}.json`), 1);
    writeFileSync(record("emr/account.json"), "{");
    writeFileSync(record("keys.json"), "[null]");
    await world.start();
    assert.deepEqual(
      left().filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("bwrap")),
      [],
    );
    const { Clusters } = await ask("emr", "list_clusters");
    assert.deepEqual(
      Clusters.map(({ Id, Status }: { Id: string; Status: { State: string } }) => [
        Id,
        Status.State,
      ]),
      [[JobFlowId, "TERMINATED_WITH_ERRORS"]],
    );
    const { jobRuns } = await ask("emr-serverless", "list_job_runs", {
      applicationId,
      maxResults: 50,
    });
    assert.equal(jobRuns.length, 50);
    for (const { state } of jobRuns) assert.match(state, /^(?:FAILED|SUCCESS)$/);
    const { Reservations } = await ask("ec2", "describe_instances");
    const alive = Reservations.flatMap(
      ({ Instances }: { Instances: { State: { Name: string } }[] }) =>
        Instances.filter(({ State }) => State.Name !== "terminated"),
    );
    assert.deepEqual(alive, []);
    const log = readFileSync(record("rehearsal.log"), "utf8");
    assert.match(log, new RegExp(`damaged: .*/${broken}\\.json`));
  },
);

test("a state that is rehearsed to take its time does not hold up the end", bwrap, async () => {
  const { JobFlowId } = await ask("emr", "run_job_flow", CLUSTER);
  await until(
    () => stateOf(JobFlowId),
    ({ State }) => State === "WAITING",
  );
  const rules = [{ kind: "slow-state", state: "TERMINATING", seconds: "500h" }];
  await askFaults("default", world.env, { do: "add", rules });
  assert.equal((await world.mayfly(["rehearsal", "stop"])).code, 0);
  await world.start();
  const { State, StateChangeReason } = await stateOf(JobFlowId);
  assert.equal(State, "TERMINATED_WITH_ERRORS");
  assert.equal(StateChangeReason.Message, "The rehearsal was stopped");
});

test("a start that fails says why, and leaves no process", async () => {
  await world.mayfly(["rehearsal", "stop"]);
  const keys = join(world.home(), "keys.json");
  rmSync(keys);
  mkdirSync(join(keys, "in the way"), { recursive: true });
  const { code, err } = await world.mayfly(["rehearsal", "start"]);
  assert.notEqual(code, 0);
  assert.match(err, /cannot start the rehearsal: .* is a folder/);
  assert.deepEqual(
    await until(
      async () => marked(markOf(world.home())),
      (found) => found.length === 0,
    ),
    [],
  );
  rmSync(keys, { recursive: true });
  await world.start();
});

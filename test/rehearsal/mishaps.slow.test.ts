import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askFaults } from "../../src/rehearsal/control/faults.ts";
import { eventually } from "../support/eventually.ts";
import { type Boto, openBoto } from "../support/rehearsal/boto.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/**
 * What befalls clusters, each with its own rule, all at once; their steps really run. A minute of waiting takes a fifth of a
 * second.
 */
const world = rehearsalWorld();
let boto: Boto;
before(async () => {
  boto = await openBoto({ ...world.env, ...(await world.start("--speed", "300")) });
  await boto.made("s3", "create_bucket", { Bucket: "logs" });
  const Body = "#!/bin/sh\nexit 0\n";
  await boto.made("s3", "put_object", { Bucket: "logs", Key: "ok.sh", Body });
  const rules = Object.entries(CASES).map(([cluster, [rule]]) => ({ ...rule, cluster }));
  await ask({ do: "add", rules });
  const all = Object.entries(CASES).map(async ([name, [, instances, more]]) =>
    seen.set(name, await run(name, instances, more)),
  );
  await Promise.all(all);
});
after(async () => {
  boto?.close();
  await world.remove();
});

const ask = (asked: Parameters<typeof askFaults>[2]) => askFaults("default", world.env, asked);

interface Described {
  State: string;
  StateChangeReason: { Code?: string; Message?: string };
  ErrorDetails?: { ErrorCode: string; ErrorData: Record<string, string>[] }[];
}
interface Seen {
  id: string;
  status: Described;
  /** In their order, each once. */
  states: string[];
  instances: { market: string; type: string; state: string; reason?: string }[];
  steps: string[];
}

const step = (...Args: string[]) => ({
  Name: "step",
  ActionOnFailure: "CONTINUE",
  HadoopJarStep: { Jar: "command-runner.jar", Args },
});
const group = (InstanceRole: string, InstanceCount: number, Market: string) => ({
  InstanceRole,
  InstanceCount,
  Market,
  InstanceType: "m5.xlarge",
});
const GROUPS = { InstanceGroups: [group("MASTER", 1, "ON_DEMAND"), group("CORE", 2, "SPOT")] };
const fleet = (
  InstanceFleetType: string,
  spot: number,
  types: string[],
  TimeoutAction?: string,
) => ({
  InstanceFleetType,
  ...(spot === 0 ? { TargetOnDemandCapacity: 1 } : { TargetSpotCapacity: spot }),
  InstanceTypeConfigs: types.map((InstanceType) => ({ InstanceType })),
  ...(TimeoutAction
    ? { LaunchSpecifications: { SpotSpecification: { TimeoutDurationMinutes: 5, TimeoutAction } } }
    : {}),
});
const FLEETS = (...more: Parameters<typeof fleet>) => ({
  InstanceFleets: [fleet("MASTER", 0, ["m5.xlarge"]), fleet(...more)],
});
const BOOTSTRAP = [{ Name: "ok", ScriptBootstrapAction: { Path: "s3://logs/ok.sh" } }];

async function run(name: string, instances: object, more: object = {}): Promise<Seen> {
  const { JobFlowId: id } = await boto.made<{ JobFlowId: string }>("emr", "run_job_flow", {
    Name: name,
    ReleaseLabel: "emr-7.12.0",
    LogUri: "s3://logs/",
    JobFlowRole: "EMR_EC2_DefaultRole",
    ServiceRole: "EMR_DefaultRole",
    Steps: [step("true")],
    Instances: instances,
    ...more,
  });
  const states: string[] = [];
  const describe = { ClusterId: id };
  const status = await eventually(`the end of ${name}`, async () => {
    const { Status } = (
      await boto.made<{ Cluster: { Status: Described } }>("emr", "describe_cluster", describe)
    ).Cluster;
    if (states.at(-1) !== Status.State) states.push(Status.State);
    return /^TERMINATED/.test(Status.State) ? Status : undefined;
  });
  return { id, status, states, ...(await rest(id)) };
}

async function rest(ClusterId: string): Promise<Pick<Seen, "instances" | "steps">> {
  const { Instances } = await boto.made<{
    Instances: {
      Market: string;
      InstanceType: string;
      Status: { State: string; StateChangeReason: { Message?: string } };
    }[];
  }>("emr", "list_instances", { ClusterId });
  const { Steps } = await boto.made<{ Steps: { Status: { State: string } }[] }>(
    "emr",
    "list_steps",
    {
      ClusterId,
    },
  );
  return {
    instances: Instances.map(({ Market, InstanceType, Status }) => ({
      market: Market,
      type: InstanceType,
      state: Status.State,
      ...(Status.StateChangeReason.Message ? { reason: Status.StateChangeReason.Message } : {}),
    })),
    steps: Steps.map(({ Status }) => Status.State),
  };
}

/** Every rule, and the cluster that it befalls, which has the same name. */
const CASES: Record<string, [rule: object, instances: object, more?: object]> = {
  none: [{ kind: "no-capacity", type: "m5.xlarge", zone: "us-east-1a" }, GROUPS],
  other: [
    { kind: "no-capacity", type: "m5.xlarge", role: "CORE" },
    FLEETS("CORE", 1, ["m5.xlarge", "r5.xlarge"]),
  ],
  quota: [{ kind: "quota", service: "emr" }, GROUPS],
  busy: [{ kind: "ec2-throttle" }, GROUPS],
  switched: [
    { kind: "partial-fleet", instances: 1, market: "SPOT" },
    FLEETS("CORE", 3, ["m5.xlarge"], "SWITCH_TO_ON_DEMAND"),
  ],
  given: [
    { kind: "partial-fleet", instances: 1, market: "SPOT" },
    FLEETS("CORE", 3, ["m5.xlarge"], "TERMINATE_CLUSTER"),
  ],
  boots: [{ kind: "bootstrap-failure" }, GROUPS, { BootstrapActions: BOOTSTRAP }],
  setup: [{ kind: "provisioning-failure" }, GROUPS],
  reclaimed: [{ kind: "spot-reclaim", times: 1 }, GROUPS, { Steps: [step("sleep", "1")] }],
  headless: [
    { kind: "node-lost", role: "MASTER" },
    GROUPS,
    { Steps: [step("sleep", "600"), step("true")] },
  ],
  killed: [
    { kind: "step-failure", times: 1 },
    GROUPS,
    { Steps: [step("sleep", "600"), step("true")] },
  ],
  late: [{ kind: "late-logs", seconds: "20m" }, GROUPS],
};
const seen = new Map<string, Seen>();
const told = (name: string) => seen.get(name) ?? assert.fail(name);

test("each rule has struck the cluster that it was meant for, and no other", async () => {
  for (const { rule, struck } of await ask({ do: "list" }))
    assert.ok(struck >= 1, JSON.stringify(rule));
});

test("what EC2 does not give ends a cluster in EMR's words, or makes it another", () => {
  const none = told("none").status;
  assert.equal(none.State, "TERMINATED_WITH_ERRORS");
  assert.deepEqual(none.StateChangeReason, {
    Code: "INTERNAL_ERROR",
    Message:
      "EC2 is out of capacity for m5.xlarge in availability zone us-east-1a. Learn more at https://docs.aws.amazon.com/console/elasticmapreduce/ERROR_noinstancecapacity",
  });
  assert.equal(none.ErrorDetails?.[0]?.ErrorCode, "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ");
  assert.match(
    told("quota").status.StateChangeReason.Message ?? "",
    /exceeds the EC2 service quota/,
  );
  assert.match(told("busy").status.StateChangeReason.Message ?? "", /^Throttled from Amazon EC2/);
  const other = told("other");
  assert.deepEqual(
    [other.status.State, other.instances.map(({ type }) => type)],
    ["TERMINATED", ["m5.xlarge", "r5.xlarge"]],
  );
});

test("a fleet that gets less than its target does what its timeout says", () => {
  assert.equal(told("given").status.StateChangeReason.Code, "INSTANCE_FLEET_TIMEOUT");
  const switched = told("switched");
  assert.equal(switched.status.State, "TERMINATED");
  assert.deepEqual(switched.instances.map(({ market }) => market).sort(), [
    "ON_DEMAND",
    "ON_DEMAND",
    "ON_DEMAND",
    "SPOT",
  ]);
});

test("machines that cannot be set up", () => {
  for (const [name, text] of [
    [
      "boots",
      /^On the master instance \(i-\w+\), bootstrap action 1 returned a non-zero return code$/,
    ],
    ["setup", /^On the master instance \(i-\w+\), application provisioning failed$/],
  ] as const) {
    const { Code, Message } = told(name).status.StateChangeReason;
    assert.deepEqual([Code, text.test(Message ?? "")], ["BOOTSTRAP_FAILURE", true], Message);
  }
});

test("a spot instance is reclaimed in mid-step, and the step goes on", () => {
  const { status, steps, instances } = told("reclaimed");
  assert.deepEqual([status.State, steps], ["TERMINATED", ["COMPLETED"]]);
  const gone = instances.filter(({ reason }) => reason);
  assert.deepEqual(gone, [
    {
      market: "SPOT",
      type: "m5.xlarge",
      state: "TERMINATED",
      reason: "The Spot Instance was reclaimed by Amazon EC2.",
    },
  ]);
});

test("the primary is lost in mid-step, and the cluster with it", () => {
  const { status, steps } = told("headless");
  assert.equal(status.State, "TERMINATED_WITH_ERRORS");
  assert.equal(status.StateChangeReason.Code, "INSTANCE_FAILURE");
  assert.match(status.StateChangeReason.Message ?? "", /^The master node was terminated\. /);
  assert.deepEqual(steps, ["CANCELLED", "INTERRUPTED"]);
});

test("a step's program is killed, and the next one runs", () => {
  const { status, steps } = told("killed");
  assert.deepEqual([status.State, steps], ["TERMINATED", ["COMPLETED", "FAILED"]]);
});

test("states that last are seen one after the other", async () => {
  await ask({ do: "add", rules: [{ kind: "slow-state", seconds: "5m", cluster: "slow" }] });
  const { states } = await run("slow", GROUPS);
  const slow = ["STARTING", "BOOTSTRAPPING", "TERMINATING", "TERMINATED"];
  assert.deepEqual(
    states.filter((one) => slow.includes(one)),
    slow,
  );
});

test("logs come late, and they come", async () => {
  const { id } = told("late");
  const keys = async () =>
    (
      await boto.made<{ Contents?: { Key: string }[] }>("s3", "list_objects_v2", {
        Bucket: "logs",
        Prefix: `${id}/steps/`,
      })
    ).Contents?.length ?? 0;
  const [struck] = (await ask({ do: "list" })).filter(({ rule }) => rule.kind === "late-logs");
  const came = await eventually("the logs of a step", async () => {
    const count = await keys();
    return count >= (struck?.struck ?? 0) ? count : undefined;
  });
  assert.ok(came >= 3);
});

test("an idle cluster ends after its quarter of an hour, which here is three seconds", async () => {
  const began = Date.now();
  const idle = await run(
    "idle",
    { ...GROUPS, KeepJobFlowAliveWhenNoSteps: true },
    {
      AutoTerminationPolicy: { IdleTimeout: 900 },
    },
  );
  assert.equal(idle.status.State, "TERMINATED");
  assert.match(idle.status.StateChangeReason.Message ?? "", /auto-termination/);
  assert.ok(Date.now() - began >= 3000, "a quarter of an hour is three seconds");
  const status = await world.mayfly(["rehearsal", "status"]);
  assert.match(status.out, /^default: it waits 300 times as fast$/m);
});

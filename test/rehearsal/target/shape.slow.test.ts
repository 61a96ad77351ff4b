import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { EC2, openEc2 } from "../../../src/aws/ec2.ts";
import { openEmr } from "../../../src/aws/emr.ts";
import { iamService, openIam } from "../../../src/aws/iam.ts";
import { askQuery, type Parameters } from "../../../src/aws/query/ask.ts";
import { items, textOf } from "../../../src/aws/query/xml.ts";
import { openSession } from "../../../src/aws/session.ts";
import { askFaults } from "../../../src/rehearsal/control/faults.ts";
import { eventually } from "../../support/eventually.ts";
import { rehearsalWorld } from "../../support/rehearsal/world.ts";

/** What a cluster is made of, as EMR and EC2 themselves show it, and that all of it is gone afterwards. */
const world = rehearsalWorld();
let env: NodeJS.ProcessEnv;
before(async () => {
  env = { ...world.env, ...(await world.start()) };
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(world.path, name), text);
});
after(() => world.remove());

const FILES = {
  "boot.sh": '#!/bin/sh\nfor word; do echo "[$word]"; done > /tmp/boot.txt\n',
  "configurations.json": JSON.stringify([
    {
      Classification: "spark-env",
      Configurations: [{ Classification: "export", Properties: { GREETING: "hello" } }],
    },
  ]),
  "mayfly.yaml": `jobs:
  says:
    steps: [{ command: [sh, -c, "cat /tmp/boot.txt; sleep 2"] }]
  nothing:
    steps: [{ command: ["true"] }]
targets:
  shaped:
    kind: emr
    release: emr-6.15.0
    applications: [spark, Ganglia]
    workers: 1
    type: m5.2xlarge
    market: spot
    spot: { wait: 5m }
    ebs: { size: 32, type: gp2 }
    tasks: [{ types: [{ type: r5.xlarge, weight: 2 }, m5.xlarge], capacity: { on_demand: 2 } }]
    key: { make: true, format: ppk, file: own.ppk }
    bootstrap: [{ path: boot.sh, name: boots, args: ["a b", "$HOME"] }]
    configurations: configurations.json
    logs: s3://mine/logs
    bucket: mine
    idle: 10m
    step_concurrency: 2
    scaling: { min: 1, max: 4 }
    scale_down: task-completion
    root_volume: { size: 30 }
    tags: { team: data }
  plain: { kind: emr, workers: 0, key: { make: true } }
`,
};

const mayfly = (...args: string[]) => world.mayfly(args, env);
const clients = async () => {
  const aws = await openSession({ env });
  const ask = askQuery(aws, EC2);
  return {
    ...{ ask, ec2: openEc2(ask), emr: openEmr(aws) },
    iam: openIam(askQuery(aws, iamService(aws.region))),
  };
};
type Clients = Awaited<ReturnType<typeof clients>>;

/** All that EC2 has of groups and keys, by name. */
async function held({ ec2 }: Clients): Promise<string[]> {
  const all = [...(await ec2.groups({})), ...(await ec2.keys({}))];
  // Those that EC2 and EMR have for all.
  return all.map(({ name }) => name).filter((name) => !/^(?:default|ElasticMapReduce-)/.test(name));
}

async function removeDefaultVpc({ ask, ec2 }: Clients): Promise<void> {
  const VpcId = (await ec2.defaultVpc()) ?? "";
  for (const { id } of await ec2.subnets({ defaults: true }))
    await ask("DeleteSubnet", { SubnetId: id });
  for (const gateway of items(await ask("DescribeInternetGateways"), "internetGatewaySet")) {
    const InternetGatewayId = textOf(gateway, "internetGatewayId") ?? "";
    await ask("DetachInternetGateway", { InternetGatewayId, VpcId });
    await ask("DeleteInternetGateway", { InternetGatewayId });
  }
  await ask("DeleteVpc", { VpcId });
  assert.equal(await ec2.defaultVpc(), undefined);
}

test("a cluster is what the target says, and what was made for it is gone when it is", async () => {
  const aws = await clients();
  const { ec2, emr, iam } = aws;
  await removeDefaultVpc(aws);
  assert.equal(await iam.hasRole("EMR_DefaultRole"), false);
  await mayfly("fs", "mb", "s3://mine");

  // EMR does not see at once what IAM has made.
  await fault("no-instance-profile");
  const running = mayfly("run", "says", "--on", "shaped");
  const [group] = await eventually("a group that lets this machine in", async () => {
    const primary = (await ec2.groups({})).filter(({ name }) => /^mayfly-.*-primary$/.test(name));
    const [one] = primary;
    if (!one) return undefined;
    const rules = await aws.ask("DescribeSecurityGroupRules", {
      "Filter.1.Name": "group-id",
      "Filter.1.Value.1": one.id,
    });
    const into = items(rules, "securityGroupRuleSet").filter(
      (rule) => textOf(rule, "isEgress") === "false" && textOf(rule, "cidrIpv4") !== undefined,
    );
    if (into.length === 0) return undefined;
    assert.deepEqual(
      into.map((rule) => [
        textOf(rule, "fromPort"),
        textOf(rule, "toPort"),
        textOf(rule, "cidrIpv4"),
      ]),
      [["22", "22", "127.0.0.1/32"]],
    );
    return primary;
  });
  // The default VPC that was made reaches the internet: no third group is needed.
  assert.equal((await ec2.groups({})).filter(({ name }) => /-service$/.test(name)).length, 0);
  const [key] = await eventually("a key", async () => {
    const found = (await ec2.keys({})).filter(({ name }) => name.startsWith("mayfly-"));
    return found.length > 0 ? found : undefined;
  });
  assert.ok(group && key);
  // Look-alikes: of another run, of nobody, and of this one by its name alone.
  const run = group.tags["mayfly:run"] ?? "";
  const vpc = (await ec2.defaultVpc()) ?? "";
  const alike = [
    {
      name: "mayfly-other-primary",
      tags: { ...group.tags, "mayfly:run": "20200101-000000-000000" },
    },
    { name: "mayfly-primary", tags: {} },
    { name: `mayfly-${run}-mine`, tags: { "mayfly:owner": group.tags["mayfly:owner"] ?? "" } },
  ];
  const others: string[] = [];
  for (const { name, tags } of alike)
    others.push(await ec2.createGroup({ name, vpc, tags, description: name }));
  const [first = "", second = ""] = others;
  await ec2.letIn(first, { port: 1, from: { group: second }, description: "holds it" });
  await assert.rejects(ec2.deleteGroup(second), /DependencyViolation/);
  const publicKey = "ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAAEX x";
  await ec2.importKey({ name: "mine", publicKey, tags: {} });
  assert.equal(statSync(join(world.path, "own.ppk")).mode & 0o777, 0o600);
  assert.match(
    readFileSync(join(world.path, "own.ppk"), "utf8"),
    /^PuTTY-User-Key-File-2: ssh-rsa\n/,
  );

  const { code, out, err } = await running;
  assert.equal(code, 0, err);
  assert.equal(out, "[a b]\n[$HOME]\n");
  for (const role of ["EMR_DefaultRole", "EMR_EC2_DefaultRole"])
    assert.match(err, new RegExp(`the default role ${role}, which the account lacked`));
  assert.match(err, /a default VPC, which the account lacked/);
  assert.match(err, /its logs in s3:\/\/mine\/logs\//);
  assert.equal(await iam.hasRole("EMR_EC2_DefaultRole"), true);
  assert.deepEqual(await iam.profile("EMR_EC2_DefaultRole"), ["EMR_EC2_DefaultRole"]);
  const policies = await askQuery(await openSession({ env }), iamService("us-east-1"))(
    "ListAttachedRolePolicies",
    { RoleName: "EMR_DefaultRole" },
  );
  assert.match(JSON.stringify(policies), /service-role\/AmazonElasticMapReduceRole"/);

  const [listed] = await emr.listClusters({ createdAfter: 0 });
  const cluster = await emr.describeCluster(listed?.Id ?? "");
  assert.match(cluster.Status.State, /^TERMINATED$/);
  assert.partialDeepStrictEqual(cluster as unknown as Record<string, unknown>, {
    ReleaseLabel: "emr-6.15.0",
    InstanceCollectionType: "INSTANCE_FLEET",
    LogUri: "s3://mine/logs/",
    ServiceRole: "EMR_DefaultRole",
    SecurityConfiguration: "mayfly-imdsv2",
    StepConcurrencyLevel: 2,
    EbsRootVolumeSize: 30,
    ScaleDownBehavior: "TERMINATE_AT_TASK_COMPLETION",
    Configurations: JSON.parse(FILES["configurations.json"]),
    Ec2InstanceAttributes: {
      Ec2KeyName: key.name,
      EmrManagedMasterSecurityGroup: group.id,
      IamInstanceProfile: "EMR_EC2_DefaultRole",
    },
  });
  const tags = Object.fromEntries((cluster.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  assert.partialDeepStrictEqual(tags, { team: "data", "mayfly:run": run });

  assert.deepEqual(
    (await held(aws)).sort(),
    [...alike.map(({ name }) => name), "mine"].sort(),
    "what is ours is gone, and nothing else",
  );
  assert.equal(existsSync(join(world.path, "own.ppk")), false);
  for (const { name } of alike)
    for (const { id } of await ec2.groups({ "group-name": name })) await ec2.deleteGroup(id);
  await ec2.deleteKey("mine");
});

const fault = (kind: string, operation?: string, more: object = {}) =>
  askFaults("default", world.env, {
    do: "add",
    rules: [{ kind, ...(operation ? { operation } : {}), times: 1, ...more }],
  });

test("lost replies make nothing twice, and what is in use for a while is removed all the same", async () => {
  const aws = await clients();
  await askFaults("default", world.env, { do: "clear" });
  await fault("reset-after", "CreateSecurityGroup");
  await fault("reset-after", "ImportKeyPair");
  await fault("throttle", "Describe*", { service: "ec2", times: 3 });
  await fault("in-use", "DeleteSecurityGroup", { times: 3 });
  const { code, err } = await mayfly("run", "nothing", "--on", "plain");
  assert.equal(code, 0, err);
  const faults = await askFaults("default", world.env, { do: "list" });
  assert.deepEqual(
    (faults as { struck: number }[]).map(({ struck }) => struck),
    [1, 1, 3, 3],
    JSON.stringify(faults),
  );
  assert.deepEqual(await held(aws), []);
});

test("killed before there is a cluster, the next command removes what was made for it", async () => {
  const aws = await clients();
  await askFaults("default", world.env, { do: "clear" });
  const made = async (operation: string, input: Parameters, ...path: string[]) =>
    textOf(await aws.ask(operation, input), ...path) ?? "";
  // No way to the internet leads from there: EMR wants a third group.
  const VpcId = await made("CreateVpc", { CidrBlock: "10.0.0.0/16" }, "vpc", "vpcId");
  const wish = { VpcId, CidrBlock: "10.0.0.0/24" };
  const subnet = await made("CreateSubnet", wish, "subnet", "subnetId");
  const inside = `  inside: { kind: emr, workers: 0, subnet: ${subnet}, key: { make: true } }\n`;
  writeFileSync(join(world.path, "mayfly.yaml"), FILES["mayfly.yaml"] + inside);
  await fault("hang", "RunJobFlow");
  const bin = join(import.meta.dirname, "../../../src/cli/bin.ts");
  const args = ["--no-warnings", bin, "run", "nothing", "--on", "inside"];
  const child = spawn(process.execPath, args, { cwd: world.path, env, stdio: "ignore" });
  try {
    const all = await eventually("all of it", async () => {
      const names = await held(aws);
      return names.length === 4 ? names : undefined;
    });
    assert.equal(all.filter((name) => /-(?:primary|workers|service)$/.test(name)).length, 3);
  } finally {
    child.kill("SIGKILL");
  }
  await mayfly("ls");
  assert.deepEqual(await held(aws), []);
});

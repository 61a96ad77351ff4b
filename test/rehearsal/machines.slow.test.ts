import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive } from "../../src/base/processes.ts";
import { eventually } from "../support/eventually.ts";
import { clientWorld } from "../support/rehearsal/clients.ts";

/** The machines of rehearsed clusters, as aws-cli finds them in EC2: who looks for what was left behind looks there. */
const world = clientWorld();
const { aws, asked } = world;
world.prepare(() => world.bucket("demo", { "hello.sh": "#!/bin/bash\necho hello\n" }));

const create = (...args: string[]) => world.create("--log-uri", "s3://demo/logs/", ...args);

interface Machine {
  InstanceId: string;
  InstanceType: string;
  SubnetId: string;
  PrivateIpAddress: string;
  SecurityGroups: { GroupId: string; GroupName: string }[];
  Tags: { Key: string; Value: string }[];
}
async function running(...filters: string[]): Promise<Machine[]> {
  const { Reservations } = await asked<{ Reservations: { Instances: Machine[] }[] }>(
    ...["ec2", "describe-instances", "--filters", "Name=instance-state-name,Values=running"],
    ...filters,
  );
  return Reservations.flatMap(({ Instances }) => Instances);
}
const ofCluster = (id: string) => `Name=tag:aws:elasticmapreduce:job-flow-id,Values=${id}`;
const tagOf = ({ Tags }: Machine, name: string) => Tags.find(({ Key }) => Key === name)?.Value;
const roleOf = (one: Machine) => tagOf(one, "aws:elasticmapreduce:instance-group-role");

interface Listed {
  Ec2InstanceId: string;
  PrivateIpAddress: string;
  Status: { State: string };
}
const listed = async (id: string, ...more: string[]) =>
  (await asked<{ Instances: Listed[] }>("emr", "list-instances", "--cluster-id", id, ...more))
    .Instances;

test("a cluster's machines are EC2's, with its tags, and go and come with it", async () => {
  const { Subnets } = await asked<{ Subnets: { SubnetId: string; AvailabilityZone: string }[] }>(
    ...["ec2", "describe-subnets", "--filters", "Name=availability-zone,Values=us-east-1b"],
  );
  const [subnet] = Subnets;
  const id = await create(
    ...["--name", "seen", "--instance-count", "3", "--no-auto-terminate"],
    ...["--tags", "owner=me", "--bootstrap-actions", "Path=s3://demo/hello.sh"],
    ...["--ec2-attributes", `SubnetId=${subnet?.SubnetId},KeyName=mine`],
  );
  await world.until(id, "WAITING");

  const machines = await running(ofCluster(id));
  assert.deepEqual(machines.map(roleOf).sort(), ["CORE", "CORE", "MASTER"]);
  assert.deepEqual([...new Set(machines.map((one) => tagOf(one, "owner")))], ["me"]);
  assert.deepEqual([...new Set(machines.map(({ SubnetId }) => SubnetId))], [subnet?.SubnetId]);
  const pairs = (list: { PrivateIpAddress: string }[], ids: string[]) =>
    list.map(({ PrivateIpAddress }, i) => `${ids[i]} ${PrivateIpAddress}`).sort();
  const emr = await listed(id);
  assert.deepEqual(
    pairs(
      machines,
      machines.map(({ InstanceId }) => InstanceId),
    ),
    pairs(
      emr,
      emr.map(({ Ec2InstanceId }) => Ec2InstanceId),
    ),
  );
  const { Cluster } = await asked<{ Cluster: { Ec2InstanceAttributes: Record<string, string> } }>(
    ...["emr", "describe-cluster", "--cluster-id", id],
  );
  const primary = machines.find((one) => roleOf(one) === "MASTER");
  assert.partialDeepStrictEqual(Cluster.Ec2InstanceAttributes, {
    Ec2AvailabilityZone: "us-east-1b",
    Ec2SubnetId: subnet?.SubnetId,
    EmrManagedMasterSecurityGroup: primary?.SecurityGroups[0]?.GroupId,
  });
  assert.equal(primary?.SecurityGroups[0]?.GroupName, "ElasticMapReduce-master");

  await aws("emr", "add-tags", "--resource-id", id, "--tags", "team=data");
  await aws("emr", "remove-tags", "--resource-id", id, "--tag-keys", "owner");
  assert.equal((await running(ofCluster(id), "Name=tag:team,Values=data")).length, 3);
  assert.equal((await running(ofCluster(id), "Name=tag-key,Values=owner")).length, 0);

  // Rules that somebody takes away come back while the cluster lives, and the groups stay behind.
  const groups = ["ec2", "describe-security-groups", "--filters"];
  const [master] = (
    await asked<{ SecurityGroups: { GroupId: string; IpPermissions: object[] }[] }>(
      ...[...groups, "Name=group-name,Values=ElasticMapReduce-master"],
    )
  ).SecurityGroups;
  assert.ok((master?.IpPermissions.length ?? 0) > 0);
  await aws(
    ...["ec2", "revoke-security-group-ingress", "--group-id", master?.GroupId ?? ""],
    ...["--ip-permissions", JSON.stringify(master?.IpPermissions)],
  );
  await eventually("rules that are back", async () => {
    const { SecurityGroups } = await asked<{ SecurityGroups: { IpPermissions: object[] }[] }>(
      ...[...groups, "Name=group-name,Values=ElasticMapReduce-master"],
    );
    const count = SecurityGroups[0]?.IpPermissions.length;
    return count === master?.IpPermissions.length ? count : undefined;
  });

  // Larger: what comes later has had its bootstrap actions too.
  const { InstanceGroups } = (
    await asked<{
      Cluster: { InstanceGroups: { Id: string; InstanceGroupType: string }[] };
    }>("emr", "describe-cluster", "--cluster-id", id)
  ).Cluster;
  const core = InstanceGroups.find(({ InstanceGroupType }) => InstanceGroupType === "CORE")?.Id;
  const resize = ["emr", "modify-instance-groups", "--instance-groups"];
  await aws(...resize, `InstanceGroupId=${core},InstanceCount=3`);
  const states = ["--instance-states", "RUNNING", "--instance-group-types", "CORE"];
  const four = await eventually("a third core instance", async () => {
    const now = await listed(id, ...states);
    return now.length === 3 ? now : undefined;
  });
  const newest = four.find(
    ({ Ec2InstanceId }) => !machines.some(({ InstanceId }) => InstanceId === Ec2InstanceId),
  );
  assert.match(
    await aws("s3", "ls", `s3://demo/logs/${id}/node/${newest?.Ec2InstanceId}/`),
    /bootstrap-actions/,
  );
  await aws(...resize, `InstanceGroupId=${core},InstanceCount=1`);
  const [last] = await eventually("one core instance", async () => {
    const now = (await running(ofCluster(id))).filter((one) => roleOf(one) === "CORE");
    return now.length === 1 ? now : undefined;
  });

  // Past EMR: a core instance is replaced, the end of the primary is the cluster's.
  await aws("ec2", "terminate-instances", "--instance-ids", last?.InstanceId ?? "");
  await eventually("another core instance", async () => {
    const [now, ...more] = await listed(id, ...states);
    return now && more.length === 0 && now.Ec2InstanceId !== last?.InstanceId ? now : undefined;
  });
  await aws("ec2", "terminate-instances", "--instance-ids", primary?.InstanceId ?? "");
  const { Status } = await world.until(id, "TERMINATED_WITH_ERRORS");
  assert.equal(Status?.StateChangeReason?.Code, "INSTANCE_FAILURE");
  assert.match(Status.StateChangeReason.Message ?? "", /^The master node was terminated/);
  assert.deepEqual(await running(), []);
  assert.deepEqual((await asked<{ Volumes: [] }>("ec2", "describe-volumes")).Volumes, []);
  const left = await asked<{ SecurityGroups: { GroupName: string }[] }>(
    ...[...groups, "Name=group-name,Values=ElasticMapReduce-slave"],
  );
  assert.equal(left.SecurityGroups.length, 1);
});

test("a subnet that is not there ends the cluster, as EMR says it", async () => {
  const id = await create(
    ...["--name", "nowhere", "--instance-count", "1", "--ec2-attributes", "SubnetId=subnet-0bad"],
  );
  const { Status } = await world.until(id, "TERMINATED_WITH_ERRORS");
  assert.deepEqual(Status?.StateChangeReason, {
    Code: "VALIDATION_ERROR",
    Message: "The subnet configuration was invalid: The subnet subnet-0bad does not exist.",
  });
});

test("a rehearsal that was killed leaves no machine running", async () => {
  const id = await create("--name", "killed", "--instance-count", "2", "--no-auto-terminate");
  await world.until(id, "WAITING");
  assert.equal((await running(ofCluster(id))).length, 2);
  const { daemon, companion } = world.running();
  process.kill(daemon.pid, "SIGKILL");
  await eventually("the end of both", async () => {
    const gone = !isAlive(daemon) && !isAlive(companion);
    return gone || undefined;
  });
  await world.start();
  assert.deepEqual(await running(), []);
  assert.deepEqual((await asked<{ Volumes: [] }>("ec2", "describe-volumes")).Volumes, []);
});

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BOTO3 } from "../support/python-tools.ts";
import { makeTable, query } from "../support/rehearsal/athena.ts";
import { clientWorld, ran } from "../support/rehearsal/clients.ts";

/** Other people's clients with their default settings, against a rehearsal as a person starts it. */
const world = clientWorld({ packages: [BOTO3] });
const { aws } = world;
const BIG = randomBytes(20_000_000);

world.prepare(() => {
  writeFileSync(join(world.path, "big"), BIG);
  writeFileSync(join(world.path, "small"), "hello\n");
});
const file = (name: string) => readFileSync(join(world.path, name));

test("aws-cli: a bucket from its making to its end", async () => {
  await aws("s3", "mb", "s3://made");
  await aws("s3", "cp", "small", "s3://made/dir/small file (1)+é.txt");
  await aws("s3", "cp", "big", "s3://made/big");
  const listed = await aws("s3", "ls", "--recursive", "s3://made");
  assert.match(listed, / 20000000 big\n.* 6 dir\/small file \(1\)\+é\.txt$/);
  await aws("s3", "cp", "s3://made/big", "big.back");
  assert.ok(file("big.back").equals(BIG));
  const range = await aws(
    ...["s3api", "get-object", "--bucket", "made", "--key", "big"],
    ...["--range", "bytes=8388600-8388699", "part"],
  );
  assert.equal(
    (JSON.parse(range) as { ContentRange: string }).ContentRange,
    "bytes 8388600-8388699/20000000",
  );
  assert.ok(file("part").equals(BIG.subarray(8_388_600, 8_388_700)));
  await aws(
    "s3api",
    "get-object",
    "--bucket",
    "made",
    "--key",
    "big",
    "--range",
    "bytes=-5",
    "part",
  );
  assert.ok(file("part").equals(BIG.subarray(-5)));
  await aws("s3", "sync", "s3://made", "copy");
  assert.equal(file("copy/dir/small file (1)+é.txt").toString(), "hello\n");
  await aws("s3", "sync", "copy", "s3://made/again", "--exclude", "big");
  await aws("s3", "cp", "s3://made/big", "s3://made/copied");
  await aws("s3", "mv", "s3://made/copied", "s3://made/moved");
  for (const args of [["s3://made/again/dir/small file (1)+é.txt"], ["s3://made/moved"]]) {
    const link = await aws("s3", "presign", ...args);
    const answer = await fetch(link);
    assert.equal(answer.status, 200, link);
    await answer.arrayBuffer();
    assert.equal((await fetch(link.replace(/Signature=../, "Signature=zz"))).status, 403);
  }
  await aws("s3", "rm", "--recursive", "s3://made/again");
  await aws("s3", "rb", "--force", "s3://made");
  assert.equal(await aws("s3", "ls"), "");
});

test("aws-cli: who am I, machines, roles; and the keys of a role", async () => {
  const who = JSON.parse(await aws("sts", "get-caller-identity")) as { Account: string };
  assert.equal(who.Account, "123456789012");
  assert.deepEqual(JSON.parse(await aws("ec2", "describe-instances")), { Reservations: [] });
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
  };
  await aws(
    ...["iam", "create-role", "--role-name", "reader"],
    ...["--assume-role-policy-document", JSON.stringify(trust)],
  );
  assert.match(await aws("iam", "list-roles"), /role\/reader/);
  const given = JSON.parse(
    await aws(
      ...["sts", "assume-role", "--role-arn", "arn:aws:iam::123456789012:role/reader"],
      ...["--role-session-name", "test"],
    ),
  ) as { Credentials: Record<string, string> };
  const fixed = { ...world.env };
  Object.assign(world.env, {
    AWS_ACCESS_KEY_ID: given.Credentials.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: given.Credentials.SecretAccessKey,
    AWS_SESSION_TOKEN: given.Credentials.SessionToken,
  });
  assert.match(await aws("sts", "get-caller-identity"), /assumed-role\/reader\/test/);
  world.env.AWS_SESSION_TOKEN = "another";
  assert.match(await world.refused("s3", "ls"), /InvalidToken/);
  delete world.env.AWS_SESSION_TOKEN;
  Object.assign(world.env, fixed);
});

test("boto3 with its defaults: put, get, list by pages, delete many", async () => {
  const program = `
import boto3
s3 = boto3.client("s3")
s3.create_bucket(Bucket="boto")
for i in range(25):
    s3.put_object(Bucket="boto", Key=f"k/{i:02}", Body=b"x" * i, Metadata={"n": str(i)})
s3.put_object(Bucket="boto", Key="stream", Body=open("big", "rb"))
assert s3.get_object(Bucket="boto", Key="k/07")["Body"].read() == b"x" * 7
assert s3.head_object(Bucket="boto", Key="k/07")["Metadata"] == {"n": "7"}
assert s3.get_object(Bucket="boto", Key="stream", Range="bytes=5-9")["Body"].read() == open("big", "rb").read()[5:10]
pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="boto", Prefix="k/", PaginationConfig={"PageSize": 10}))
assert [len(page["Contents"]) for page in pages] == [10, 10, 5], pages
link = s3.generate_presigned_url("get_object", Params={"Bucket": "boto", "Key": "k/03"})
import urllib.request
assert urllib.request.urlopen(link).read() == b"xxx"
four = boto3.client("s3", config=boto3.session.Config(signature_version="s3v4"))
link = four.generate_presigned_url("put_object", Params={"Bucket": "boto", "Key": "k/put"})
urllib.request.urlopen(urllib.request.Request(link, data=b"by link", method="PUT")).read()
assert s3.get_object(Bucket="boto", Key="k/put")["Body"].read() == b"by link"
try:
    s3.get_object(Bucket="boto", Key="nothing")
    raise SystemExit("found nothing")
except s3.exceptions.NoSuchKey:
    pass
gone = s3.delete_objects(Bucket="boto", Delete={"Objects": [{"Key": f"k/{i:02}"} for i in range(25)] + [{"Key": "k/put"}]})
assert len(gone["Deleted"]) == 26, gone
`;
  ran(await world.python(["-c", program]));
});

test("Athena answers with what lies in a bucket, and reads nothing else of this machine", async () => {
  await aws("s3", "mb", "s3://athena");
  writeFileSync(join(world.path, "people.csv"), "1,Ada\n2,Grace\n");
  await aws("s3", "cp", "people.csv", "s3://athena/people/people.csv");
  await makeTable(world, {
    format: "csv",
    name: "people",
    at: "s3://athena/people/",
    columns: { id: "int", name: "string" },
  });
  const ask = (sql: string) => query(world, sql, "s3://athena/out/");
  assert.deepEqual((await ask("select name from db.people where id = 2")).rows, [
    ["name"],
    ["Grace"],
  ]);
  const secret = join(world.path, "secret.csv");
  writeFileSync(secret, "a\nsesame\n");
  for (const sql of [
    `select * from read_csv('${secret}')`,
    `select content from read_text('${secret}')`,
    `copy (select 1) to '${join(world.path, "written.csv")}'`,
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
  ]) {
    const { status } = await ask(sql);
    assert.equal(status.State, "FAILED", sql);
    assert.doesNotMatch(JSON.stringify(status), /sesame/);
  }
  assert.ok(!existsSync(join(world.path, "written.csv")));
});

test("mayfly fs moves data between this machine and the rehearsal", async () => {
  const mayfly = [process.execPath, "--no-warnings", BIN];
  const fs = async (...args: string[]) =>
    ran(await world.mayfly(["rehearsal", "exec", "--", ...mayfly, "fs", ...args]));
  await fs("mb", "s3://moved");
  await fs("cp", "big", "s3://moved/a/big");
  assert.match(await fs("ls", "s3://moved/a/"), /big/);
  await fs("cp", "s3://moved/a/big", "fs.back");
  assert.ok(file("fs.back").equals(BIG));
});
const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

test("aws-cli makes EMR's default roles, of AWS's own policies, also after a reset", async () => {
  // It takes the service's name from EMR's endpoint, which is not asked anything.
  const made = async () =>
    JSON.parse(
      await aws(
        ...["emr", "create-default-roles", "--iam-endpoint", world.env.AWS_ENDPOINT_URL ?? ""],
        ...["--endpoint-url", "https://elasticmapreduce.us-east-1.amazonaws.com"],
      ),
    ) as { Role: { RoleName: string }; RolePolicy: { Statement: { Action: string[] }[] } }[];
  const roles = await made();
  assert.deepEqual(
    roles.map(({ Role }) => Role.RoleName),
    ["EMR_EC2_DefaultRole", "EMR_DefaultRole", "EMR_AutoScaling_DefaultRole"],
  );
  assert.ok(roles[1]?.RolePolicy.Statement[0]?.Action.includes("ec2:RunInstances"));
  assert.deepEqual(await made(), []);
  await assert.rejects(
    () => aws("iam", "get-policy", "--policy-arn", "arn:aws:iam::aws:policy/AmazonElasticMapReduc"),
    /NoSuchEntity/,
  );
  await world.mayfly(["rehearsal", "reset", "--yes"]);
  assert.equal((await made()).length, 3);
});

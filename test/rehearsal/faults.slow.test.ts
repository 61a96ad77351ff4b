import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askFaults } from "../../src/rehearsal/control/faults.ts";
import type { Counted } from "../../src/rehearsal/faults/faults.ts";
import { eventually } from "../support/eventually.ts";
import { type Boto, openBoto } from "../support/rehearsal/boto.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/** What is rehearsed to go wrong with requests, as boto3 meets it with its retries off. */
const world = rehearsalWorld();
let boto: Boto;
before(async () => {
  boto = await openBoto({ ...world.env, ...(await world.start()) });
  await made("s3", "create_bucket", { Bucket: "there" });
  await made("s3", "put_object", { Bucket: "there", Key: "text", Body: "0123456789" });
});
after(async () => {
  boto?.close();
  await world.remove();
});

const ask = (asked: Parameters<typeof askFaults>[2]) => askFaults("default", world.env, asked);
const call = (...args: Parameters<Boto["call"]>) => boto.call(...args);
const made = (...args: Parameters<Boto["made"]>) => boto.made(...args);
/** Rules for the time of some work, and how often each has struck in it. */
async function withFaults(rules: object[], work: () => Promise<void>): Promise<number[]> {
  await ask({ do: "add", rules, instead: true });
  await work();
  return (await ask({ do: "clear" })).map(({ struck }) => struck);
}

test("a rule at run time is met by a client, as often as it says, and counts", async () => {
  const args = "add throttle --service emr --operation ListClusters --times 2 --after 1 --json";
  const said = await world.mayfly(["rehearsal", "fault", ...args.split(" ")]);
  const [{ id = "" } = {}] = JSON.parse(said.out) as Counted[];
  const codes: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) codes.push((await call("emr", "list_clusters")).code);
  assert.deepEqual(codes, [undefined, "ThrottlingException", "ThrottlingException", undefined]);
  const status = await world.mayfly(["rehearsal", "status"]);
  assert.match(status.out, /^default: 1 fault, struck 2 times;/m);
  const [gone] = await ask({ do: "clear" });
  assert.deepEqual([gone?.struck, gone?.seen], [2, 4]);
  const log = readFileSync(join(world.home(), "faults.log"), "utf8");
  const line = `^\\d{4}-\\S+ ${id} throttle elasticmapreduce ListClusters → ThrottlingException$`;
  assert.equal(log.match(new RegExp(line, "gm"))?.length, 2);
});

const EMR = ["emr", "list_clusters"] as const;
const S3 = ["s3", "list_buckets"] as const;
const EC2 = ["ec2", "describe_vpcs"] as const;
const IAM = ["iam", "list_roles"] as const;
const ERRORS: [string, readonly [string, string], string, number][] = [
  ["throttle", EMR, "ThrottlingException", 400],
  ["throttle", S3, "SlowDown", 503],
  ["throttle", EC2, "RequestLimitExceeded", 503],
  ["throttle", IAM, "Throttling", 400],
  ["throttle", ["athena", "list_work_groups"], "TooManyRequestsException", 400],
  ["throttle", ["ssm", "describe_parameters"], "ThrottlingException", 400],
  ["server-error", EMR, "InternalServerException", 500],
  ["server-error", S3, "InternalError", 500],
  ["server-error", EC2, "InternalError", 500],
  ["server-error", IAM, "InternalFailure", 500],
  ["unavailable", EMR, "ServiceUnavailableException", 503],
  ["unavailable", S3, "ServiceUnavailable", 503],
  ["unavailable", EC2, "Unavailable", 503],
  ["unavailable", IAM, "ServiceUnavailable", 503],
  ["bad-gateway", EMR, "502", 502],
  ["bad-gateway", S3, "502", 502],
  ["access-denied", EMR, "AccessDeniedException", 400],
  ["access-denied", S3, "AccessDenied", 403],
  ["access-denied", EC2, "UnauthorizedOperation", 403],
  ["access-denied", IAM, "AccessDenied", 403],
  ["expired-token", EMR, "ExpiredTokenException", 400],
  ["expired-token", S3, "ExpiredToken", 400],
  ["expired-token", EC2, "RequestExpired", 400],
  ["expired-token", IAM, "ExpiredToken", 403],
  ["unknown-key", EMR, "UnrecognizedClientException", 400],
  ["unknown-key", S3, "InvalidAccessKeyId", 403],
  ["unknown-key", EC2, "AuthFailure", 401],
  ["unknown-key", IAM, "InvalidClientTokenId", 403],
  ["clock-skew", EMR, "InvalidSignatureException", 400],
  ["clock-skew", S3, "RequestTimeTooSkewed", 403],
  ["clock-skew", EC2, "RequestExpired", 400],
  ["clock-skew", IAM, "SignatureDoesNotMatch", 403],
];

test("errors are those of each service, and a client reads them", async () => {
  const met: typeof ERRORS = [];
  for (const [kind, [service, method]] of ERRORS)
    await withFaults([{ kind, times: 1 }], async () => {
      const { code = "", status = 0 } = await call(service, method);
      met.push([kind, [service, method], code, status]);
      assert.ok((await call(service, method)).answer, `${kind}: ${service} once more`);
    });
  assert.deepEqual(met, ERRORS);
});

const put = (Key: string) => call("s3", "put_object", { Bucket: "there", Key, Body: "x" });
const isThere = async (Key: string) =>
  (await call("s3", "head_object", { Bucket: "there", Key })).answer !== undefined;
const profile = { JobFlowRole: "EMR_EC2_DefaultRole", ServiceRole: "EMR_DefaultRole" };
const wish = (Name: string) => ({
  Name,
  ReleaseLabel: "emr-7.12.0",
  Instances: { MasterInstanceType: "m5.xlarge", InstanceCount: 1 },
  ...profile,
});
const clusters = async () =>
  ((await made("emr", "list_clusters")).Clusters as { Name: string }[]).map(({ Name }) => Name);

test("a connection that is cut: nothing was done, or all of it", async () => {
  for (const [kind, done] of [
    ["reset-before", false],
    ["reset-after", true],
  ] as const) {
    const struck = await withFaults([{ kind, times: 2 }], async () => {
      assert.equal((await put(kind)).type, "ConnectionClosedError");
      assert.equal((await call("emr", "run_job_flow", wish(kind))).type, "ConnectionClosedError");
      assert.equal(await isThere(kind), done, kind);
      assert.equal((await clusters()).includes(kind), done, kind);
    });
    assert.deepEqual(struck, [2]);
  }
});

test("answers that do not come, come late, or come in half", async () => {
  await withFaults([{ kind: "hang", operation: "PutObject" }], async () => {
    const said = await call("s3", "put_object", { Bucket: "there", Key: "hangs", Body: "x" }, 1);
    assert.equal(said.type, "ReadTimeoutError");
  });
  assert.equal(await isThere("hangs"), false);
  await withFaults([{ kind: "slow", operation: "PutObject", seconds: 2, times: 2 }], async () => {
    const said = await call("s3", "put_object", { Bucket: "there", Key: "slow", Body: "x" }, 1);
    assert.equal(said.type, "ReadTimeoutError");
    assert.ok((await put("slower")).ms >= 2000);
  });
  assert.deepEqual([await isThere("slow"), await isThere("slower")], [true, true]);
  const struck = await withFaults([{ kind: "truncated", times: 3 }], async () => {
    const got = await call("s3", "get_object", { Bucket: "there", Key: "text" });
    assert.match(got.message ?? "", /IncompleteRead\(5 bytes read, 5 more expected\)/);
    assert.equal((await put("half")).type, "ConnectionClosedError");
    // It does not look at the length of what is not streamed, and takes half a JSON text for an answer without members.
    assert.equal((await made(...EMR)).Clusters, undefined);
  });
  assert.deepEqual(struck, [3]);
  assert.equal(await isThere("half"), true);
});

test("S3 says 200 with an error in it, and nothing was copied", async () => {
  await withFaults([{ kind: "error-in-200" }], async () => {
    const to = { Bucket: "there", Key: "copy", CopySource: "there/text" };
    const said = await call("s3", "copy_object", to);
    assert.equal(said.code, "InternalError");
    assert.ok((await call(...S3)).answer);
  });
  assert.equal(await isThere("copy"), false);
});

test("what is read is as it was before the last change, for a while", async () => {
  await withFaults([{ kind: "stale-read", seconds: 3 }], async () => {
    const before = await clusters();
    const { JobFlowId: ClusterId } = await made("emr", "run_job_flow", wish("unseen"));
    assert.deepEqual(await clusters(), before);
    const said = await call("emr", "describe_cluster", { ClusterId });
    assert.equal(said.message, `Cluster id '${ClusterId as string}' is not valid.`);
    const after = await eventually("the new cluster in the list", async () => {
      const names = await clusters();
      return names.length > before.length ? names : undefined;
    });
    assert.deepEqual(after, ["unseen", ...before]);
  });
});

test("what was just made is not found, and then it is", async () => {
  await withFaults([{ kind: "not-found", seconds: 3 }], async () => {
    const { JobFlowId: ClusterId } = await made("emr", "run_job_flow", wish("made"));
    const group = { GroupName: "made", Description: "x" };
    const { GroupId } = await made("ec2", "create_security_group", group);
    const role = { RoleName: "made", AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' };
    await made("iam", "create_role", role);
    await put("made");
    const Bucket = "made-now";
    await made("s3", "create_bucket", { Bucket });
    const reads = [
      ["emr", "describe_cluster", { ClusterId }, "InvalidRequestException", 400],
      ["ec2", "describe_security_groups", { GroupIds: [GroupId] }, "InvalidGroup.NotFound", 400],
      ["iam", "get_role", { RoleName: "made" }, "NoSuchEntity", 404],
      ["s3", "get_object", { Bucket: "there", Key: "made" }, "NoSuchKey", 404],
      ["s3", "head_object", { Bucket: "there", Key: "made" }, "404", 404],
      ["s3", "list_objects_v2", { Bucket }, "NoSuchBucket", 404],
    ] as const;
    for (const [service, method, args, code, status] of reads) {
      const said = await call(service, method, args);
      assert.deepEqual([said.code, said.status], [code, status], `${service} ${method}`);
    }
    assert.ok((await call("s3", "get_object", { Bucket: "there", Key: "text" })).answer);
    for (const [service, method, args] of reads)
      await eventually(
        `${service} ${method}`,
        async () => (await call(service, method, args)).answer,
      );
  });
});

test("refusals that only some operations know", async () => {
  const { GroupId } = await made("ec2", "create_security_group", {
    GroupName: "held",
    Description: "x",
  });
  const image = { ImageId: "ami-12345678", MinCount: 1, MaxCount: 1 };
  const cases = [
    ["no-instance-profile", "emr", "run_job_flow", wish("early"), "ValidationException"],
    [
      "no-instance-profile",
      "ec2",
      "run_instances",
      { ...image, IamInstanceProfile: { Name: "early" } },
      "InvalidParameterValue",
    ],
    ["in-use", "ec2", "delete_security_group", { GroupId }, "DependencyViolation"],
    ["in-use", "iam", "delete_role", { RoleName: "held" }, "DeleteConflict"],
    ["in-use", "s3", "delete_bucket", { Bucket: "there" }, "BucketNotEmpty"],
    ["quota", "s3", "create_bucket", { Bucket: "too-many" }, "TooManyBuckets"],
    ["quota", "ec2", "run_instances", image, "VcpuLimitExceeded"],
    ["quota", "iam", "create_user", { UserName: "many" }, "LimitExceeded"],
  ] as const;
  for (const [kind, service, method, args, code] of cases) {
    const struck = await withFaults([{ kind, service }], async () => {
      assert.ok((await call(service, OTHERS[service])).answer, "others are left alone");
      const said = await call(service, method, args);
      assert.equal(said.code, code);
      if (kind === "no-instance-profile")
        assert.match(
          said.message ?? "",
          /Invalid InstanceProfile: EMR_EC2_DefaultRole\.|\(early\)/,
        );
    });
    assert.deepEqual(struck, [1], `${kind} ${service}`);
  }
});
const OTHERS = { emr: EMR[1], ec2: EC2[1], iam: IAM[1], s3: S3[1] };

test("a file of faults at start, instead of those that are there; a restart has none", async () => {
  const { writeFileSync } = await import("node:fs");
  const file = join(world.path, "chaos.yaml");
  writeFileSync(
    file,
    "seed: 7\nfaults:\n  - { kind: throttle, service: s3, probability: 0.5 }\n  - kind: slow\n    operation: Put*\n    seconds: 1m\n",
  );
  await world.start("--chaos", file);
  const listed = (await ask({ do: "list" })).map(({ rule }) => rule);
  assert.deepEqual(listed, [
    { seed: 7, kind: "throttle", service: "s3", probability: 0.5 },
    { kind: "slow", operation: "Put*", seconds: 60 },
  ]);
  await world.mayfly(["rehearsal", "stop"]);
  await world.start();
  assert.deepEqual(await ask({ do: "list" }), []);
});

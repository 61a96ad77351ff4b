import assert from "node:assert/strict";
import { test } from "node:test";
import { AwsRefusal } from "../../../aws/asking.ts";
import type { Ec2, SecurityGroup } from "../../../aws/ec2.ts";
import type { Iam } from "../../../aws/iam.ts";
import type { Maker } from "./names.ts";
import { closeOwn, removeOwn } from "./remove.ts";

const act: Maker["act"] = async (_, call) => call();
/** Time passes at once. */
const clock = () => {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { now: () => now, sleep };
};
const tags = (run: string, owner = "me") => ({ "mayfly:run": run, "mayfly:owner": owner });

/** EC2 with these groups, of which each is in use for so many tries. */
function ec2With(groups: SecurityGroup[], used: Record<string, number> = {}) {
  const done: string[] = [];
  const ec2 = {
    // It answers with more than was asked for, as wildcards in a filter would.
    groups: async () => [...groups],
    keys: async () => [],
    rules: async (id: string) => [{ id: `rule-${id}`, egress: false }],
    revoke: async (id: string) => void done.push(`revoke ${id}`),
    deleteGroup: async (id: string) => {
      used[id] = (used[id] ?? 0) - 1;
      if (used[id] >= 0)
        throw new AwsRefusal("DeleteSecurityGroup", "DependencyViolation", 400, "");
      done.push(`delete ${id}`);
      groups.splice(
        groups.findIndex((one) => one.id === id),
        1,
      );
    },
  } as unknown as Ec2;
  return { ec2, done };
}
const group = (id: string, run: string, owner?: string): SecurityGroup => ({
  ...{ id, name: `mayfly-${id}`, vpc: "vpc-1", tags: tags(run, owner) },
});

test("rules are revoked before anything is deleted, and what is in use is tried again", async () => {
  const { ec2, done } = ec2With([group("a", "r1"), group("b", "r1")], { a: 2 });
  const { gone, remains } = await removeOwn(ec2, { run: "r1" }, act, clock());
  assert.deepEqual(done.slice(0, 3), ["revoke a", "revoke b", "delete b"]);
  assert.deepEqual(done.slice(3), ["revoke a", "revoke a", "delete a"]);
  assert.deepEqual([gone, remains], [["security group mayfly-a", "security group mayfly-b"], []]);
});

test("what stays in use is named, not waited for without end", async () => {
  const time = clock();
  const { ec2 } = ec2With([group("a", "r1")], { a: 1e9 });
  const { gone, remains } = await removeOwn(ec2, { run: "r1" }, act, time);
  assert.deepEqual(gone, []);
  assert.match(remains[0] ?? "", /security group a \(mayfly-a\), which something still uses/);
  assert.ok(time.now() > 60_000 && time.now() < 600_000);
});

test("what carries another run's tag, or another owner's, is left alone", async () => {
  const { ec2, done } = ec2With([group("a", "r2"), group("b", "r1", "you"), group("c", "r1")]);
  await removeOwn(ec2, { run: "r1", owner: "me" }, act, clock());
  assert.deepEqual(done, ["revoke c", "delete c"]);
});

test("a default role that was half made when its maker was killed is given its policy", async () => {
  const attached: string[] = [];
  const iam = {
    hasRole: async () => true,
    attachPolicy: async (role: string, policy: string) => void attached.push(`${role} ${policy}`),
  } as unknown as Iam;
  const { ec2 } = ec2With([]);
  const intent = { do: "make-role", id: "role", role: "EMR_DefaultRole", region: "eu-west-1" };
  const close = (done: boolean) =>
    closeOwn({ ec2, iam, run: "r1", attempts: [{ intent, done, at: 0 }], act }, clock());
  await close(true);
  assert.deepEqual(attached, []);
  await close(false);
  assert.deepEqual(attached, [
    "EMR_DefaultRole arn:aws:iam::aws:policy/service-role/AmazonElasticMapReduceRole",
  ]);
});

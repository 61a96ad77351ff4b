import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Ec2 } from "../../../aws/ec2.ts";
import type { Attempt } from "../../../model/run.ts";
import { callerAddress } from "./address.ts";
import { makeKey, removeKeyFiles } from "./key.ts";
import type { Maker } from "./names.ts";
import { toPpk } from "./ppk.ts";

/** A key of nobody, and what PuTTY's own puttygen 0.78 makes of it (`-O private --ppk-param version=2`). */
const PEM = `-----BEGIN RSA PRIVATE KEY-----
MIICXAIBAAKBgQDlAcWJvGktNz22sCpdDn3+Xm77JVJilRdNESSGdjzoYW75t458
+Xp0jeMl46Hv3O8vVx6rS6mWbYKLhCL5Rt66zfrPaii+pgMNlzYExP2OcJ0L+gRP
RKCAcoZcJtwFiSPULUPysJClOOiKJHV16/8zf7jlv6OtmFesfglRAPnZnQIDAQAB
AoGAVyQncNP7CbOdjijW1fYvx11TyclX4h9tcGv3hBr17k81FVzdoXylNjjPmJlY
A5gEg/UYvIHcFFuzczdiv4xSL/bGRrXVukSgL3dNgLojIh0jdIpo+RKqcbGUQ8N/
pEKVZBUsERrWK6W5JOpgLChCeMtoWa4dumbk9oxjEFfVdkECQQD8ihrKqx0H/NfL
KXZhZB+4C/Ce3UosZHONCNQUvynSbdipqPsZDvulacjheHAAolKqSCTumsIBCgik
fSqLR2BJAkEA6CUdsvhX8t+2t0hHxDLgxHVp+GdZO+wZa4mB/vvomtVeDoQXxmgT
b0U9xB3d+3keM6+mFJuww3jH/apSvFiWtQJAXJLjr1d6lOsCz96rHphtaDI4SoQk
JJHOKe0KkXBiDFloCwl+wnjTlpdoo/5aUGEwnGtF3pGsfGUJNgMMDXJkwQJBAMmg
GwhrjC+lQJQ10idFLVVUyWJ3mNhjurxc5Sxq7N81/IhNED1B/cdB82CXtEqLKsEn
iO8TPla4W7MlMNDnfJUCQCjpsVVYe3JrrRti9We0pSFv9DR5Mdx+hVHTh+viQnaM
LaiabeBKLTmJZ0FUId3r7DZUI26o3P575+HfpWY9g5Y=
-----END RSA PRIVATE KEY-----
`;
const PPK = `PuTTY-User-Key-File-2: ssh-rsa
Encryption: none
Comment: mayfly-test
Public-Lines: 4
AAAAB3NzaC1yc2EAAAADAQABAAAAgQDlAcWJvGktNz22sCpdDn3+Xm77JVJilRdN
ESSGdjzoYW75t458+Xp0jeMl46Hv3O8vVx6rS6mWbYKLhCL5Rt66zfrPaii+pgMN
lzYExP2OcJ0L+gRPRKCAcoZcJtwFiSPULUPysJClOOiKJHV16/8zf7jlv6OtmFes
fglRAPnZnQ==
Private-Lines: 8
AAAAgFckJ3DT+wmznY4o1tX2L8ddU8nJV+IfbXBr94Qa9e5PNRVc3aF8pTY4z5iZ
WAOYBIP1GLyB3BRbs3M3Yr+MUi/2xka11bpEoC93TYC6IyIdI3SKaPkSqnGxlEPD
f6RClWQVLBEa1iuluSTqYCwoQnjLaFmuHbpm5PaMYxBX1XZBAAAAQQD8ihrKqx0H
/NfLKXZhZB+4C/Ce3UosZHONCNQUvynSbdipqPsZDvulacjheHAAolKqSCTumsIB
CgikfSqLR2BJAAAAQQDoJR2y+Ffy37a3SEfEMuDEdWn4Z1k77BlriYH+++ia1V4O
hBfGaBNvRT3EHd37eR4zr6YUm7DDeMf9qlK8WJa1AAAAQCjpsVVYe3JrrRti9We0
pSFv9DR5Mdx+hVHTh+viQnaMLaiabeBKLTmJZ0FUId3r7DZUI26o3P575+HfpWY9
g5Y=
Private-MAC: e308709edeee0155049fee73548e9ae0c6fa719d
`;

test("PuTTY's format is what puttygen writes", () => {
  const numbers = createPrivateKey(PEM).export({ format: "jwk" });
  assert.equal(toPpk(numbers, "mayfly-test"), PPK);
});

async function inFolder(work: (file: string, maker: Maker, attempts: Attempt[]) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const attempts: Attempt[] = [];
  const act: Maker["act"] = async (intent, call) => {
    attempts.push({ intent, done: false, at: 0 });
    return call();
  };
  const umask = process.umask(0);
  try {
    await work(
      join(folder, "own.pem"),
      { run: "r1", owner: "me", region: "us-east-1", act },
      attempts,
    );
  } finally {
    process.umask(umask);
    rmSync(folder, { recursive: true });
  }
}
type Imported = Parameters<Ec2["importKey"]>[0];
const taking = (taken: Imported[]) =>
  ({ importKey: async (wish: Imported) => void taken.push(wish) }) as unknown as Ec2;

test("the private half is on the disk before EC2 gets the public one, for its owner alone", () =>
  inFolder(async (file, maker, attempts) => {
    const taken: Imported[] = [];
    assert.equal(await makeKey(taking(taken), { format: "pem", file }, maker), "mayfly-r1");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(
      attempts.map(({ intent }) => intent.do),
      ["write-key", "make-key-pair"],
    );
    // What EC2 was given is the other half of what lies there.
    const [wish] = taken;
    const blob = Buffer.from(wish?.publicKey.split(" ")[1] ?? "", "base64");
    const { n = "" } = createPrivateKey(readFileSync(file)).export({ format: "jwk" });
    assert.ok(blob.includes(Buffer.from(n, "base64url")));
    assert.partialDeepStrictEqual(wish?.tags, { "mayfly:run": "r1", "mayfly:owner": "me" });
    assert.doesNotMatch(JSON.stringify(attempts), /PRIVATE/);

    await removeKeyFiles(attempts, maker.act);
    assert.equal(existsSync(file), false);
  }));

test("a file that is there is never overwritten, nor one that somebody else has put there removed", () =>
  inFolder(async (file, maker, attempts) => {
    writeFileSync(file, "mine");
    const taken: Imported[] = [];
    const made = makeKey(taking(taken), { format: "pem", file }, maker);
    await assert.rejects(made, /cannot write a key to ".*": it exists/);
    assert.deepEqual(taken, []);
    await removeKeyFiles(attempts, maker.act);
    assert.equal(readFileSync(file, "utf8"), "mine");
  }));

test("the caller's address: a service on this machine sees this machine; one outside tells, or nobody", async () => {
  const ask = async () => "203.0.113.7\n";
  assert.equal(await callerAddress("http://localhost:4566", ask), "127.0.0.1");
  assert.equal(await callerAddress(undefined, ask), "203.0.113.7");
  assert.equal(await callerAddress(undefined, async () => "<html>"), undefined);
  assert.equal(await callerAddress(undefined, () => Promise.reject(new Error("no"))), undefined);
});

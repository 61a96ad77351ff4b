import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { exec } from "../../src/base/exec.ts";
import { makeFolder, mayfly } from "../support/cli.ts";
import { AWS_CLI, pythonTools } from "../support/python-tools.ts";
import { type S3Server, startRclone } from "../support/servers/rclone.ts";

/** `mayfly fs` against an S3 that neither we nor AWS wrote; aws-cli reads what it wrote, and the reverse. */
const folder = makeFolder();
const data = join(folder.path, "data");
let server: S3Server;
before(async () => {
  mkdirSync(join(data, "bucket"), { recursive: true });
  server = await startRclone(data);
});
after(async () => {
  await server.stop();
  folder.remove();
});

const fs = (...args: string[]) => mayfly(["fs", ...args], folder.path, server.env);
const sha = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
const below = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

const NAMES = [
  "plain",
  "a b",
  "é日本🙂",
  "plus+",
  "per%cent",
  "quo\"te's",
  "a=b&c",
  "semi;colon",
  "deep/er/x",
  `${"n".repeat(200)}`,
  "empty",
];

test("names of every kind go up and come back as they were", async () => {
  const source = join(folder.path, "names");
  for (const name of NAMES) {
    mkdirSync(dirname(join(source, name)), { recursive: true });
    writeFileSync(join(source, name), name === "empty" ? "" : name);
  }
  const up = await fs("cp", "-r", "names", "s3://bucket/n");
  assert.equal(up.code, 0, up.err);
  assert.deepEqual(below(join(data, "bucket/n")), [...NAMES].sort());
  const listed = (await fs("find", "s3://bucket/n/", "--json")).out.trim().split("\n");
  assert.deepEqual(
    listed
      .map((line) => (JSON.parse(line) as { uri: string }).uri.slice("s3://bucket/n/".length))
      .sort(),
    [...NAMES].sort(),
  );
  const down = await fs("cp", "-r", "s3://bucket/n", "back");
  assert.equal(down.code, 0, down.err);
  for (const name of NAMES)
    assert.equal(sha(join(folder.path, "back", name)), sha(join(source, name)), name);
  assert.match(
    (await fs("rm", "-r", "s3://bucket/n")).err,
    new RegExp(`removed ${NAMES.length} files`),
  );
  assert.equal((await fs("find", "s3://bucket/")).out, "");
});

test("a file of several parts is the same on both sides, also copied within S3", async () => {
  writeFileSync(join(folder.path, "large"), randomBytes(50_000_001));
  for (const args of [
    ["large", "s3://bucket/l"],
    ["s3://bucket/l", "s3://bucket/m"],
    ["s3://bucket/m", "large2"],
  ]) {
    const said = await fs("cp", ...args);
    assert.equal(said.code, 0, said.err);
  }
  assert.equal(sha(join(folder.path, "large2")), sha(join(folder.path, "large")));
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => name.endsWith(".mayfly")),
    [],
  );
});

test("more keys than a page holds are all listed, counted and removed", async () => {
  mkdirSync(join(folder.path, "many"));
  for (let i = 0; i < 2345; i++) writeFileSync(join(folder.path, "many", `k${i}`), "x");
  assert.match((await fs("cp", "-r", "many", "s3://bucket/many")).err, /^copied 2,345 files/);
  assert.deepEqual(JSON.parse((await fs("du", "s3://bucket/many/", "--json")).out), [
    { uri: "s3://bucket/many/", files: 2345, bytes: 2345 },
  ]);
  assert.match((await fs("rm", "-r", "s3://bucket/many/")).err, /removed 2,345 files/);
});

test("aws-cli reads what was written, and what it writes is read", async () => {
  const { python, env } = await pythonTools(AWS_CLI);
  const aws = (...args: string[]) =>
    exec(python, ["-m", "awscli", "s3", ...args], {
      cwd: folder.path,
      env: {
        ...env,
        ...server.env,
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      },
    });
  await fs("cp", "large", "s3://bucket/ours");
  const read = await aws("cp", "s3://bucket/ours", "theirs");
  assert.equal(read.code, 0, read.stderr);
  assert.equal(sha(join(folder.path, "theirs")), sha(join(folder.path, "large")));
  const written = await aws("cp", "large", "s3://bucket/by aws");
  assert.equal(written.code, 0, written.stderr);
  assert.equal((await fs("cp", "s3://bucket/by aws", "ours")).code, 0);
  assert.equal(sha(join(folder.path, "ours")), sha(join(folder.path, "large")));
});

test("who has a link needs no credentials, for as long as it holds", async () => {
  await fs("cp", "names/a b", "s3://bucket/é +b");
  const link = await fs("presign", "s3://bucket/é +b");
  assert.equal(await (await fetch(link.out.trim())).text(), "a b");
  assert.ok(!(await fetch(link.out.trim().replace(/\w$/, "x"))).ok);
  assert.ok(!(await fetch(link.out.split("?")[0] ?? "")).ok);
});

test("buckets, and what goes wrong, in words", async () => {
  assert.equal((await fs("mb", "s3://another")).code, 0);
  assert.match((await fs("ls", "s3://")).out, / {2}another\n/);
  assert.equal((await fs("rb", "s3://another")).code, 0);
  const wrong = { ...server.env, AWS_SECRET_ACCESS_KEY: "wrong" };
  const refused = await mayfly(["fs", "ls", "s3://bucket"], folder.path, wrong);
  assert.deepEqual(
    [refused.code, /SignatureDoesNotMatch/.test(refused.err)],
    [3, true],
    refused.err,
  );
  const nobody = await mayfly(["fs", "ls", "s3://bucket"], folder.path, {
    ...server.env,
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
  assert.equal(nobody.code, 3, nobody.err);
  assert.match(nobody.err, /cannot find AWS credentials/);
  const missing = await fs("cat", "s3://bucket/no-such-key");
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  assert.match(missing.err, /cannot read "s3:\/\/bucket\/no-such-key": it does not exist/);
});

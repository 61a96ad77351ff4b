import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openSession } from "../../src/aws/session.ts";
import { exec } from "../../src/base/exec.ts";
import { openS3 } from "../../src/storage/s3/client.ts";
import { makeFolder, mayfly, type Said } from "../support/cli.ts";
import { BOTO3, pythonTools } from "../support/python-tools.ts";
import { startMinistack } from "../support/servers/ministack.ts";
import { type S3Server, startRclone } from "../support/servers/rclone.ts";
import { startSeaweed } from "../support/servers/seaweed.ts";

/** The same questions to three S3 servers that different people wrote, and boto3 as the other client. */
interface World {
  folder: string;
  server: S3Server;
  fs(...args: string[]): Promise<Said>;
}

const sha = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

async function withServer(
  start: (folder: string) => Promise<S3Server>,
  work: (world: World) => Promise<void>,
) {
  const folder = makeFolder();
  const server = await start(join(folder.path, "server"));
  const env = { ...server.env, XDG_STATE_HOME: join(folder.path, "state") };
  try {
    const fs = async (...args: string[]) => {
      const said = await mayfly(["fs", ...args], folder.path, env);
      return said;
    };
    await work({ folder: folder.path, server, fs });
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\nthe server said: ${server.said?.() ?? "nothing"}`,
      {
        cause: error,
      },
    );
  } finally {
    await server.stop();
    folder.remove();
  }
}

const good = (said: Said) => assert.equal(said.code, 0, said.err);
const LONG = ["0", "1", "2", "33"].map((c) => c.repeat(c.length > 1 ? 125 : 249)).join("/"); // 1,024 bytes with the folder before it
const NAMES = [
  "plain",
  "a b",
  "é日本🙂",
  "plus+",
  "per%cent",
  "quo\"te's",
  "a=b&c;d",
  "empty",
  "~(*)!",
  LONG,
];

async function namesAndSync({ folder, fs }: World): Promise<void> {
  for (const name of NAMES) {
    mkdirSync(dirname(join(folder, "names", name)), { recursive: true });
    writeFileSync(join(folder, "names", name), name === "empty" ? "" : name);
  }
  good(await fs("mb", "s3://data-one"));
  good(await fs("cp", "-r", "names", "s3://data-one/a/b/names.of.every/kind"));
  const again = await fs(
    "sync",
    "names",
    "s3://data-one/a/b/names.of.every/kind",
    "--json",
    "--checksum",
  );
  assert.partialDeepStrictEqual(JSON.parse(again.out), {
    files: 0,
    same: NAMES.length,
    failed: [],
  });
  good(await fs("sync", "s3://data-one/a/b/names.of.every/kind", "back"));
  for (const name of NAMES)
    assert.equal(sha(join(folder, "back", name)), sha(join(folder, "names", name)), name);
  const back = await fs("sync", "s3://data-one/a/b/names.of.every/kind", "back", "--json");
  assert.partialDeepStrictEqual(JSON.parse(back.out), { files: 0, same: NAMES.length });
  writeFileSync(join(folder, "back/extra"), "x");
  good(await fs("sync", "back", "s3://data-one/a/b/names.of.every/kind"));
  const gone = await fs(
    "sync",
    "names",
    "s3://data-one/a/b/names.of.every/kind",
    "--delete",
    "--json",
  );
  assert.partialDeepStrictEqual(JSON.parse(gone.out), { files: 0, removed: 1 });
  assert.match(
    (await fs("rm", "-r", "s3://data-one/a")).err,
    new RegExp(`removed ${NAMES.length} files`),
  );
}

async function parts({ folder, fs, server }: World): Promise<void> {
  const bytes = randomBytes(20_000_000);
  writeFileSync(join(folder, "large"), bytes);
  good(await fs("cp", "large", "s3://data-one/dir/large"));
  const stat = JSON.parse((await fs("stat", "s3://data-one/dir/large", "--json")).out) as {
    etag: string;
  };
  assert.match(stat.etag, /^[0-9a-f]{32}(-3)?$/);
  mkdirSync(join(folder, "dir"));
  good(await fs("cp", "s3://data-one/dir/large", "dir/large"));
  assert.equal(sha(join(folder, "dir/large")), sha(join(folder, "large")));
  const same = await fs("sync", "dir", "s3://data-one/dir", "--checksum", "--json");
  assert.partialDeepStrictEqual(JSON.parse(same.out), { files: 0, same: 1 });
  bytes[19_999_999] = (bytes[19_999_999] ?? 0) ^ 1;
  writeFileSync(join(folder, "dir/large"), bytes);
  const other = await fs("sync", "dir", "s3://data-one/dir", "--checksum", "--json");
  assert.partialDeepStrictEqual(JSON.parse(other.out), { files: 1, same: 0 });
  good(await fs("mv", "s3://data-one/dir/large", "s3://data-one/moved"));
  good(await fs("cp", "s3://data-one/moved", "moved"));
  assert.equal(sha(join(folder, "moved")), sha(join(folder, "dir/large")));
  const link = await fs("presign", "s3://data-one/moved");
  const linked = await fetch(link.out.trim());
  const got = await linked.arrayBuffer();
  assert.equal(got.byteLength, 20_000_000, Buffer.from(got).toString("utf8", 0, 500));
  const client = await openS3(await openSession({ env: server.env }));
  const query = { uploads: "" };
  await client.send({ method: "POST", bucket: "data-one", key: "never/é done", query });
  client.close();
  assert.equal((await fs("leftovers", "s3://data-one/")).out, "");
  const found = await fs("leftovers", "s3://data-one/", "--older-than", "0m", "--json");
  assert.partialDeepStrictEqual(JSON.parse(found.out), { uri: "s3://data-one/never/é done" });
  assert.match(
    (await fs("leftovers", "s3://data-one/", "--older-than", "0m", "--remove")).err,
    /removed 1 left-over/,
  );
  assert.equal((await fs("leftovers", "s3://data-one/", "--older-than", "0m")).out, "");
}

const BOTO = `
import boto3, hashlib, sys
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
s3 = boto3.client("s3", config=Config(request_checksum_calculation="when_required", response_checksum_validation="when_required", s3={"addressing_style": "path"}))
s3.download_file("data-one", "ours", "theirs", Config=TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20))
print(hashlib.sha256(open("theirs", "rb").read()).hexdigest())
s3.upload_file("theirs", "data-one", "by boto3 é+", Config=TransferConfig(multipart_threshold=5 * 2**20, multipart_chunksize=6 * 2**20))
s3.put_object(Bucket="data-one", Key="plain", Body=b"text")
`;

async function boto({ folder, fs, server }: World): Promise<void> {
  good(await fs("cp", "large", "s3://data-one/ours"));
  const { python, env } = await pythonTools(BOTO3);
  const said = await exec(python, ["-c", BOTO], {
    cwd: folder,
    env: {
      ...env,
      ...server.env,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    },
  });
  assert.equal(said.code, 0, said.stderr);
  assert.equal(said.stdout.trim(), sha(join(folder, "large")));
  mkdirSync(join(folder, "boto"));
  good(await fs("cp", "s3://data-one/by boto3 é+", "boto/by boto3 é+"));
  assert.equal(sha(join(folder, "boto/by boto3 é+")), sha(join(folder, "large")));
  // Cut into parts of 6 MiB, which is nobody's habit.
  const same = await fs("sync", "boto", "s3://data-one", "--checksum", "--json");
  assert.partialDeepStrictEqual(JSON.parse(same.out), { files: 0, same: 1 });
  assert.equal((await fs("cat", "s3://data-one/plain")).out, "text");
}

for (const [name, start] of Object.entries({
  rclone: startRclone,
  SeaweedFS: startSeaweed,
  ministack: startMinistack,
}))
  test(`${name}: names, sync, parts, left-overs, and boto3 both ways`, () =>
    withServer(start, async (world) => {
      await namesAndSync(world);
      await parts(world);
      await boto(world);
    }));

test("keys that no folder can hold are listed, copied within S3 and removed, and never leave a folder", () =>
  withServer(startMinistack, async ({ folder, fs, server }) => {
    good(await fs("mb", "s3://data-one"));
    const keys = ["/first", "a//b", "a/../../../out", "a/./c", "dir/", "ok", "../up", "a/.."];
    const client = await openS3(await openSession({ env: server.env }));
    for (const key of keys)
      await client.send({ method: "PUT", bucket: "data-one", key, body: key });
    client.close();
    const listed = (await fs("find", "s3://data-one/", "--json")).out.trim().split("\n");
    const uris = listed.map((line) =>
      (JSON.parse(line) as { uri: string }).uri.slice("s3://data-one/".length),
    );
    assert.deepEqual(uris.sort(), [...keys].sort());
    assert.equal((await fs("cat", "s3://data-one//first")).out, "/first");
    assert.equal((await fs("cat", "s3://data-one/a/../../../out")).out, "a/../../../out");
    mkdirSync(join(folder, "in/to"), { recursive: true });
    for (const verb of ["cp", "sync", "mv"]) {
      const said = await fs(verb, ...(verb === "sync" ? [] : ["-r"]), "s3://data-one/", "in/to");
      assert.deepEqual([said.code, /would lie outside/.test(said.err)], [2, true], said.err);
    }
    const outside = [folder, join(folder, "in")].flatMap((path) => readdirSync(path));
    assert.ok(!outside.includes("out") && !outside.includes("up"), outside.join());
    good(await fs("cp", "s3://data-one/a/../../../out", "in/to/file"));
    assert.equal(readFileSync(join(folder, "in/to/file"), "utf8"), "a/../../../out");
    good(await fs("mb", "s3://data-two"));
    good(await fs("cp", "-r", "s3://data-one/", "s3://data-two"));
    const copied = (await fs("find", "s3://data-two/")).out.trim().split("\n");
    assert.equal(copied.length, keys.length - 1);
    good(await fs("rm", "-r", "s3://data-one/"));
    assert.equal((await fs("find", "s3://data-one/")).out, "");
    assert.ok(existsSync(join(folder, "in/to")));
  }));

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openSession } from "../../src/aws/session.ts";
import { copy } from "../../src/storage/copy.ts";
import { openStores, type Stores } from "../../src/storage/open.ts";
import { openS3 } from "../../src/storage/s3/client.ts";
import { makeFolder } from "../support/cli.ts";
import { makeRandom } from "../support/random.ts";
import { type S3Server, startRclone } from "../support/rclone.ts";

/** Transfers that are cut: nothing half-written under its name, no open upload, and whole after a second call. */
const folder = makeFolder();
const bucket = join(folder.path, "data/bucket");
const SIZE = 40_000_000;
let server: S3Server;
before(async () => {
  mkdirSync(bucket, { recursive: true });
  writeFileSync(join(folder.path, "large"), randomBytes(SIZE));
  server = await startRclone(join(folder.path, "data"));
});
after(async () => {
  await server.stop();
  folder.remove();
});

function open(): Stores {
  const roots = { s3: folder.path, hdfs: folder.path, mounts: {} };
  return openStores({ roots, cwd: folder.path, liveS3: true, aws: { env: server.env } });
}

async function transfer(from: string, to: string, moved: (all: number, stop: () => void) => void) {
  const stores = open();
  const abort = new AbortController();
  let all = 0;
  const options = {
    signal: abort.signal,
    moved: (bytes: number) => {
      all += bytes;
      moved(all, () => abort.abort());
    },
  };
  try {
    const request = { from: [from], to, recursive: false, filter: { rules: [] } };
    return await copy(request, stores, options);
  } finally {
    await stores.close();
  }
}

async function openUploads(): Promise<number> {
  const client = await openS3(await openSession({ env: server.env }));
  const { text } = await client.sendText({
    method: "GET",
    bucket: "bucket",
    query: { uploads: "" },
  });
  await client.close();
  return text.split("<Upload>").length - 1;
}

const rounds = Number(process.env.MAYFLY_CUT_ROUNDS ?? 6);
const seed = Number(process.env.MAYFLY_SEED ?? Date.now() % 1_000_000);

test(`${rounds} transfers interrupted on the way, seed ${seed}: nothing half-written, nothing open`, async (t) => {
  t.diagnostic(`again: MAYFLY_SEED=${seed} MAYFLY_CUT_ROUNDS=${rounds}`);
  const random = makeRandom(seed);
  for (let round = 0; round < rounds; round++) {
    const up = round % 2 === 0;
    const [from, to] = up ? ["large", "s3://bucket/cut"] : ["s3://bucket/whole", "cut"];
    if (!up) await transfer("large", "s3://bucket/whole", () => {});
    const at = random() * SIZE * 0.8;
    await assert.rejects(
      transfer(from, to, (all, stop) => all > at && stop()),
      /interrupted/,
      `round ${round}`,
    );
    assert.ok(!existsSync(join(bucket, "cut")) && !existsSync(join(folder.path, "cut")));
    assert.equal(await openUploads(), 0, `round ${round}`);
    const left = readdirSync(folder.path).filter((name) => name.endsWith(".mayfly"));
    assert.deepEqual(left, [], `round ${round}`);
  }
});

test("a server that dies on the way and comes back: whole after a second call", async () => {
  const port = Number(new URL(server.url).port);
  for (const [from, to] of [
    ["large", "s3://bucket/again"],
    ["s3://bucket/again", "again"],
  ] as const) {
    let killed: Promise<void> | undefined;
    const broken = transfer(from, to, (all) => {
      if (all > SIZE / 3) killed ??= server.stop();
    });
    const outcome = await broken.then(
      ({ failed }) => failed.length,
      (error: Error) => error.message,
    );
    await killed;
    assert.ok(outcome === 1 || /cannot reach/.test(String(outcome)), String(outcome));
    assert.ok(!existsSync(join(folder.path, "again")));
    server = await startRclone(join(folder.path, "data"), port);
    const { failed } = await transfer(from, to, () => {});
    assert.deepEqual(failed, []);
  }
  const bytes = readFileSync(join(folder.path, "large"));
  assert.ok(bytes.equals(readFileSync(join(bucket, "again"))));
  assert.ok(bytes.equals(readFileSync(join(folder.path, "again"))));
});

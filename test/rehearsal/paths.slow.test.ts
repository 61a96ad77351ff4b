import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { HOSTILE_PATHS } from "../support/hostile-paths.ts";
import { ask } from "../support/rehearsal/signed.ts";
import { rehearsalWorld } from "../support/rehearsal/world.ts";

/** Hostile paths against the companion itself: the disk is looked at after each. */
const world = rehearsalWorld();
const canary = join(world.path, "canary");
let env: Record<string, string> = {};

before(async () => {
  writeFileSync(canary, "the person's");
  mkdirSync(join(world.path, "outside"));
  env = await world.start();
  assert.equal((await ask(env, { method: "PUT", path: "/paths" })).status, 200);
  symlinkSync(join(world.path, "outside"), join(buckets(), "paths/link"));
});
after(() => world.remove());

const buckets = () => join(world.home(), "s3/123456789012");
const ELSEWHERE = ["/tmp/mayfly-escaped", "/etc/mayfly-escaped", "/mayfly-escaped", "/escaped"];

/** All files beside the bucket: what the companion writes of its own is named. */
function around(): string[] {
  const own =
    /^state\/mayfly\/rehearsals\/default\/(?:s3\/123456789012\/paths\/(?!link\/)|s3\/\.versions\/123456789012\/paths\/|state\/|tmp\/|companion\.log)/;
  const files = readdirSync(world.path, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => !own.test(file) && !lstatSync(join(world.path, file)).isDirectory())
    .sort();
}

test(`${HOSTILE_PATHS.length} hostile paths, none of which leaves its bucket's folder`, async () => {
  const expected = around();
  let stored = 0;
  for (const wanted of HOSTILE_PATHS) {
    const path = wanted.replace("BUCKET", "paths").replace("CANARY", canary.slice(1));
    const put = await ask(env, { method: "PUT", path, body: "escaped" });
    assert.deepEqual(around(), expected, path);
    assert.equal(readFileSync(canary, "utf8"), "the person's", path);
    for (const place of ELSEWHERE) assert.ok(!existsSync(place), `${path}: ${place}`);
    assert.ok(put.status < 500, `${path}: ${put.status} ${put.text}`);
    const got = await ask(env, { path });
    assert.doesNotMatch(got.text, /the person's/, path);
    if (put.status === 200 && /^\/paths\/./.test(path)) {
      stored += 1;
      assert.equal(got.text, "escaped", path);
    } else assert.match(put.text, /<Code>|^$/, path);
    const gone = await ask(env, { method: "DELETE", path });
    assert.ok(gone.status < 500, path);
    assert.deepEqual(around(), expected, path);
  }
  assert.ok(stored > 20, `${stored}`);
});

test("names in copies, in deletions of many and in versions stay inside as well", async () => {
  const expected = around();
  await ask(env, { method: "PUT", path: "/paths/a", body: "a" });
  for (const source of ["/paths/../canary", "/../canary", `/${canary}`, "/paths/%2e%2e/%2e%2e/x"]) {
    const copied = await ask(env, {
      method: "PUT",
      path: "/paths/copy",
      headers: { "x-amz-copy-source": source },
    });
    assert.ok(copied.status >= 400 && copied.status < 500, source);
  }
  for (const key of ["../../../../canary", canary, "../paths/a", "..\\..\\canary"]) {
    const body = `<Delete><Object><Key>${key}</Key></Object></Delete>`;
    const deleted = await ask(env, { method: "POST", path: "/paths", query: { delete: "" }, body });
    assert.ok(deleted.status < 500, key);
  }
  for (const versionId of ["../../../canary", "..", "/etc/passwd"]) {
    const got = await ask(env, { path: "/paths/a", query: { versionId } });
    assert.ok(got.status >= 400 && got.status < 500, versionId);
  }
  assert.deepEqual(around(), expected);
  assert.equal(readFileSync(canary, "utf8"), "the person's");
  assert.equal((await ask(env, { path: "/paths/a" })).text, "a");
});

test("a bucket that is a link is not served", async () => {
  await world.mayfly(["rehearsal", "stop"]);
  symlinkSync(join(world.path, "outside"), join(buckets(), "linked"));
  const said = await world.mayfly(["rehearsal", "start"]);
  assert.equal(said.code, 2);
  assert.match(said.err, /linked" is a link/);
});

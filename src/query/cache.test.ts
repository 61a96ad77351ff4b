import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "../../test/support/cli.ts";
import type { Item, Store } from "../storage/store.ts";
import { openCache } from "./cache.ts";

/** A store of which only what a cache asks is there; `asked` counts. */
function storeOf() {
  const asked: string[] = [];
  const store = {
    uri: (path: string) => `s3://far/${path}`,
    async get({ path, bytes }: Item, file: string) {
      asked.push(path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "x".repeat(bytes));
    },
  } as Partial<Store> as Store;
  const wanted = (path: string, bytes: number, etag = "1") => ({
    store,
    item: { path, kind: "file" as const, bytes, modified: 5, etag },
    name: path,
  });
  return { asked, wanted };
}

function clockFrom(start: number) {
  let now = start;
  return {
    now: () => (now += 10_000),
    sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
  };
}

test("an object is fetched once, another version of it again", async () => {
  const folder = makeFolder();
  const { asked, wanted } = storeOf();
  const cache = openCache(folder.path, 1000);
  const first = await cache.bring([wanted("year=1/a", 10), wanted("b", 20)]);
  first.release();
  assert.ok(first.paths[0]?.endsWith("/year=1/a"));
  const again = await openCache(folder.path, 1000).bring([wanted("year=1/a", 10)]);
  again.release();
  assert.deepEqual(again.paths, first.paths.slice(0, 1));
  (await cache.bring([wanted("year=1/a", 10, "2")])).release();
  assert.deepEqual(asked, ["year=1/a", "b", "year=1/a"]);
  folder.remove();
});

test("what was used longest ago makes room, and what is in use stays", async () => {
  const folder = makeFolder();
  const { asked, wanted } = storeOf();
  const cache = openCache(folder.path, 100, clockFrom(1e12));
  const a = await cache.bring([wanted("a", 40)]);
  a.release();
  (await cache.bring([wanted("b", 40)])).release();
  (await cache.bring([wanted("a", 40)])).release();
  const c = await cache.bring([wanted("c", 40)]);
  assert.deepEqual(asked, ["a", "b", "c"]);
  assert.ok(existsSync(a.paths[0] as string), "a was used after b");
  assert.equal(readdirSync(join(folder.path, "objects")).length, 2);
  // c is in use: only a may go, which is not enough.
  await assert.rejects(cache.bring([wanted("d", 90)]), /other queries use 40 B/);
  await assert.rejects(cache.bring([wanted("d", 190)]), /the cache takes 100 B/);
  // Of a process that is gone nothing is in use.
  c.release();
  const key = c.paths[0]?.split("/").at(-2);
  const process = { pid: 2 ** 22 + 1, began: "once" };
  writeFileSync(
    join(folder.path, "leases/1-1"),
    JSON.stringify({ process, keys: { [String(key)]: 40 } }),
  );
  (await cache.bring([wanted("d", 90)])).release();
  assert.ok(!existsSync(c.paths[0] as string));
  folder.remove();
});

test("what others are still bringing has its place already", async () => {
  const folder = makeFolder();
  const { wanted } = storeOf();
  const two = [openCache(folder.path, 100), openCache(folder.path, 100)];
  const brought = await Promise.allSettled(
    two.map((one, i) => one.bring([wanted(`${i}`, 60), wanted("both", 10)])),
  );
  assert.deepEqual(brought.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assert.match(
    String(brought.find((one) => one.status === "rejected")?.reason),
    /cannot bring [67]0 B .* other queries use [67]0 B/,
  );
  folder.remove();
});

test("two at once fetch into the same place", async () => {
  const folder = makeFolder();
  const { asked, wanted } = storeOf();
  const two = [openCache(folder.path, 1000), openCache(folder.path, 1000)];
  const brought = await Promise.all(two.map((one) => one.bring([wanted("a", 5), wanted("b", 5)])));
  assert.deepEqual(brought[0]?.paths, brought[1]?.paths);
  for (const { paths, release } of brought) {
    assert.equal(readFileSync(paths[0] as string, "utf8"), "xxxxx");
    release();
  }
  assert.deepEqual(readdirSync(join(folder.path, "leases")), []);
  assert.ok(asked.length >= 2);
  folder.remove();
});

test("what is made of files is made once", async () => {
  const folder = makeFolder();
  const cache = openCache(folder.path, 1000);
  let made = 0;
  const make = async (file: string) => {
    made++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(file, "made");
  };
  const [a, b] = await Promise.all([1, 2].map(() => cache.made("these", "x.parquet", make)));
  assert.deepEqual(a?.paths, b?.paths);
  assert.equal(made, 1);
  for (const one of [a, b]) one?.release();
  folder.remove();
});

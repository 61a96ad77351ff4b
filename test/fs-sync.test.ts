import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { compareKeys, pairs } from "../src/storage/order.ts";
import { makePace, readAhead } from "../src/storage/parallel.ts";
import { makeFolder, mayfly } from "./support/cli.ts";
import { needs } from "./support/needs.ts";
import { makeRandom } from "./support/random.ts";

/** `mayfly fs sync` on folders, and what it is made of. */
const FILES = {
  "from/a": "1",
  "from/a-b": "22",
  "from/a/": "",
  "from/deep/er/c": "333",
  "from/é 🙂": "4",
  ".mayfly/s3/data/old/x": "",
};
type World = { folder: string; sync: (...args: string[]) => ReturnType<typeof mayfly> };

async function inFolder(work: (world: World) => Promise<void>) {
  const { "from/a/": _, ...files } = FILES;
  const folder = makeFolder(files);
  try {
    await work({
      folder: folder.path,
      sync: (...args) =>
        mayfly(["fs", "sync", ...args], folder.path, {
          XDG_STATE_HOME: join(folder.path, "state"),
        }),
    });
  } finally {
    folder.remove();
  }
}

const counts = (said: { out: string; err: string }) => {
  assert.notEqual(said.out, "", said.err);
  const { files, same, removed, failed } = JSON.parse(said.out) as Record<string, unknown>;
  return [files, same, removed, (failed as unknown[]).length];
};

test("what differs is copied, what is the same is not, and what is too much goes when asked", () =>
  inFolder(async ({ folder, sync }) => {
    const way = ["from", "s3://data/to", "--json"];
    assert.deepEqual(counts(await sync(...way)), [4, 0, 0, 0]);
    assert.deepEqual(counts(await sync(...way)), [0, 4, 0, 0]);
    const to = join(folder, ".mayfly/s3/data/to");
    writeFileSync(join(folder, "from/a"), "longer");
    const later = Date.now() / 1000 + 5;
    utimesSync(join(folder, "from/a-b"), later, later);
    writeFileSync(join(to, "extra.tmp"), "");
    writeFileSync(join(to, "extra"), "");
    assert.deepEqual(counts(await sync(...way)), [2, 2, 0, 0]);
    assert.equal(readFileSync(join(to, "a"), "utf8"), "longer");
    assert.deepEqual(
      counts(await sync(...way, "--delete", "--exclude", "*.tmp", "--size-only")),
      [0, 4, 1, 0],
    );
    assert.deepEqual(readdirSync(to).sort(), ["a", "a-b", "deep", "extra.tmp", "é 🙂"]);
    // And back, to where nothing is yet.
    assert.deepEqual(counts(await sync("s3://data/to/", "back", "--json")), [5, 0, 0, 0]);
    assert.deepEqual(
      counts(await sync("s3://data/to/", "back", "--json", "--delete")),
      [0, 5, 0, 0],
    );
  }));

test("the same length and an older source: only --checksum sees it", () =>
  inFolder(async ({ folder, sync }) => {
    await sync("from", "to");
    writeFileSync(join(folder, "from/a"), "2");
    utimesSync(join(folder, "from/a"), 1, 1);
    assert.deepEqual(counts(await sync("from", "to", "--json")), [0, 4, 0, 0]);
    assert.match(
      (await sync("from", "to", "--checksum", "--dry-run")).out,
      /^from\/a → to\/a {2}1 B\n$/,
    );
    assert.deepEqual(counts(await sync("from", "to", "--json", "--checksum")), [1, 3, 0, 0]);
    assert.equal(readFileSync(join(folder, "to/a"), "utf8"), "2");
  }));

test("nothing is removed while something has not arrived, or where there is no source", () =>
  inFolder(async ({ folder, sync }) => {
    mkdirSync(join(folder, "to/a"), { recursive: true });
    writeFileSync(join(folder, "to/extra"), "");
    const said = await sync("from", "to", "--delete", "--json");
    assert.equal(said.code, 1);
    assert.deepEqual(counts(said), [3, 0, 0, 1]);
    assert.equal((await sync("form", "to", "--delete")).code, 2);
    assert.ok(existsSync(join(folder, "to/extra")));
  }));

test("folders of which one lies in the other are refused, also behind another name", () =>
  inFolder(async ({ folder, sync }) => {
    for (const [from = "", to = ""] of [
      ["from", "from"],
      ["from", "from/deep"],
      ["from/deep", "./from/"],
      ["s3://data/old", "s3://data"],
      [".mayfly/s3/data", "s3://data/x"],
      [".", "s3://data/all"],
    ]) {
      const said = await sync(from, to, "--delete");
      assert.deepEqual(
        [said.code, /lies in/.test(said.err)],
        [2, true],
        `${from} ${to}: ${said.err}`,
      );
    }
    assert.ok(existsSync(join(folder, "from/deep/er/c")));
  }));

test("a file that cannot be read is told, and the others go", needs("setpriv"), () =>
  inFolder(async ({ folder }) => {
    chmodSync(join(folder, "from/a"), 0);
    // Root reads everything, unless it has given that up.
    const caps = "-dac_override,-dac_read_search";
    const bin = resolve(import.meta.dirname, "../src/cli/bin.ts");
    const mayfly = [process.execPath, "--no-warnings", bin, "fs", "sync", "from", "to", "--json"];
    const without = [`--inh-caps=${caps}`, `--bounding-set=${caps}`];
    const said = spawnSync("setpriv", [...without, ...mayfly], { cwd: folder, encoding: "utf8" });
    assert.equal(said.status, 1, said.stderr);
    assert.deepEqual(counts({ out: said.stdout, err: said.stderr }), [3, 0, 0, 1]);
  }),
);

const random = makeRandom(7);
const CHARS = ["a", "b", "-", "/", ".", "é", "\uffee", "🙂", "z"];
const name = () =>
  Array.from({ length: 1 + random() * 5 }, () => CHARS[Math.floor(random() * CHARS.length)]).join(
    "",
  );

test("keys are in the order of their bytes", () => {
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [name(), name()];
    const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
    assert.equal(Math.sign(compareKeys(a, b)), bytes, `${a} ${b}`);
  }
});

test("two listings in order are paired as two sets would be", async () => {
  const sorted = (names: Set<string>) => [...names].sort(compareKeys).map((one) => ({ name: one }));
  const each = async function* (items: { name: string }[]) {
    yield* items;
  };
  for (let i = 0; i < 50; i++) {
    const left = new Set(Array.from({ length: random() * 40 }, name));
    const right = new Set(Array.from({ length: random() * 40 }, name));
    const found: string[] = [];
    for await (const pair of pairs(each(sorted(left)), each(sorted(right))))
      found.push(
        `${pair.left ? "l" : ""}${pair.right ? "r" : ""}:${(pair.left ?? pair.right)?.name}`,
      );
    const wanted = sorted(new Set([...left, ...right])).map(
      (one) => `${left.has(one.name) ? "l" : ""}${right.has(one.name) ? "r" : ""}:${one.name}`,
    );
    assert.deepEqual(found, wanted);
  }
});

test("who reads ahead stops at the bound, hears of the end, and passes on what fails", async () => {
  let asked = 0;
  const numbers = async function* (fails: boolean) {
    for (asked = 0; asked < 100; asked++) yield asked;
    if (fails) throw new Error("broken");
  };
  const seen: (number | undefined)[] = [];
  const ahead = readAhead(numbers(false), 10, (item) => seen.push(item));
  assert.equal((await ahead.next()).value, 0);
  await new Promise((done) => setTimeout(done, 5));
  assert.ok(asked < 20, String(asked));
  let count = 1;
  for await (const _ of ahead) count++;
  assert.deepEqual([count, seen.length, seen.at(-1)], [100, 101, undefined]);
  await assert.rejects(async () => {
    for await (const _ of readAhead(numbers(true), 10, () => {})) count++;
  }, /broken/);
});

test("a limit of bytes holds on the whole", async () => {
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const pace = makePace(1_000_000, undefined, clock);
  for (let i = 0; i < 160; i++) await pace(65_536);
  assert.ok(Math.abs(now - 10_486) < 25, String(now));
});

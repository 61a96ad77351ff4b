import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { copy } from "../src/storage/move/copy.ts";
import { openStores } from "../src/storage/open.ts";
import { openPartial } from "../src/storage/partial.ts";
import { makeFolder, mayfly } from "./support/cli.ts";

/** What lies about on a disk and is no plain file, or changes while it is looked at. */
async function inFolder(
  work: (folder: string, fs: (...args: string[]) => ReturnType<typeof mayfly>) => Promise<void>,
) {
  const folder = makeFolder({ "from/a": "1", ".mayfly/s3/data/x": "" });
  try {
    await work(folder.path, (...args) => mayfly(["fs", ...args], folder.path));
  } finally {
    folder.remove();
  }
}

test("linked folders and pipes are left out, which is said; what lies there at the target stays", () =>
  inFolder(async (folder, fs) => {
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync("../elsewhere", join(folder, "from/linked"));
    symlinkSync("nowhere", join(folder, "from/dangling"));
    spawnSync("mkfifo", [join(folder, "from/pipe")]);
    const said = await fs("cp", "-r", "from", "s3://data/to");
    assert.match(
      said.err,
      /^left out from\/dangling.*\nleft out from\/linked.*\nleft out from\/pipe.*\ncopied 1 file,/,
    );
    mkdirSync(join(folder, ".mayfly/s3/data/to/linked"), { recursive: true });
    writeFileSync(join(folder, ".mayfly/s3/data/to/linked/y"), "");
    writeFileSync(join(folder, ".mayfly/s3/data/to/extra"), "");
    const synced = await fs("sync", "from", "s3://data/to", "--delete", "--json");
    assert.partialDeepStrictEqual(JSON.parse(synced.out), { removed: 1, same: 1 });
    assert.ok(existsSync(join(folder, ".mayfly/s3/data/to/linked/y")));
    for (const verb of ["stat", "cat", "head"]) {
      const refused = await fs(verb, "from/pipe");
      assert.deepEqual([refused.code, /it is a pipe/.test(refused.err)], [2, true], refused.err);
    }
  }));

test("a name that is not UTF-8 ends a copy, and is not passed over", () =>
  inFolder(async (folder, fs) => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/from/`), Buffer.from([0xe9])]), "");
    const said = await fs("cp", "-r", "from", "to");
    assert.deepEqual([said.code, /this name is not UTF-8/.test(said.err)], [2, true], said.err);
    writeFileSync(join(folder, "from/\ufffd"), "its own name");
  }));

test("what is called .. is no bucket", () =>
  inFolder(async (folder, fs) => {
    for (const args of [
      ["cp", "from/a", "s3://../x"],
      ["rm", "-r", "s3://.."],
      ["ls", "s3://./"],
    ]) {
      const said = await fs(...args);
      assert.deepEqual([said.code, /leaves its folder/.test(said.err)], [2, true], said.err);
    }
    assert.ok(!existsSync(join(folder, ".mayfly/x")));
  }));

test("the longest name that a disk takes can be copied, in any script", () =>
  inFolder(async (folder, fs) => {
    for (const name of ["n".repeat(255), "漢".repeat(85), "🙂".repeat(63)]) {
      writeFileSync(join(folder, "from", name), "x");
      const said = await fs("cp", `from/${name}`, "to/");
      assert.equal(said.code, 0, said.err);
    }
    assert.equal(readdirSync(join(folder, "to")).length, 3);
  }));

test("a half-fetched file that is a link is not written through, and two do not share one", () => {
  const folder = makeFolder({ precious: "keep" });
  const target = join(folder.path, "big");
  const first = openPartial(target, "version");
  const second = openPartial(target, "version");
  first.came(0, 4);
  second.leave(true);
  first.leave(true);
  const part = readdirSync(folder.path).find((name) => name.endsWith(".part.mayfly")) ?? "";
  assert.deepEqual(readdirSync(folder.path).length, 3, "the second one had one of its own");
  const third = openPartial(target, "version");
  assert.equal(third.reached(0), 4, "what the first one has brought is taken up");
  third.leave(true);
  spawnSync("ln", ["-sf", "precious", join(folder.path, part)]);
  const again = openPartial(target, "version");
  assert.equal(again.reached(0), 0);
  again.leave(false);
  assert.equal(readFileSync(join(folder.path, "precious"), "utf8"), "keep");
  assert.deepEqual(readdirSync(folder.path), ["precious"]);
  folder.remove();
});

test("what is written to a file while it is moved is not lost", () =>
  inFolder(async (folder) => {
    const roots = { s3: join(folder, ".mayfly/s3"), hdfs: folder, mounts: {} };
    const stores = openStores({ roots, cwd: folder, liveS3: false });
    const request = {
      from: ["from/a"],
      to: "s3://data/a",
      recursive: false,
      filter: { rules: [] },
    };
    const { failed } = await copy({ ...request, move: true }, stores, {
      done: () => appendFileSync(join(folder, "from/a"), "more"),
    });
    assert.match(failed[0]?.reason ?? "", /changed while it was copied, and stays/);
    assert.equal(readFileSync(join(folder, "from/a"), "utf8"), "1more");
    await stores.close();
  }));

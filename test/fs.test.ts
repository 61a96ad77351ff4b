import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder, mayfly } from "./support/cli.ts";

/** `mayfly fs` on folders: the person's own, and those that stand for buckets and for HDFS. */
const FILES = {
  ".mayfly/s3/data/in/a.csv": "id\n1\n",
  ".mayfly/s3/data/in/b/c.csv": "id\n2\n3\n",
  ".mayfly/s3/data/in/b/d.tmp": "x",
  ".mayfly/hdfs/user/me/é +%'.txt": "text\n",
  "here/one.txt": "1",
  "here/two.txt": "22",
};

async function inFolder(
  work: (folder: string, fs: (...args: string[]) => ReturnType<typeof mayfly>) => Promise<void>,
) {
  const folder = makeFolder(FILES);
  try {
    await work(folder.path, (...args) =>
      mayfly(["fs", ...args], folder.path, { AWS_ENDPOINT_URL: "" }),
    );
  } finally {
    folder.remove();
  }
}

const lines = (text: string) => text.split("\n").filter(Boolean);
const uris = (text: string) => lines(text).map((line) => (JSON.parse(line) as { uri: string }).uri);

test("fs ls: folders, files, patterns, buckets", () =>
  inFolder(async (_, fs) => {
    assert.deepEqual(uris((await fs("ls", "s3://data/in", "--json")).out), [
      "s3://data/in/a.csv",
      "s3://data/in/b/",
    ]);
    assert.deepEqual(uris((await fs("ls", "-r", "s3://data/", "--json")).out), [
      "s3://data/in/a.csv",
      "s3://data/in/b/c.csv",
      "s3://data/in/b/d.tmp",
    ]);
    assert.deepEqual(uris((await fs("ls", "s3://data/in/*/*.csv", "--json")).out), [
      "s3://data/in/b/c.csv",
    ]);
    assert.deepEqual(uris((await fs("ls", "here", "--json")).out), [
      "here/one.txt",
      "here/two.txt",
    ]);
    assert.match((await fs("ls", "s3://")).out, /^\S+ \S+ {2}data\n$/);
    assert.match((await fs("ls", "hdfs:///user/me")).out, / 5 {2}é \+%'\.txt\n$/);
    assert.equal((await fs("ls", "s3://data/in/x*")).out, "");
  }));

test("fs find, du, stat, cat and head", () =>
  inFolder(async (_, fs) => {
    assert.deepEqual(
      lines((await fs("find", "s3://data/", "--exclude", "*", "--include", "*.csv")).out),
      ["s3://data/in/a.csv", "s3://data/in/b/c.csv"],
    );
    assert.deepEqual(JSON.parse((await fs("du", "s3://data/", "here", "--json")).out), [
      { uri: "s3://data/", files: 3, bytes: 13 },
      { uri: "here", files: 2, bytes: 3 },
    ]);
    const stat = JSON.parse((await fs("stat", "s3://data/in/a.csv", "--json")).out) as object;
    assert.partialDeepStrictEqual(stat, { uri: "s3://data/in/a.csv", kind: "file", bytes: 5 });
    assert.equal(
      (await fs("cat", "s3://data/in/a.csv", "s3://data/in/b/c.csv")).out,
      "id\n1\nid\n2\n3\n",
    );
    assert.equal((await fs("head", "-n", "2", "s3://data/in/b/c.csv")).out, "id\n2\n");
    assert.equal((await fs("head", "here/two.txt")).out, "22");
  }));

test("fs cp: a file into a folder or under a name, what a folder holds, what a pattern fits", () =>
  inFolder(async (folder, fs) => {
    const copied = await fs("cp", "here/one.txt", "hdfs:///new/");
    assert.match(copied.err, /^copied 1 file, 1 B in /);
    assert.equal(readFileSync(join(folder, ".mayfly/hdfs/new/one.txt"), "utf8"), "1");
    await fs("cp", "here/one.txt", "s3://data/renamed");
    assert.equal((await fs("cat", "s3://data/renamed")).out, "1");
    await fs("cp", "here/one.txt", "here/two.txt", "s3://data/both");
    assert.deepEqual(readdirSync(join(folder, ".mayfly/s3/data/both")), ["one.txt", "two.txt"]);
    assert.equal((await fs("cp", "-r", "s3://data/in", "out", "--exclude", "*.tmp")).code, 0);
    assert.deepEqual(readdirSync(join(folder, "out"), { recursive: true }).sort(), [
      "a.csv",
      "b",
      "b/c.csv",
    ]);
    await fs("cp", "s3://data/in/*.csv", "some/");
    assert.deepEqual(readdirSync(join(folder, "some")), ["a.csv"]);
    const dry = await fs("cp", "-r", "here", "s3://data/dry", "--dry-run");
    assert.equal(
      dry.out,
      "here/one.txt → s3://data/dry/one.txt  1 B\nhere/two.txt → s3://data/dry/two.txt  2 B\n",
    );
    assert.ok(!existsSync(join(folder, ".mayfly/s3/data/dry")));
  }));

test("fs mv removes what has arrived; fs rm removes files, and folders when told so", () =>
  inFolder(async (folder, fs) => {
    assert.match((await fs("mv", "-r", "here", "s3://data/there")).err, /^moved 2 files/);
    assert.deepEqual(readdirSync(join(folder, "here")), []);
    assert.deepEqual(readdirSync(join(folder, ".mayfly/s3/data/there")), ["one.txt", "two.txt"]);
    const dry = await fs("rm", "-r", "s3://data/in", "--dry-run");
    assert.equal(lines(dry.out).length, 3);
    assert.equal((await fs("rm", "s3://data/in")).code, 2);
    assert.match(
      (await fs("rm", "-r", "s3://data/in", "--exclude", "*.csv")).err,
      /removed 1 file/,
    );
    assert.ok(existsSync(join(folder, ".mayfly/s3/data/in/a.csv")));
    await fs("rm", "-r", "s3://data/in");
    assert.ok(!existsSync(join(folder, ".mayfly/s3/data/in")));
    assert.match((await fs("rm", "s3://data/there/*.txt")).err, /removed 2 files/);
  }));

test("fs chmod: a file, a folder with what is below it, links left alone; fs stat says it", () =>
  inFolder(async (folder, fs) => {
    const modeOf = (path: string) => (statSync(join(folder, path)).mode & 0o7777).toString(8);
    symlinkSync(join(folder, "here/two.txt"), join(folder, ".mayfly/hdfs/user/link"));
    symlinkSync("/etc", join(folder, ".mayfly/hdfs/user/etc"));
    assert.equal(
      (await fs("chmod", "600", "here/one.txt", "here/two.txt")).err,
      "changed 2 modes\n",
    );
    assert.deepEqual([modeOf("here/one.txt"), modeOf("here/two.txt")], ["600", "600"]);
    const below = await fs("chmod", "-r", "u=rwX,go=", "hdfs:///user");
    assert.equal(below.err, "changed 3 modes\n");
    assert.equal(modeOf(".mayfly/hdfs/user/me"), "700");
    assert.equal(modeOf(".mayfly/hdfs/user/me/é +%'.txt"), "600");
    const stat = JSON.parse((await fs("stat", "hdfs:///user/me", "--json")).out) as object;
    assert.partialDeepStrictEqual(stat, { mode: "700" });
    for (const args of [
      ["644", "here/one.txt", "s3://data/in/a.csv"],
      ["644", "here/one.txt", "here/none"],
      ["888", "here/one.txt"],
      ["777", "hdfs:///user/etc"],
    ])
      assert.equal((await fs("chmod", ...args)).code, 2, args.join(" "));
    assert.equal(modeOf("here/one.txt"), "600", "one that cannot be, and nothing is touched");
    assert.equal(modeOf("here/two.txt"), "600");
  }));

test("fs mkdir, mb and rb", () =>
  inFolder(async (folder, fs) => {
    assert.equal((await fs("mb", "s3://new-one")).code, 0);
    assert.equal((await fs("mkdir", "s3://new-one/a/b", "hdfs:///c")).code, 0);
    assert.ok(
      existsSync(join(folder, ".mayfly/s3/new-one/a/b")) &&
        existsSync(join(folder, ".mayfly/hdfs/c")),
    );
    assert.match((await fs("rb", "s3://data")).err, /not empty/);
    assert.equal((await fs("rb", "s3://data", "--force")).code, 0);
    assert.ok(!existsSync(join(folder, ".mayfly/s3/data")));
    for (const name of [
      "s3://A",
      "s3://ab",
      "s3://1.2.3.4",
      "s3://a..b",
      "hdfs:///x",
      "s3://abc/x",
    ])
      assert.equal((await fs("mb", name)).code, 2, name);
  }));

test("nothing leaves its folder, and nobody removes the folder they stand in", () =>
  inFolder(async (folder, fs) => {
    symlinkSync("/etc", join(folder, ".mayfly/s3/data/link"));
    symlinkSync(folder, join(folder, "here/loop"));
    mkdirSync(join(folder, "gone/deep"), { recursive: true });
    symlinkSync(join(folder, "here"), join(folder, "gone/deep/link"));
    assert.equal((await fs("rm", "-r", "gone")).code, 0);
    assert.ok(!existsSync(join(folder, "gone")) && existsSync(join(folder, "here/one.txt")));
    assert.match((await fs("cp", "-r", ".", "s3://data/all")).err, /copied 6 files/);
    await fs("rm", "-r", "s3://data/all");
    mkdirSync(join(folder, "precious"));
    writeFileSync(join(folder, "precious/file"), "");
    for (const args of [
      ["cat", "s3://data/../../../precious/file"],
      ["cat", "s3://data/link/passwd"],
      ["cp", "here/one.txt", "s3://data/../../../precious/file2"],
      ["cp", "here/one.txt", "s3://data/link/x"],
      ["rm", "-r", "."],
      ["rm", "-r", "/"],
      ["rm", "-r", "s3://data/../../../precious"],
      ["cp", "-r", "here", "here/below"],
      ["cp", "here/one.txt", "here/one.txt"],
      ["mv", "-r", "here", "here"],
    ]) {
      const said = await fs(...args);
      assert.equal(said.code, 2, `${args.join(" ")}: ${said.err}`);
    }
    assert.deepEqual(readdirSync(join(folder, "precious")), ["file"]);
    assert.deepEqual(uris((await fs("ls", "-r", "here", "--json")).out), [
      "here/one.txt",
      "here/two.txt",
    ]);
    await fs("rm", "s3://data/link");
    assert.ok(existsSync("/etc/passwd"));
  }));

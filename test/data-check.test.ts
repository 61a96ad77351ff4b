import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { checkData } from "../src/engine/data/check/check.ts";
import { type Report, reportOf } from "../src/engine/data/report/report.ts";
import { folderStore } from "../src/storage/folder-store.ts";
import type { Stores } from "../src/storage/open.ts";
import type { Store } from "../src/storage/store.ts";
import { makeFolder, mayfly } from "./support/cli.ts";
import { avroFile, orcFile, parquetFile } from "./support/formats.ts";

/** `mayfly data check` on whole prefixes: what is said of which file, and with which exit code. */
async function check(
  files: Record<string, string | Buffer>,
  uri = "in",
  ...args: string[]
): Promise<Report & { code: number }> {
  const folder = makeFolder(files);
  try {
    const said = await mayfly(["data", "check", uri, "--json", ...args], folder.path);
    return { ...(JSON.parse(said.out) as Report), code: said.code };
  } finally {
    folder.remove();
  }
}

const differing = ({ differ }: Report) =>
  differ.map(({ uri, problems }) => [uri, ...problems.map((one) => one.text)].join(" | "));

test("CSV: columns, order, delimiter, header, encoding, types", async () => {
  const report = await check({
    "in/0.csv": "a,b,c\n1,x,2.5\n",
    "in/1.csv": "a,b,c\n1,y,2\n3000000000,z,3\n",
    "in/2.csv": "c,a\n2,1\n",
    "in/3.csv": "a,b,c,d\n1,x,2,3\n",
    "in/4.csv": "b,a,c\nx,1,2\n",
    "in/5.csv": "a;b;c\n1;x;2\n",
    "in/6.csv": "1,x,2\n",
    "in/7.csv": Buffer.from("a,b,c\n1,é,2\n", "latin1"),
    "in/8.csv": "a,b,c\n1,é,2\n",
    "in/9.csv": "a,b,c\none,x,2\n",
    "in/A.csv": "A,b,c\n1,x,2\n",
    "in/B.csv": "",
    "in/_SUCCESS": "",
    "in/.B.csv.crc": "x",
  });
  assert.equal(report.code, 1);
  assert.deepEqual(differing(report), [
    "in/2.csv | no column b | its columns stand in other places: c,a",
    "in/3.csv | a column d more",
    "in/4.csv | its columns stand in other places: b,a,c",
    'in/5.csv | its delimiter is ";", not ","',
    "in/6.csv | it has no header",
    "in/7.csv | it is written in ISO-8859-1, not UTF-8",
    "in/9.csv | a is string, not bigint",
    "in/A.csv | column a is called A",
  ]);
  assert.deepEqual(report.empty, ["in/B.csv"]);
  assert.deepEqual([report.files.found, report.files.hidden, report.groups[0]?.files], [12, 2, 3]);
  assert.match(report.spark.join("\n"), /wrong columns, without an error/);
});

test("what is no difference: wider numbers, packing, words that could be numbers, one file", async () => {
  const report = await check({
    "in/1.csv": "id,name\n1,ann\n",
    "in/2.csv": "id,name\n1.5,12\n",
    "in/3.csv.gz": gzipSync("id,name\n,bob\n"),
    "in/4.csv": "id,name\n",
    "in/5.csv": "",
  });
  assert.deepEqual([report.code, report.agree, report.differ], [0, true, []]);
  assert.deepEqual(report.groups[0]?.columns, [
    { name: "id", type: "double" },
    { name: "name", type: "string" },
  ]);
  assert.match(report.instead.text, /a plain read will do/);
  const rows = await check({ "in/1.csv": "ann,rome\n", "in/2.csv": "bob,oslo\n" });
  assert.deepEqual([rows.agree, rows.groups[0]?.header], [true, false]);
  assert.equal((await check({ "one.csv": "a\n1\n" }, "one.csv")).code, 0);
});

test("JSON: a field that some rows leave out is missed nowhere", async () => {
  const report = await check({
    "in/1.json": '{"a":1,"b":"x"}\n{"a":2}\n',
    "in/2.json": '{"a":1}\n',
    "in/3.json": '{"a":"q"}\n',
    "in/4.json": '{"c":true}\n',
    "in/5.json": '[\n{"a":1}\n]\n',
    "in/6.json": '{"a":1}\nno json\n',
  });
  assert.deepEqual(differing(report), [
    "in/3.json | a is string, not bigint",
    "in/4.json | no column a | a column c more",
    "in/5.json | it is one document, not lines",
    "in/6.json | a line is no JSON object: no json",
  ]);
});

test("Parquet, ORC and Avro: by name, not by place; what is no such file", async () => {
  for (const [ending, make] of [
    ["parquet", parquetFile],
    ["orc", orcFile],
    ["avro", (columns: [string, string][]) => avroFile(record(columns))],
  ] as const) {
    const report = await check({
      [`in/1.${ending}`]: make([
        ["a", "int"],
        ["b", "string"],
      ]),
      [`in/2.${ending}`]: make([
        ["b", "string"],
        ["a", "int"],
      ]),
      [`in/3.${ending}`]: make([["b", "string"]]),
      [`in/4.${ending}`]: make([
        ["a", "bigint"],
        ["b", "string"],
      ]),
      "in/5.csv": "a,b\n1,x\n",
    });
    assert.deepEqual(differing(report), [
      `in/3.${ending} | no column a`,
      `in/4.${ending} | a is bigint, not int`,
      `in/5.csv | it is csv, the others are ${ending}`,
    ]);
    assert.equal(report.groups[0]?.files, 2);
  }
});

const AVRO: Record<string, string> = { bigint: "long" };
const record = (columns: [string, string][]) => ({
  type: "record",
  name: "row",
  fields: columns.map(([name, type]) => ({ name, type: AVRO[type] ?? type })),
});

test("partitions, folders that Spark does not see, patterns", async () => {
  const parts = await check({ "in/k=1/1.csv": "a\n1\n", "in/j=1/1.csv": "a\n1\n" });
  assert.deepEqual(differing(parts), ["in/k=1/1.csv | its partition folders are k=, not j="]);
  const beside = await check({
    "in/k=1/1.csv": "a\n1\n",
    "in/k=2/1.csv": "a\n1\n",
    "in/0.csv": "a\n1\n",
  });
  assert.match(differing(beside).join(), /^in\/0\.csv \| Spark leaves it out/);
  assert.deepEqual(beside.groups[0]?.partitions, ["k"]);
  const below = await check({ "in/x/1.csv": "a\n1\n", "in/y/1.csv": "a\n1\n" });
  assert.deepEqual([below.code, below.agree], [0, true]);
  assert.match(below.spark.join(), /recursiveFileLookup/);
  const files = {
    "in/2024-01/1.csv": "a\n1\n",
    "in/2024-02/1.csv": "a\n1\n",
    "in/2023/1.csv": "b\n1\n",
  };
  assert.deepEqual((await check(files, "in/2024-*")).files.found, 2);
  assert.equal((await check(files, "in/*/*.csv")).code, 1);
  const odd = await check(
    { "in/_day=1/1.csv": "a\n1\n", "in/é\n'\".csv": "a\n1\n" },
    "in",
    "--files",
    "1",
  );
  assert.deepEqual([odd.files.found, odd.files.looked], [2, 1]);
});

test("what cannot be looked into is said to be, and counts as no agreement", async () => {
  const report = await check({ "in/1.csv": "a\n1\n", "in/2.csv.bz2": "BZh9…" });
  assert.deepEqual([report.code, report.differ.length], [1, 0]);
  assert.match(report.unread[0]?.problems[0]?.text ?? "", /bzip2 is not looked into/);
});

test("a file that goes, or may not be read, is named; the others go on", async () => {
  const folder = makeFolder({ "in/1.csv": "a\n1\n", "in/2.csv": "a\n2\n", "in/3.csv": "a\n3\n" });
  const real = folderStore(folder.path, "");
  const store: Store = {
    ...real,
    read(path, range) {
      if (path.endsWith("1.csv")) rmSync(join(folder.path, path));
      if (path.endsWith("2.csv")) throw Object.assign(new Error("no"), { code: "EACCES" });
      return real.read(path, range);
    },
  };
  const wish = { roots: { s3: "", hdfs: "", mounts: {} }, cwd: folder.path, liveS3: false };
  const stores = { wish, at: (path: string) => Promise.resolve({ store, path }) };
  const report = reportOf(await checkData("in", 10, stores as unknown as Stores));
  assert.deepEqual(
    report.unread.map(({ uri, problems }) => `${uri} ${problems[0]?.text.slice(0, 22)}`),
    ["in/1.csv it is gone since it wa", "in/2.csv it cannot be read: can"],
  );
  assert.equal(report.groups[0]?.files, 1);
  chmodSync(folder.path, 0o700);
  folder.remove();
});

test("--fix writes beside the person, once, and never over a file of theirs", async () => {
  const folder = makeFolder({ "my data/1.csv": "a,b\n1,2\n", "my data/2.csv": "b;a\n1;2\n" });
  const args = ["data", "check", "my data", "--fix"];
  const first = await mayfly(args, folder.path);
  assert.match(first.out, /Written: read_my_data\.py/);
  const text = readFileSync(join(folder.path, "read_my_data.py"), "utf8");
  assert.match(text, /part1\.unionByName\(part2, allowMissingColumns=True\)/);
  assert.match(text, /\.schema\("b bigint, a bigint"\)/);
  const second = await mayfly(args, folder.path);
  assert.deepEqual([second.code, /there already/.test(second.err)], [2, true]);
  assert.equal((await mayfly([...args, "--force", "--out", "x.py"], folder.path)).code, 1);
  assert.ok(existsSync(join(folder.path, "x.py")));
  const some = await mayfly([...args, "--out", "y.py", "--files", "1"], folder.path);
  assert.ok(some.code < 2 && existsSync(join(folder.path, "y.py")), "all that was seen agrees");
  folder.remove();
  const part = makeFolder({
    "in/1.csv": "a,b\n1,2\n",
    "in/2.csv": "b,a\n1,2\n",
    "in/3.csv": "b\n",
  });
  const refused = await mayfly(["data", "check", "in", "--fix", "--files", "2"], part.path);
  assert.deepEqual([refused.code, /look at all: --files 3/.test(refused.err)], [2, true]);
  part.remove();
});

test("columns that some files lack need one read, with all of them", async () => {
  const folder = makeFolder({
    "in/day=1/1.parquet": parquetFile([["a", "int"]]),
    "in/day=2/2.parquet": parquetFile([
      ["a", "int"],
      ["b", "string"],
    ]),
  });
  assert.equal((await mayfly(["data", "check", "in", "--fix"], folder.path)).code, 1);
  const text = readFileSync(join(folder.path, "read_in.py"), "utf8");
  assert.match(text, /\.schema\("a int, b string"\)\n.*basePath.*\n +\.parquet\("in"\)/);
  assert.doesNotMatch(text, /part2/);
  folder.remove();
});

test("a prefix with nothing in it, and a long list of what is odd", async () => {
  const empty = makeFolder({ "in/_SUCCESS": "" });
  const said = await mayfly(["data", "check", "in"], empty.path);
  assert.deepEqual([said.code, said.out], [2, ""]);
  assert.match(said.err, /only files whose names begin with _ or \./);
  empty.remove();
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`in/${i}.csv`, i < 31 ? "a,b\n1,2\n" : "b,a\n1,2\n"]),
  );
  const folder = makeFolder(many);
  const text = (await mayfly(["data", "check", "in"], folder.path)).out;
  assert.match(text, /^ {2}and 9 more; --json names all$/m);
  folder.remove();
});

test("a job's declared inputs are looked at before any of it runs", async () => {
  const folder = makeFolder({
    "mayfly.yaml":
      "jobs:\n  good: { inputs: { table: in }, steps: [{ command: [echo, hello] }] }\n  none: { inputs: { table: inn }, steps: [{ command: [echo, hello] }] }\n",
    "in/1.csv": "a,b\n1,2\n",
    "in/2.csv": "b\n1\n",
  });
  const env = { XDG_STATE_HOME: join(folder.path, "state") };
  const good = await mayfly(["run", "good", "--json"], folder.path, env);
  assert.equal(good.code, 0);
  const events = good.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { code: string; text?: string });
  const note = events.findIndex(({ text }) => /input table: 1 file of "in"/.test(text ?? ""));
  assert.ok(note > 0 && note < events.findIndex(({ code }) => code === "step.started"));
  const none = await mayfly(["run", "none"], folder.path, env);
  assert.equal(none.code, 2);
  assert.match(none.err, /cannot run "none": its input table, "inn": it does not exist/);
  folder.remove();
});

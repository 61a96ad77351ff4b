import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { everySo, randomFrom, reservoir } from "../src/engine/data/sample/random.ts";
import type { Sampled } from "../src/engine/data/sample/sample.ts";
import { makeFolder, mayfly } from "./support/cli.ts";
import { avroFile, orcFile, parquetFile } from "./support/formats.ts";

/** `mayfly data sample`: what comes home, and what is left of it when something goes wrong. */
const table = (from: number, to: number) =>
  `id,word\n${Array.from({ length: to - from }, (_, i) => `${from + i},w${from + i}\n`).join("")}`;
const FILES = {
  "in/k=1/a.csv": table(0, 1000),
  "in/k=2/b.csv.gz": gzipSync(table(1000, 3000)),
  "in/k=2/c.csv.zst": zstdCompressSync(table(3000, 4000)),
  "in/_SUCCESS": "",
  "in/k=2/empty.csv": "",
};

async function inFolder(
  files: Record<string, string | Buffer>,
  work: (folder: string, sample: (...args: string[]) => Promise<Sampled>) => Promise<void>,
) {
  const folder = makeFolder(files);
  try {
    await work(folder.path, async (...args) => {
      const said = await mayfly(["data", "sample", ...args, "--json"], folder.path);
      return { ...JSON.parse(said.out), code: said.code } as Sampled;
    });
  } finally {
    folder.remove();
  }
}

const read = (folder: string, out: string) => {
  const at = (name: string) => readFileSync(join(folder, out, name));
  return [
    at("k=1/a.csv").toString(),
    gunzipSync(at("k=2/b.csv.gz")).toString(),
    zstdDecompressSync(at("k=2/c.csv.zst")).toString(),
  ];
};
const rowsIn = (text: string) => text.trimEnd().split("\n").slice(1);

test("rows come from all files as they are large, in order, below the same header and folders", () =>
  inFolder(FILES, async (folder, sample) => {
    const sampled = await sample("in", "out", "--rows", "400");
    assert.deepEqual([sampled.rows, sampled.files, sampled.leftOut], [400, 3, []]);
    const texts = read(folder, "out");
    const counts = texts.map((text) => rowsIn(text).length);
    for (const [i, about] of [100, 200, 100].entries())
      assert.ok(Math.abs((counts[i] ?? 0) - about) <= 1, `${counts}`);
    for (const text of texts) {
      assert.ok(text.startsWith("id,word\n"));
      const ids = rowsIn(text).map((row) => Number(row.split(",")[0]));
      assert.deepEqual(
        ids,
        [...ids].sort((a, b) => a - b),
      );
      assert.equal(new Set(ids).size, ids.length);
    }
    const ids = rowsIn(texts[1] ?? "").map((row) => Number.parseInt(row, 10));
    const mean = ids.reduce((a, b) => a + b, 0) / ids.length;
    assert.ok(mean > 1850 && mean < 2150, `from all over the file: ${mean}`);
    await sample("in", "again", "--rows", "400");
    assert.deepEqual(read(folder, "again"), texts);
    await sample("in", "other", "--rows", "400", "--seed", "2");
    assert.notDeepEqual(read(folder, "other"), texts);
    assert.equal((await sample("in", "all", "--rows", "9999")).rows, 4000);
    assert.equal(read(folder, "all")[1], table(1000, 3000));
  }));

test("a fraction, and so many bytes", () =>
  inFolder(FILES, async (folder, sample) => {
    const tenth = (await sample("in", "out", "--fraction", "10%")).rows ?? 0;
    assert.ok(Math.abs(tenth - 400) <= 2, `${tenth}`);
    const { bytes } = await sample("in/k=1", "some", "--bytes", "2KB");
    assert.ok(bytes > 1500 && bytes < 2500, `${bytes}`);
    assert.ok(existsSync(join(folder, "some/a.csv")));
  }));

test("a large file is read in pieces, and no row is cut", () =>
  inFolder({}, async (folder, sample) => {
    const line = (i: number) => `${i},${"x".repeat(90)},${i}\n`;
    let text = "id,filler,same\n";
    for (let i = 0; i < 450_000; i++) text += line(i);
    writeFileSync(join(folder, "big.csv"), text);
    const sampled = await sample("big.csv", "out", "--rows", "1000");
    assert.ok(sampled.read < 20e6, `${sampled.read} of ${text.length}`);
    const rows = rowsIn(readFileSync(join(folder, "out/big.csv"), "utf8"));
    assert.equal(rows.length, 1000);
    for (const row of rows) assert.match(row, /^(\d+),x{90},\1$/);
    assert.ok(
      rows.some((row) => Number.parseInt(row, 10) > 400_000),
      "also from its end",
    );
  }));

test("cells with line ends stay whole", () =>
  inFolder({ "in.csv": `a,b\n${'"one\ntwo",2\n'.repeat(50)}` }, async (folder, sample) => {
    await sample("in.csv", "out", "--rows", "3");
    assert.equal(
      readFileSync(join(folder, "out/in.csv"), "utf8"),
      `a,b\n${'"one\ntwo",2\n'.repeat(3)}`,
    );
  }));

test("Parquet and ORC come as whole files, as few as do; Avro in blocks", () =>
  inFolder(
    {
      "p/1.parquet": parquetFile([["a", "int"]], 10),
      "p/2.parquet": parquetFile([["a", "int"]], 100),
      "p/3.parquet": parquetFile([["a", "int"]], 50),
      "o/1.orc": orcFile([["a", "int"]], 5),
      "o/2.orc": orcFile([["a", "int"]], 5),
      "a/1.avro": avroFile(
        { type: "record", name: "r", fields: [{ name: "a", type: "long" }] },
        [10, 20, 30, 40],
      ),
    },
    async (folder, sample) => {
      const few = await sample("p", "p1", "--rows", "20");
      assert.deepEqual([few.rows, few.files], [50, 1]);
      assert.deepEqual(readdirSync(join(folder, "p1")), ["3.parquet"]);
      assert.equal((await sample("p", "p2", "--rows", "120")).rows, 150);
      assert.equal((await sample("o", "o1", "--fraction", "0.5")).files, 1);
      const avro = await sample("a", "a1", "--fraction", "0.5");
      assert.equal(avro.files, 1);
      const report = await mayfly(["data", "check", "a1", "--json"], folder);
      assert.equal(report.code, 0, report.out);
      const size = readFileSync(join(folder, "a1/1.avro")).length;
      assert.ok(size < readFileSync(join(folder, "a/1.avro")).length);
    },
  ));

test("what is no data is left out and named; a folder of the person stays theirs", () =>
  inFolder(
    {
      "in/1.csv": "a,b\n1,2\n",
      "in/2.csv": "<html></html>",
      "in/3.csv.gz": Buffer.concat([gzipSync("a,b\n1,2\n").subarray(0, 24)]),
      "mine/file": "x",
    },
    async (folder, sample) => {
      const sampled = (await sample("in", "out", "--rows", "5")) as Sampled & { code: number };
      assert.equal(sampled.code, 1);
      assert.deepEqual(
        sampled.leftOut.map(({ uri }) => uri),
        ["in/2.csv", "in/3.csv.gz"],
      );
      const refused = await mayfly(["data", "sample", "in", "mine", "--rows", "1"], folder);
      assert.deepEqual([refused.code, /not empty/.test(refused.err)], [2, true]);
      const around = await mayfly(["data", "sample", "in", ".", "--rows", "1", "--force"], folder);
      assert.deepEqual([around.code, /one lies in the other/.test(around.err)], [2, true]);
      const none = await mayfly(["data", "sample", "nothing", "new", "--rows", "1"], folder);
      assert.equal(none.code, 2);
      assert.deepEqual(readdirSync(folder).sort(), ["in", "mine", "out"]);
      assert.equal((await sample("in/1.csv", "mine", "--rows", "1", "--force")).rows, 1);
      assert.deepEqual(readdirSync(join(folder, "mine")), ["1.csv"]);
    },
  ));

test("an interrupted sample leaves nothing", () =>
  inFolder({ "in/1.csv": table(0, 500_000) }, async (folder) => {
    const running = mayfly(["data", "sample", "in", "out", "--fraction", "0.5"], folder);
    while (readdirSync(folder).length === 1) await sleep(1);
    process.emit("SIGINT");
    const said = await running;
    assert.deepEqual([said.code, readdirSync(folder)], [130, ["in"]], said.err);
  }));

test("draws that are the same for the same words, and fair", () => {
  assert.equal(randomFrom(1, "a")(), randomFrom(1, "a")());
  const random = randomFrom("x");
  const numbers = Array.from({ length: 10_000 }, random);
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02 && Math.max(...numbers) < 1, `${mean}`);
  const kept = reservoir(100, randomFrom("y"));
  for (let i = 0; i < 10_000; i++) kept.add(Buffer.from(String(i)));
  const ids = kept.kept().map(Number);
  assert.equal(ids.length, 100);
  assert.ok(Math.abs(ids.reduce((a, b) => a + b, 0) / 100 - 5000) < 1000);
  const keep = everySo(0.25, () => 0);
  assert.deepEqual(Array.from({ length: 8 }, keep), [
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
  ]);
});

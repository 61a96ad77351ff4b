import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { avroFile, orcFile, parquetFile, parquetFooter } from "../../../test/support/formats.ts";
import { makeRandom } from "../../../test/support/random.ts";
import { unpackChunks } from "./footer/orc-chunks.ts";
import { lookAt } from "./look.ts";
import { typeOfCell, widen } from "./text/infer.ts";
import { unsnappy, unsnappyFrames } from "./text/snappy.ts";
import { mergeTypes } from "./text/tree.ts";
import type { Bytes } from "./types.ts";

const bytesIn = (content: Buffer): Bytes & { cost: number } => ({
  size: content.length,
  cost: 0,
  read(start, end) {
    const part = content.subarray(start, end);
    this.cost += part.length;
    return Promise.resolve(part);
  },
});
const look = (name: string, content: string | Buffer) =>
  lookAt(bytesIn(Buffer.from(content)), name);
const columns = async (name: string, content: string | Buffer) =>
  (await look(name, content)).columns.map((column) => `${column.name} ${column.type}`).join(", ");
const problem = async (name: string, content: string | Buffer) =>
  (await look(name, content)).problems.map(({ kind, text }) => `${kind}: ${text}`).join("; ");

const AB: [string, string][] = [
  ["a", "int"],
  ["b", "string"],
];
const RECORD = {
  type: "record",
  name: "row",
  fields: [
    { name: "a", type: ["null", "int"] },
    { name: "b", type: "string" },
    { name: "when", type: { type: "long", logicalType: "timestamp-micros" } },
    { name: "kind", type: { type: "enum", name: "Kind", symbols: ["X"] } },
    { name: "other", type: "Kind" },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "many", type: { type: "array", items: { type: "map", values: "long" } } },
    { name: "either", type: ["int", "string"] },
  ],
};

test("footers and headers: columns with Spark's types, and rows", async () => {
  assert.equal(await columns("x.parquet", parquetFile(AB)), "a int, b string");
  assert.equal((await look("x.parquet", parquetFile(AB, 7))).rows, 7);
  for (const packed of [false, true]) {
    const orc = await look("x.orc", orcFile(AB, 9, packed));
    assert.deepEqual([orc.format, orc.rows], ["orc", 9]);
    assert.deepEqual(orc.columns, [
      { name: "a", type: "int" },
      { name: "b", type: "string" },
    ]);
  }
  assert.equal(
    await columns("x.avro", avroFile(RECORD)),
    "a int, b string, when timestamp, kind string, other string, price decimal(9,2), many array<map<string, bigint>>, either struct<member0: int, member1: string>",
  );
});

test("what is in a file counts, not what it is called", async () => {
  assert.equal(
    await problem("a.csv", parquetFile(AB)),
    "name: it is parquet, not the csv of its name",
  );
  assert.equal(await columns("a.csv", parquetFile(AB)), "a int, b string");
  assert.equal(
    await columns("no-name", avroFile(RECORD).subarray(0)).then((t) => t.slice(0, 5)),
    "a int",
  );
  assert.match(await problem("a.parquet", "a,b\n1,2\n"), /^name: it is csv, not the parquet/);
  assert.match(await problem("a.json", "a,b\n1,2\n"), /^name: it is csv, not the json/);
  assert.match(await problem("a.csv", '{"a":1}\n{"a":2}\n'), /^name: it is json, not the csv/);
  assert.match(
    await problem("a.csv", gzipSync("a,b\n1,2\n")),
    /^packed: it is packed with gzip, which/,
  );
  assert.match(
    await problem("a.csv.gz", "a,b\n1,2\n"),
    /^packed: it is not the gzip that its name/,
  );
  assert.match(await problem("a.csv", "<!DOCTYPE html><html>"), /^name: it is an HTML page/);
  assert.match(await problem("a.json", '<?xml version="1.0"?><Error/>'), /^name: it is XML/);
  assert.match(await problem("a.csv", "PK\x03\x04zip"), /^name: it is a zip file/);
  assert.match(
    await problem("a.csv", Buffer.from([1, 2, 3, 0, 0, 9, 255])),
    /^name: its bytes are no/,
  );
  assert.equal(await problem("a.csv", ""), "empty: it is empty");
});

test("files that are cut off, or lie about themselves", async () => {
  const whole = parquetFile(AB);
  assert.match(await problem("a.parquet", whole.subarray(0, 40)), /^cut: parquet: it does not end/);
  const lying = Buffer.from(whole);
  lying.writeUInt32LE(0xffffffff, lying.length - 8);
  assert.match(await problem("a.parquet", lying), /^damaged: .* 4294967295 bytes, but the whole/);
  lying.writeUInt32LE(9, lying.length - 8);
  assert.match(await problem("a.parquet", lying), /^damaged: parquet: its footer cannot be read/);
  assert.match(await problem("a.parquet", "PAR1PAR1"), /^damaged/);
  const orc = orcFile(AB);
  assert.match(await problem("a.orc", orc.subarray(0, 30)), /^cut: orc/);
  for (let at = 3; at < orc.length - 5; at++) {
    const broken = Buffer.from(orc);
    broken[at] = 255;
    await look("a.orc", broken); // whatever it says, it ends
  }
  const avro = avroFile(RECORD);
  assert.match(await problem("a.avro", avro.subarray(0, 200)), /^damaged: avro: its header/);
  assert.match(await problem("a.avro", "Obj\x01\x02\x7f\x7f\x7f"), /^damaged: avro/);
});

test("a footer longer than the first read is read in a second one", async () => {
  const wide = Array.from({ length: 900 }, (_, i): [string, string] => [`column_${i}`, "double"]);
  const footer = parquetFooter(wide);
  assert.ok(footer.length > 20_000);
  const file = bytesIn(Buffer.concat([Buffer.alloc(10_000_000), footer]));
  assert.equal((await lookAt(file, "x.parquet")).columns.length, 900);
  assert.equal(file.cost, footer.length);
});

test("CSV: delimiter, header, quotes, and types as inferSchema has them", async () => {
  const csv = await look("a.csv", 'id;"a ""b""; c";x\n1;2.5;\n2;3;"z;z"\n');
  assert.deepEqual([csv.delimiter, csv.header, csv.problems], [";", "sure", []]);
  assert.deepEqual(csv.columns, [
    { name: "id", type: "int" },
    { name: 'a "b"; c', type: "double" },
    { name: "x", type: "string" },
  ]);
  for (const [delimiter, text] of [
    ["\t", "a\tb\n1\t2\n"],
    ["|", "a|b\n1|2\n"],
    [",", "a,b\r\n1,2\r\n"],
  ] as const)
    assert.equal((await look("a.csv", text)).delimiter, delimiter);
  assert.equal(await columns("a.csv", "a,b\r\n1,2\r\n"), "a int, b int");
  assert.equal(await columns("a.csv", "1,2\n3,4\n"), "_c0 int, _c1 int");
  assert.equal((await look("a.csv", "name,city\nann,rome\n")).header, "likely");
  assert.equal((await look("a.csv", "ann,rome\nbob,rome\n")).header, "none");
  assert.equal(await columns("a.csv", "a,,A\n1,2,3\n"), "a0 int, _c1 int, A2 int");
  assert.match(await problem("a.csv", "a,b\n1\n"), /^ragged: row 1 has 1 cells .* has 2/);
  assert.equal((await look("a.csv", 'a,b\n"one\ntwo",2\n')).multiLine, true);
  assert.equal((await look("words.txt", "It was, as one says, late.\nNo.\n")).format, "text");
  const cells =
    "1 -5 2147483648 123456789012345678901 1.5 1f .5e3 NaN 2020-01-02 2020-01-02T03:04:05Z 2020-01 true x";
  assert.equal(
    cells.split(" ").map(typeOfCell).join(" "),
    "int int bigint decimal(21,0) double double double double date timestamp timestamp boolean string",
  );
  assert.equal(typeOfCell(" 1"), "double");
  assert.deepEqual(
    [
      widen("int", "double"),
      widen("date", "timestamp"),
      widen("int", "boolean"),
      widen("void", "int"),
    ],
    ["double", "timestamp", "string", "int"],
  );
});

test("encodings", async () => {
  const encoding = async (content: Buffer) => (await look("a.csv", content)).encoding;
  const text = "a,b\né,2\nü,3\n";
  assert.equal(await encoding(Buffer.from(text)), "UTF-8");
  assert.equal(await encoding(Buffer.from("a,b\n1,2\n")), "US-ASCII");
  assert.equal(await encoding(Buffer.from(text, "latin1")), "ISO-8859-1");
  assert.equal(await encoding(Buffer.from("a,b\n\x80,1\n", "latin1")), "windows-1252");
  assert.equal(await encoding(Buffer.from(`\ufeff${text}`, "utf16le")), "UTF-16");
  assert.equal(await encoding(Buffer.from(text, "utf16le")), "UTF-16LE");
  assert.equal(await columns("a.csv", Buffer.from(`\ufeff${text}`, "utf16le")), "a string, b int");
  assert.equal(await columns("a.csv", Buffer.from(`\ufeff${text}`)), "a string, b int");
});

test("JSON: lines, documents, fields that are not in every row", async () => {
  const json = await look("a.json", '{"a":1,"b":{"c":1.0}}\n{"a":2,"b":{"d":[1,2.5]},"e":null}\n');
  assert.deepEqual(json.columns, [
    { name: "a", type: "bigint" },
    { name: "b", type: "struct<c: double, d: array<double>>" },
    { name: "e", type: "void", optional: true },
  ]);
  assert.equal((await look("a.json", '[\n{"a":1},\n{"a":2}\n]\n')).multiLine, true);
  assert.equal((await look("a.json", '[{"a":1},{"a":2}]\n')).multiLine, undefined);
  assert.equal((await look("a.json", '{\n  "a": 1\n}\n')).multiLine, true);
  assert.match(
    await problem("a.json", '{"a":1}\nnonsense\n'),
    /^damaged: a line is no JSON object/,
  );
  const deep = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}\n`;
  assert.match(await columns("a.json", deep(500)), /^a array<array</);
  await look("a.json", deep(50_000)); // whatever it is, it ends
  const long = Buffer.from(`[${'{"a":1},\n'.repeat(100_000)}{"a":2}]`);
  assert.deepEqual(
    [await columns("a.json", long), (await look("a.json", long)).multiLine],
    ["a bigint", true],
  );
  assert.equal(
    mergeTypes(
      "struct<a: bigint, `b c`: array<void>>",
      "struct<`b c`: array<string>, d: map<string, int>>",
    ),
    "struct<a: bigint, `b c`: array<string>, d: map<string, int>>",
  );
});

test("packed text is read from its beginning, cut off or not", async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},${(i * 7919) % 10007}\n`).join("");
  const text = `a,b\n${rows}`;
  for (const [name, packed] of [
    ["a.csv.gz", gzipSync(text)],
    ["a.csv.zst", zstdCompressSync(text)],
    ["a.csv.deflate", deflateSync(text)],
  ] as const) {
    assert.equal(await columns(name, packed), "a int, b int", name);
    assert.equal(await columns(name, packed.subarray(0, 70_000)), "a int, b int", name);
  }
  assert.match(
    await problem("a.csv.gz", Buffer.from("1f8b0800ffff", "hex")),
    /^(damaged|empty|name)/,
  );
  assert.match(await problem("a.csv.bz2", "BZh91AY"), /^unread: bzip2 is not looked into/);
  const bomb = gzipSync(Buffer.alloc(200_000_000, 0x61));
  const began = process.memoryUsage().rss;
  assert.match(await problem("a.csv.gz", bomb), /^unread: its first line goes on/);
  assert.ok(process.memoryUsage().rss - began < 150e6);
});

test("snappy: as Hadoop frames it, cut off, and lying", async () => {
  const block = Buffer.from([12, 0x0c, 0x61, 0x2c, 0x62, 0x0a, 0x1d, 0x04]); // "a,b\n", then 11 of them again
  const frame = (size: number) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(size);
    head.writeUInt32BE(block.length, 4);
    return Buffer.concat([head, block]);
  };
  assert.equal(unsnappy(block, 100).toString(), "a,b\na,b\na,b\n");
  assert.equal(unsnappyFrames(frame(12), 100).toString(), "a,b\na,b\na,b\n");
  assert.equal(unsnappy(block.subarray(0, 5), 100).toString(), "a,b");
  assert.throws(() => unsnappy(Buffer.from([9, 0x05, 0x09]), 100));
  assert.throws(() => unsnappyFrames(Buffer.from("this is no snappy"), 100));
  assert.match(
    await problem("a.csv.snappy", "plain,text\n1,2\n"),
    /^damaged: it is not the snappy/,
  );
  assert.match(String(unpackChunks(Buffer.from([0]), 4)), /lz4, not looked into/);
});

test("lines without an end, and more columns than anybody has", async () => {
  const endless = Buffer.alloc(3_000_000, 0x61);
  const bytes = bytesIn(endless);
  const found = await lookAt(bytes, "a.csv");
  assert.match(
    found.problems[0]?.text ?? "",
    /^its first line goes on for more than 1048576 bytes/,
  );
  assert.ok(bytes.cost < 1_200_000, `${bytes.cost}`);
  const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(",");
  assert.equal(
    (await look("a.csv", `${names}\n${names.replace(/c/g, "")}\n`)).columns.length,
    100_000,
  );
});

test("bytes that are wrong anywhere end in an answer, and soon", async () => {
  const originals: [string, Buffer][] = [
    ["a.parquet", parquetFile(AB)],
    ["a.orc", orcFile(AB)],
    ["b.orc", orcFile(AB, 1, true)],
    ["a.avro", avroFile(RECORD)],
    ["a.csv.gz", gzipSync("a,b\n1,2\n")],
    ["a.csv.snappy", Buffer.from("0000000c00000008" + "0c0c612c620a1d04", "hex")],
    ["a.json", Buffer.from('[{"a":1},{"b":[1,{"c":null}]}]')],
  ];
  const random = makeRandom(Number(process.env.MAYFLY_SEED ?? 1));
  const began = Date.now();
  for (const [name, original] of originals) {
    for (let round = 0; round < 300; round++) {
      const broken = Buffer.from(original);
      for (let i = 0; i < 3; i++) broken[Math.floor(random() * broken.length)] = random() * 256;
      await look(name, random() < 0.3 ? broken.subarray(0, random() * broken.length) : broken);
    }
  }
  assert.ok(Date.now() - began < 20_000);
});

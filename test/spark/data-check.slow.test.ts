import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Report } from "../../src/engine/data/report/report.ts";
import { makeFolder, mayfly } from "../support/cli.ts";

/**
 * What `mayfly data check` says of Spark is what Spark does, and what it writes reads right: every case
 * is read plainly, and with the recipe, by one real Spark.
 */
const LAUNCHER = resolve(import.meta.dirname, "../../mayfly");
type Rows = string[][];

interface Case {
  files?: Record<string, string | Buffer>;
  /** Lines of Python that write it, where only Spark can. */
  written?: string;
  format: string;
  options?: Record<string, string>;
  /** The rows of a plain read, or how it ends. */
  plain: Rows | RegExp;
  /** What is said of it. */
  says: RegExp;
  /** Read with the recipe: its columns and rows. */
  right?: { columns: string; rows: Rows };
}

const HEADER = { header: "true" };
const cases: Record<string, Case> = {
  headers: {
    files: { "1.csv": "a,b,c\n1,2,3\n4,5,6\n", "2.csv": "c,a\n30,10\n" },
    format: "csv",
    options: HEADER,
    plain: [
      ["1", "2", "3"],
      ["30", "10", "None"],
      ["4", "5", "6"],
    ],
    says: /into the wrong columns, without an error/,
    right: {
      columns: "a bigint, b bigint, c bigint",
      rows: [
        ["1", "2", "3"],
        ["10", "None", "30"],
        ["4", "5", "6"],
      ],
    },
  },
  enforced: {
    files: { "1.csv": "a,b,c\n1,2,3\n", "2.csv": "c,a\n30,10\n" },
    format: "csv",
    options: { ...HEADER, enforceSchema: "false", schema: "a int, b int, c int" },
    plain: /Number of column in CSV header is not equal/,
    says: /with enforceSchema=false Spark at least refuses/,
  },
  longer: {
    files: { "1.csv": "a,b\n1,2\n3,4\n", "2.csv": "A,b,c\n5,6,7\n", "3.csv": "a,b\n9,9\n" },
    format: "csv",
    options: { ...HEADER, schema: "a int, b int" },
    plain: [
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
      ["9", "9"],
    ],
    says: /those that it has more are dropped, without an error/,
    right: {
      columns: "a bigint, b bigint, c bigint",
      rows: [
        ["1", "2", "None"],
        ["3", "4", "None"],
        ["5", "6", "7"],
        ["9", "9", "None"],
      ],
    },
  },
  delimiter: {
    files: { "1.csv": "a,b\n1,2\n4,5\n", "2.csv": "a;b\n7;8\n" },
    format: "csv",
    options: HEADER,
    plain: [
      ["1", "2"],
      ["4", "5"],
      ["7;8", "None"],
    ],
    says: /ends up in the first column, and null in the others/,
    right: {
      columns: "a bigint, b bigint",
      rows: [
        ["1", "2"],
        ["4", "5"],
        ["7", "8"],
      ],
    },
  },
  encoding: {
    files: { "1.csv": "a,b\né,2\n", "2.csv": Buffer.from("a,b\né,3\n", "latin1") },
    format: "csv",
    options: HEADER,
    plain: [
      ["é", "2"],
      ["\uFFFD", "3"],
    ],
    says: /letters beyond ASCII become/,
    right: {
      columns: "a string, b bigint",
      rows: [
        ["é", "2"],
        ["é", "3"],
      ],
    },
  },
  wide: {
    files: { "1.csv": Buffer.from("\ufeffa,b\né,2\nx,3\n", "utf16le") },
    format: "csv",
    options: { ...HEADER, encoding: "UTF-16" },
    plain: [
      ["x", "3\uFFFD"],
      ["é", "2\uFFFD"],
      ["\uFFFD", "None"],
    ],
    says: /only with encoding=UTF-16 and multiLine=true/,
    right: {
      columns: "a string, b bigint",
      rows: [
        ["x", "3"],
        ["é", "2"],
      ],
    },
  },
  types: {
    files: { "1.csv": "a,b\n1,2\n4,5\n", "2.csv": "a,b\nx,8\n" },
    format: "csv",
    options: { ...HEADER, schema: "a int, b int" },
    plain: [
      ["1", "2"],
      ["4", "5"],
      ["None", "8"],
    ],
    says: /what does not fit is null, without an error/,
    right: {
      columns: "a string, b bigint",
      rows: [
        ["1", "2"],
        ["4", "5"],
        ["x", "8"],
      ],
    },
  },
  noheader: {
    files: { "1.csv": "a,b\n1,2\n4,5\n", "2.csv": "7,8\n9,10\n" },
    format: "csv",
    options: HEADER,
    plain: [
      ["1", "2"],
      ["4", "5"],
      ["9", "10"],
    ],
    says: /the first row of a file without one is lost/,
  },
  ragged: {
    files: { "1.csv": "a,b,c\n1,2\n4,5,6,7\n" },
    format: "csv",
    options: HEADER,
    plain: [
      ["1", "2", "None"],
      ["4", "5", "6"],
    ],
    says: /a row has less are null, those it has more are dropped/,
  },
  lines: {
    files: { "1.csv": 'a,b\n"one\ntwo",2\n' },
    format: "csv",
    options: HEADER,
    plain: [
      ["one", "None"],
      ['two"', "2"],
    ],
    says: /cut into rows unless multiLine=true/,
    right: { columns: "a string, b bigint", rows: [["one\ntwo", "2"]] },
  },
  twice: {
    files: { "1.csv": "a,,A,a\n1,2,3,4\n" },
    format: "csv",
    options: HEADER,
    plain: [["1", "2", "3", "4"]],
    says: /^$/,
    right: {
      columns: "a0 bigint, _c1 bigint, A2 bigint, a3 bigint",
      rows: [["1", "2", "3", "4"]],
    },
  },
  page: {
    files: {
      "1.csv": "a,b\n1,2\n",
      "2.csv": "<!DOCTYPE html>\n<html><body>404, no</body></html>\n",
    },
    format: "csv",
    options: { ...HEADER, schema: "a string, b string" },
    plain: [
      ["1", "2"],
      ["<html><body>404", " no</body></html>"],
    ],
    says: /becomes rows without an error/,
    right: { columns: "a bigint, b bigint", rows: [["1", "2"]] },
  },
  unnamed: {
    files: { "1.csv": gzipSync("a,b\n1,2\n") },
    format: "csv",
    options: HEADER,
    plain: [],
    says: /are taken for text, without an error/,
  },
  lying: {
    files: { "1.csv.gz": "a,b\n1,2\n" },
    format: "csv",
    options: { ...HEADER, schema: "a int, b int" },
    plain: /Unexpected end of input stream|incorrect header check/,
    says: /a name that lies ends the read/,
  },
  partitions: {
    files: { "k=1/1.csv": "a\n1\n", "j=2/2.csv": "a\n2\n" },
    format: "csv",
    options: HEADER,
    plain: /Conflicting partition column names detected/,
    says: /Conflicting partition column names detected/,
    right: {
      columns: "a bigint, j int, k int",
      rows: [
        ["1", "None", "1"],
        ["2", "2", "None"],
      ],
    },
  },
  below: {
    files: { "x/1.csv": "a\n1\n", "2.csv": "a\n2\n" },
    format: "csv",
    options: HEADER,
    plain: [["2"]],
    says: /1 file would be left out, without an error/,
    right: { columns: "a bigint", rows: [["1"], ["2"]] },
  },
  allbelow: {
    files: { "x/1.csv": "a\n1\n", "y/2.csv": "a\n2\n" },
    format: "csv",
    options: HEADER,
    plain: /UNABLE_TO_INFER_SCHEMA|Unable to infer schema/,
    says: /Spark finds nothing to read there/,
    right: { columns: "a bigint", rows: [["1"], ["2"]] },
  },
  names: {
    files: { "a[1]{x}*.csv": "we ird`,b\n1,2\n", "é 2%.csv": "b,we ird`\n3,4\n" },
    format: "csv",
    options: HEADER,
    plain: [
      ["1", "2"],
      ["3", "4"],
    ],
    says: /wrong columns/,
    right: {
      columns: "we ird` bigint, b bigint",
      rows: [
        ["1", "2"],
        ["4", "3"],
      ],
    },
  },
  fields: {
    files: { "1.json": '{"a":1,"b":"x"}\n', "2.json": '{"a":"q","c":{"d":1}}\n' },
    format: "json",
    plain: [
      ["1", "x", "None"],
      ["q", "None", "Row(d=1)"],
    ],
    says: /a string in all files/,
    right: {
      columns: "a string, c struct<d:bigint>, b string",
      rows: [
        ["1", "None", "x"],
        ["q", "Row(d=1)", "None"],
      ],
    },
  },
  documents: {
    files: { "1.json": '[\n{"a":1},\n{"a":2}\n]\n', "2.json": '{"a":3}\n{"a":4}\n' },
    format: "json",
    options: { multiLine: "true" },
    plain: [["1"], ["2"], ["3"]],
    says: /reads the first row of a file of lines and no more/,
    right: { columns: "a bigint", rows: [["1"], ["2"], ["3"], ["4"]] },
  },
  cases: {
    files: { "1.json": '{"a":1}\n', "2.json": '{"A":2}\n' },
    format: "json",
    // Which of the two it keeps differs from read to read.
    plain: /^[12],None$/,
    says: /the values of the other are null, without an error/,
    right: { columns: "a bigint", rows: [["1"], ["2"]] },
  },
  corrupt: {
    files: { "1.json": '{"a":1}\nnonsense\n' },
    format: "json",
    plain: [
      ["None", "1"],
      ["nonsense", "None"],
    ],
    says: /_corrupt_record/,
  },
  empty: {
    files: { "0.parquet": "" },
    written: `one("select 1 a", "parquet", "1.parquet")`,
    format: "parquet",
    plain: /is not a Parquet file/,
    says: /Spark passes over it, or ends when it is the one/,
    right: { columns: "a int", rows: [["1"]] },
  },
  cut: {
    written: `one("select 1 a", "parquet", "1.parquet"); one("select 2 a", "parquet", "2.parquet"); cut("2.parquet")`,
    format: "parquet",
    plain: /is not a Parquet file/,
    says: /is not a Parquet file/,
    right: { columns: "a int", rows: [["1"]] },
  },
};
for (const format of ["parquet", "orc"]) {
  const merge = { mergeSchema: "true" };
  const fewer = `one("select 2 a", "${format}", "1.${format}"); one("select 1 a, 'x' b", "${format}", "2.${format}")`;
  cases[`${format}_columns`] = {
    written: fewer,
    format,
    plain: [["1"], ["2"]],
    says: /those that only others have are left out, without an error/,
    right: {
      columns: "a int, b string",
      rows: [
        ["1", "x"],
        ["2", "None"],
      ],
    },
  };
  cases[`${format}_merged`] = {
    written: fewer,
    format,
    options: merge,
    plain: [
      ["1", "x"],
      ["2", "None"],
    ],
    says: /mergeSchema=true takes the columns of all/,
  };
  const types = `one("select 1 a", "${format}", "1.${format}"); one("select 'q' a", "${format}", "2.${format}")`;
  cases[`${format}_types`] = {
    written: types,
    format,
    options: { schema: "a int" },
    plain: format === "orc" ? [["1"], ["None"]] : /Parquet column cannot be converted/,
    says: format === "orc" ? /is null, without an error/ : /Parquet column cannot be converted/,
    right: { columns: "a string", rows: [["1"], ["q"]] },
  };
  cases[`${format}_types_merged`] = {
    written: types,
    format,
    options: merge,
    plain: /CANNOT_MERGE_SCHEMAS/,
    says: /CANNOT_MERGE_SCHEMAS/,
  };
  cases[`${format}_widths`] = {
    written: `one("select 1 a", "${format}", "1.${format}"); one("select 3000000000 a", "${format}", "2.${format}")`,
    format,
    options: { schema: "a bigint" },
    plain: format === "orc" ? [["1"], ["3000000000"]] : /Parquet column cannot be converted/,
    says: /./,
    right: { columns: "a bigint", rows: [["1"], ["3000000000"]] },
  };
}

/** Every type that the readers know, in every packing that they can read. */
const RICH = `select cast(1 as tinyint) ti, cast(2 as smallint) si, 3 i, 4L l, cast(1.5 as float) f, 2.5D d, true b,
 'x' s, cast('x' as binary) bin, date'2020-01-02' dt, timestamp'2020-01-02 03:04:05' ts,
 timestamp_ntz'2020-01-02 03:04:05' tn, cast(1.25 as decimal(10,2)) dec, array(1,2) arr, map('a',1) m,
 named_struct('x',1,'yz','q') st, array(named_struct('k',map('a',array(1)))) deep, 1 as \`we ird\``;
const RICH_KINDS = ["parquet_snappy", "parquet_zstd", "orc_zlib", "orc_snappy", "orc_zstd"];

const SCRIPT = `import importlib, json, os, shutil, time
from multiprocessing.pool import ThreadPool
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
told = json.load(open("cases.json"))
known = {}
def one(query, format, name):
    if (query, format) not in known:
        to = f"tmp_{len(known)}"
        spark.sql(query).coalesce(1).write.format(format).save(to)
        known[query, format] = [f"{to}/{x}" for x in os.listdir(to) if x.startswith("part")][0]
    os.makedirs(folder, exist_ok=True)
    shutil.copy(known[query, format], f"{folder}/{name}")
def cut(name):
    data = open(f"{folder}/{name}", "rb").read()
    open(f"{folder}/{name}", "wb").write(data[:len(data) // 2])
for name, case in told["cases"].items():
    folder = f"data/{name}"
    if case.get("written"): exec(case["written"])
rich = spark.sql(told["rich"])
for kind in told["kinds"]:
    format, packing = kind.split("_")
    rich.coalesce(1).write.option("compression", packing).format(format).save(f"data/rich_{kind}")
packed = spark.sql("select id, 'some words' words from range(20000)").coalesce(1)
packed.write.option("header", True).option("compression", "snappy").csv("data/snappy")
infer = spark.read.option("header", True).option("inferSchema", True).csv("data/infer")
open("written_", "w").write("")
os.rename("written_", "written")
while not os.path.exists("go"): time.sleep(0.05)
def rows(frame): return sorted([str(v) for v in row] for row in frame.collect())
def why(error):
    texts, java = [str(error)[:300]], getattr(error, "java_exception", None)
    while java is not None and len(texts) < 9:
        texts.append(str(java.getMessage())[:300]); java = java.getCause()
    return " ".join(texts)
said = {"rich": rich.schema.simpleString(), "infer": infer.schema.simpleString(), "plain": {}, "right": {}}
def ask(item):
    name, case = item
    try:
        options = dict(case.get("options", {}))
        reader = spark.read
        if "schema" in options: reader = reader.schema(options.pop("schema"))
        said["plain"][name] = rows(reader.options(**options).format(case["format"]).load(f"data/{name}"))
    except Exception as error: said["plain"][name] = why(error)
    if not os.path.exists(f"read_{name}.py"): return
    try:
        frame = importlib.import_module(f"read_{name}").read(spark)
        said["right"][name] = {"columns": ", ".join(f"{n} {t}" for n, t in frame.dtypes), "rows": rows(frame)}
    except Exception as error: said["right"][name] = why(error)
with ThreadPool(4) as pool: pool.map(ask, told["cases"].items())
json.dump(said, open("said.json", "w"))
`;

const INFERRED =
  "i,l,d,f,b,dt,ts,s,big,sp,ym,nan,e\n1,3000000000,1.5,1f,true,2020-01-02,2020-01-02T03:04:05Z,x,123456789012345678901, 1,2020-01,NaN,\n";

test("Spark does what is said of it, and the recipes read right", async (t) => {
  const files = Object.entries(cases).flatMap(([name, one]) =>
    Object.entries(one.files ?? {}).map(([file, text]) => [`data/${name}/${file}`, text] as const),
  );
  const folder = makeFolder({
    "facts.py": SCRIPT,
    "cases.json": JSON.stringify({ cases, rich: RICH, kinds: RICH_KINDS }),
    "data/infer/1.csv": INFERRED,
    ...Object.fromEntries(files),
  });
  t.after(() => folder.remove());
  const path = (name: string) => join(folder.path, name);
  const env = { ...process.env, XDG_STATE_HOME: path("state"), MAYFLY_WARM: "0" };
  const child = spawn(LAUNCHER, ["run", "facts.py"], { cwd: folder.path, env, timeout: 180_000 });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (printed += part));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  while (!existsSync(path("written")) && child.exitCode === null) await sleep(50);
  assert.ok(existsSync(path("written")), printed);

  const check = async (uri: string, ...args: string[]) =>
    JSON.parse(
      (await mayfly(["data", "check", uri, "--json", ...args], folder.path)).out,
    ) as Report;
  const reports = new Map<string, Report>();
  for (const [name, { right }] of Object.entries(cases)) {
    const fix = right ? ["--fix", "--out", `read_${name}.py`] : [];
    reports.set(name, await check(`data/${name}`, ...fix));
  }
  const typesOf = async (uri: string) => {
    const columns = (await check(uri)).groups[0]?.columns ?? [];
    return columns.map(({ name, type }) => `${name}:${type}`.replace(/(?<=[,:]) /g, "")).join(",");
  };
  const rich = await Promise.all(RICH_KINDS.map((kind) => typesOf(`data/rich_${kind}`)));
  const inferred = await typesOf("data/infer");
  assert.equal(await typesOf("data/snappy"), "id:int,words:string");
  writeFileSync(path("go"), "");
  assert.equal(await ended, 0, printed);

  const said = JSON.parse(readFileSync(path("said.json"), "utf8")) as {
    rich: string;
    infer: string;
    plain: Record<string, Rows | string>;
    right: Record<string, unknown>;
  };
  for (const [name, { plain, says, right }] of Object.entries(cases)) {
    await t.test(name, () => {
      assert.match(reports.get(name)?.spark.join("\n") ?? "", says);
      const found = said.plain[name];
      if (plain instanceof RegExp) assert.match(String(found), plain);
      else assert.deepEqual(found, plain);
      if (right) assert.deepEqual(said.right[name], right);
    });
  }
  const wanted = said.rich.replace(/^struct<(.*)>$/, "$1");
  for (const [i, types] of rich.entries()) assert.equal(types, wanted, RICH_KINDS[i]);
  assert.equal(inferred.replace("e:void", "e:string"), said.infer.replace(/^struct<(.*)>$/, "$1"));
});

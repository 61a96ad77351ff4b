import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeProject } from "../../../../test/support/query/project.ts";
import { smallAthena } from "../../../../test/support/query/small-athena.ts";
import { type SmallAws, startSmallAws } from "../../../../test/support/servers/small-aws.ts";
import type { MayflyError } from "../../../base/errors.ts";
import { openAthenaQuery } from "./ask.ts";
import { type AthenaPlace, nameOf, OWNER, openPlace } from "./place.ts";
import { glueType, tableOf } from "./shape.ts";
import { dropTables, makeTables } from "./tables.ts";

const catalog = smallAthena();
const project = makeProject({ lines: { "a.csv": "line\n1\n" } });
let aws: SmallAws;
let place: AthenaPlace;
before(async () => {
  aws = await startSmallAws({}, {}, { services: catalog.services });
  place = await openPlace(project.path, { aws: { env: aws.env }, database: "demo" });
});
after(async () => {
  await place.stores.close();
  await aws.close();
  project.remove();
});

const put = (name: string, content: string) => aws.put(`bucket/${name}`, content);
const tables = () => catalog.databases.get("demo")?.tables;

test("a table is made, kept as it is, and brought up to date with its partitions", async () => {
  put("words/day=1/a.csv", "n,Word\n1,one\n2,two\n");
  put("words/day=2/b.csv", "n,Word\n3,three\n");
  const make = () => makeTables(place, ["My Words=s3://bucket/words"]);
  assert.partialDeepStrictEqual(await make(), [
    { name: "demo.my_words", did: "created", columns: 3, partitions: 2 },
  ]);
  assert.partialDeepStrictEqual(tables()?.get("my_words"), {
    PartitionKeys: [{ Name: "day", Type: "int" }],
    Parameters: { [OWNER]: place.owner, "skip.header.line.count": "1" },
    StorageDescriptor: {
      Columns: [
        { Name: "n", Type: "int" },
        { Name: "word", Type: "string" },
      ],
      Location: "s3://bucket/words/",
    },
    partitions: [
      { Values: ["1"], StorageDescriptor: { Location: "s3://bucket/words/day=1/" } },
      { Values: ["2"] },
    ],
  });
  assert.equal((await make())[0]?.did, "unchanged");
  aws.objects.delete("bucket/words/day=1/a.csv");
  put("words/day=3/c.csv", 'n,Word,more\n4,"four",0.5\n');
  put("words/day=2/b.csv", 'n,Word,more\n3,"three",0.5\n');
  assert.equal((await make())[0]?.did, "updated");
  const made = tables()?.get("my_words");
  assert.ok(made);
  assert.deepEqual(
    (made.partitions as { Values: string[] }[]).map(({ Values }) => Values[0]),
    ["2", "3"],
  );
  // The reader that knows quotes knows text only.
  assert.partialDeepStrictEqual(made.StorageDescriptor, {
    Columns: [{ Type: "string" }, { Type: "string" }, { Name: "more", Type: "string" }],
    SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.serde2.OpenCSVSerde" },
  });
});

test("an output that lies on this machine only is left out, and says where it lies", async () => {
  const path = join(project.path, ".mayfly/s3/out/lines");
  assert.deepEqual(await makeTables(place, ["lines"]), [
    {
      ...{ name: "lines", uri: "s3://out/lines", did: "left out" },
      why: `it lies on this machine only, in ${path}`,
    },
  ]);
});

test("what is not one table, or not ours, is left out", async () => {
  put("mixed/a.csv", "a\n1\n");
  put("mixed/b.csv", "b,c\n1,2\n");
  tables()?.set("theirs", { Name: "theirs", Parameters: {}, partitions: [] });
  put("theirs/a.csv", "a\n1\n");
  const made = await makeTables(place, ["mixed=s3://bucket/mixed", "theirs=s3://bucket/theirs"]);
  assert.deepEqual(
    made.map(({ did, why }) => [did, why]),
    [
      ["left out", "its files do not agree: mayfly data check s3://bucket/mixed/"],
      ["left out", "the table demo.theirs is there, and is not ours"],
    ],
  );
  await assert.rejects(makeTables(place, ["nothing"]), /no run that succeeded has such an output/);
});

test("a query tells what it has read and what that costs; values are text of SQL", async () => {
  const query = await openAthenaQuery(place, aws.env);
  const sql = "select * from my_words where word = $w and n > $n -- $x\n;";
  const { rows, more, note } = await query.rows(sql, { values: { w: "it's", n: 1 } });
  assert.equal(catalog.sql.at(-1), "select * from my_words where word = 'it''s' and n > 1");
  assert.deepEqual(rows, [
    [1, "one", "2024-01-02T03:04:05.000"],
    ["9007199254740993", null, "2024-01-02T03:04:05.000"],
  ]);
  assert.equal(more, false);
  assert.equal(note, "3.2 GB scanned, $0.015 (estimate, prices of 2022-12-13)");
  assert.equal((await query.rows("select 1", { most: 1 })).more, true);
  await assert.rejects(
    query.rows("select nothing"),
    /Athena cannot run this query: COLUMN_NOT_FOUND/,
  );
  const file = join(project.path, "kept/rows.csv");
  assert.match((await query.write("select 1", file, "csv")).note ?? "", /3\.2 GB scanned/);
  assert.equal(
    readFileSync(file, "utf8"),
    "n,word,at\n1,one,2024-01-02T03:04:05.000\n9007199254740993,,2024-01-02T03:04:05.000\n",
  );
  await assert.rejects(query.write("select 1", file, "parquet"), /CSV or JSON only/);
  const asked = catalog.sql.length;
  for (const hostile of [
    "insert into t values (1)",
    "with a as (select 1) insert into t select * from a",
    "explain analyze insert into t select 1",
    "explain (format json) delete from t",
    "create table t as select 1",
    "unload (select 1) to 's3://bucket/x'",
    "drop table t",
    "alter table t add partition (a = 1)",
    "msck repair table t",
    "prepare p from select 1",
    "execute p",
    "merge into t using u on true when matched then delete",
    "",
  ])
    await assert.rejects(query.rows(hostile), /only what reads is allowed/, hostile);
  assert.equal(catalog.sql.length, asked);
});

test("tables that are ours go, and the database with the last of them", async () => {
  await assert.rejects(dropTables(place, ["theirs"]), /it is not ours/);
  await assert.rejects(dropTables(place, ["nothing"]), /has none of that name/);
  assert.deepEqual(await dropTables(place, []), { tables: ["demo.my_words"], others: 1 });
  tables()?.clear();
  assert.deepEqual(await dropTables(place, []), { tables: [], others: 0, database: "demo" });
  assert.equal(catalog.databases.size, 0);
  const query = await openAthenaQuery(place, aws.env);
  await assert.rejects(query.rows("select 1"), (error: MayflyError) => {
    assert.match(error.message, /there is no place for the result, and no table in "demo"/);
    return error.code === "usage" && /mayfly athena tables/.test(error.remedy ?? "");
  });
});

test("types and names are as Glue has them", () => {
  for (const [spark, glue] of [
    ["struct<a: int, `b c`: array<string>>", "struct<a:int,b c:array<string>>"],
    ["map<string, decimal(10,2)>", "map<string,decimal(10,2)>"],
    ["timestamp_ntz", "timestamp"],
  ] as const)
    assert.equal(glueType(spark), glue);
  assert.equal(nameOf("My-Project (2)"), "my_project_2");
  const group = { format: "avro", files: 1, bytes: 1, columns: [], example: "" };
  assert.equal(
    tableOf({ name: "a", location: "s3://b/", group, partitions: [], marks: {}, quotes: false }),
    undefined,
  );
});

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { makeProject } from "../../../test/support/query/project.ts";
import { DENIED, READING } from "../../query/worker/functions.ts";
import { openProjectQuery, type Query } from "./open.ts";

/** Whatever a text tries, it reads nothing outside of the project's data, writes nothing and changes nothing. */
const SECRET = "a line that nobody may read";
const other = makeFolder({ "secret.txt": SECRET, "secret.csv": `line\n${SECRET}\n` });
const project = makeProject(
  { words: { "a.csv": "n,word\n1,one\n" } },
  { "here.csv": "x\n5\n", ".env": SECRET, ".mayfly/runs/x/secret.txt": SECRET },
);
const foreign = `${other.path}/secret.csv`;
const planted = join(project.path, "planted");
let query: Query;

before(async () => {
  mkdirSync(planted);
  symlinkSync(foreign, join(planted, "link.csv"));
  symlinkSync(other.path, join(planted, "folder"));
  symlinkSync(foreign, join(project.path, ".mayfly/s3/out/words/b.csv"));
  symlinkSync(other.path, join(project.path, ".mayfly/s3/out/linked"));
  query = await openProjectQuery(project.path, { ...project.env, TOLD: SECRET });
});
after(() => {
  query.close();
  project.remove();
  other.remove();
});

const HOSTILE = [
  // What writes.
  `copy (select 1) to '${planted}/out.csv'`,
  `copy words to 'out.parquet' (format parquet)`,
  `explain analyze copy (select 1) to 'out.csv'`,
  `explain (analyze) copy (select 1) to 'out.csv'`,
  `export database '${planted}/db'`,
  `import database '${planted}/db'`,
  `create table t as select 1`,
  `create or replace view words as select 'mine'`,
  `with a as (select 1) insert into words select * from a`,
  `drop view words`,
  `select * from enable_logging(storage = 'file', storage_path = '${planted}/log')`,
  `from enable_profiling(save_location = '${planted}/profile')`,
  `select * from words, "ENABLE_LOGGING"()`,
  `select 1 union ((select 2) union all from enable_logging())`,
  `from query('from enable' || '_logging()')`,
  `from json_execute_serialized_sql(json_serialize_sql('from enable_logging()'))`,
  `from enable_peg_parser()`,
  `select write_log('x')`,
  // What DuckDB reads in another way than a lexer might: space, texts, tags.
  `from enable_logging\u200b()`,
  `from enable_logging\u2060()`,
  `from enable_profiling\u200b(format = 'json', save_location = '${planted}/profile.json')`,
  `from json_execute_serialized_sql\u200b(json_serialize_sql('select 1'))`,
  `select * from (select 1), lateral (from enable_logging\u200b())`,
  `select E'a'\n'\\' ' from enable_logging() --'`,
  `select $\u{1f600}$ ' $\u{1f600}$ from enable_logging() --'`,
  `select $a\u0301$ ' $a\u0301$ from enable_logging() --'`,
  `select $\u2028$ ' $\u2028$ from enable_logging() --'`,
  `select $\ufeff$ ' $\ufeff$ from enable_logging() --'`,
  // What acts when it is only looked up.
  `from arrow_scan(NULL, NULL, NULL)`,
  // What opens something else.
  `attach '${planted}/other.db' as other`,
  `attach ':memory:' as other`,
  `use memory`,
  `install httpfs`,
  `load httpfs`,
  `force install spatial from community`,
  `from read_duckdb('${planted}/other.db')`,
  // What changes the rules.
  `set lock_configuration = false`,
  `set enable_external_access = true`,
  `reset allowed_directories`,
  `pragma enable_external_access = true`,
  `pragma version`,
  `set global memory_limit = '100GB'`,
  `set variable x = 1`,
  `call pragma_version()`,
  `prepare p as select 1`,
  `create secret (type s3, key_id 'x', secret 'y')`,
  `load '/lib/x86_64-linux-gnu/libc.so.6'`,
  // Several statements.
  `select 1; copy (select 1) to 'out.csv'`,
  `select 1; select * from read_text('${foreign}')`,
  `begin; select 1`,
  `/* select */ drop view words`,
  `select 1 -- ;\n; drop view words`,
  `select 1) to '${planted}/out.csv'`,
  // Files of others.
  `from '${foreign}'`,
  `from '${planted}/link.csv'`,
  `from 'planted/link.csv'`,
  `from 'planted/folder/secret.csv'`,
  `from 'planted/*.csv'`,
  `from 'planted/*/secret.csv'`,
  `from '../${other.path.split("/").at(-1)}/secret.csv'`,
  `from 's3://out/../../../planted/link.csv'`,
  `from 's3://out/linked/secret.csv'`,
  `from 's3://../../planted/link.csv'`,
  `from 'hdfs:///../../planted/link.csv'`,
  `from 'file://${foreign}'`,
  `from "${foreign}"`,
  `from $$${foreign}$$`,
  `from e'${foreign}'`,
  `from '.env'`,
  `from read_text('.env')`,
  `from '.mayfly/runs/x/secret.txt'`,
  `from '/proc/self/environ'`,
  `from read_text('/proc/self/environ')`,
  `from read_blob('/etc/passwd')`,
  `from read_text('${foreign}')`,
  `from read_text(['${foreign}'])`,
  `from read_text('${other.path}' || '/secret.csv')`,
  `from read_csv('${other.path}/*.csv')`,
  `from read_csv(concat('${other.path}', '/secret.csv'))`,
  `from read_csv(chr(47) || 'etc' || chr(47) || 'passwd')`,
  `from read_json_auto('${foreign}')`,
  `from read_parquet('${foreign}')`,
  `from glob('/etc/*')`,
  `from glob('${planted}/*')`,
  `from sniff_csv('${foreign}')`,
  `from parquet_metadata('${foreign}')`,
  `from query('from read_text(''${foreign}'')')`,
  `from query_table('${foreign}')`,
  `from query_table(['${foreign}'])`,
  `select * from (values ('${foreign}')) t(f), read_text(t.f)`,
  `select * from read_text(getvariable('x'))`,
  `select list_transform(['${foreign}'], f -> (select content from read_text(f)))`,
  `select (select content from read_text('${foreign}'))`,
  `with a as materialized (from read_text('${foreign}')) from a`,
  `summarize '${foreign}'`,
  `describe '${foreign}'`,
  `select * from words where exists (from '${foreign}')`,
  `pivot '${foreign}' on line in ('x')`,
  `from duckdb_secrets()`,
  // What there is of this machine.
  `select getenv('TOLD')`,
  `select system('id')`,
  `from 'https://127.0.0.1:9/x.csv'`,
  `from read_csv('http://127.0.0.1:9/x.csv')`,
  `from 's3://nobody-here/x.csv'`,
  `from 'gcs://x/y.csv'`,
  `from sqlite_scan('x.db', 't')`,
  `from postgres_scan('host=127.0.0.1', 'public', 't')`,
];

test("hostile texts read, write and change nothing", async (t) => {
  const there = readdirSync(planted).sort();
  for (const sql of HOSTILE)
    await t.test(sql.replaceAll("\n", " "), async () => {
      const done = await query.rows(sql, { timeoutMs: 5000 }).then(
        ({ rows }) => rows,
        () => "refused",
      );
      assert.equal(done, "refused", JSON.stringify(done));
    });
  assert.deepEqual(readdirSync(planted).sort(), there);
  assert.ok(!existsSync(join(project.path, "out.csv")));
  // A link beside the data of a table is no part of it, and the table is as it was.
  assert.deepEqual((await query.rows("from words")).rows, [[1, "one"]]);
});

test("nor do they where a file is to be written", async () => {
  const file = join(project.path, "result.csv");
  for (const sql of [
    `select 1) to '${planted}/out.csv' --`,
    `select 1) to '${planted}/out.csv'; copy (select 1`,
    `from read_text('${foreign}')`,
    `copy (select 1) to '${planted}/out.csv'`,
  ])
    await assert.rejects(query.write(sql, file, "csv"), sql);
  assert.ok(!existsSync(file));
  await query.write("from words -- all of it\n ; ", file, "csv");
  writeFileSync(file, "");
});

test("a name that is denied may stand in a text, a comment or a column", async () => {
  for (const [sql, value] of [
    ["select 'enable_logging()' -- query('x')", "enable_logging()"],
    ["select query /* query() */ from (select 'größe' as query)", "größe"],
    ["select größe from (select 'query' as größe)", "query"],
    ["select checkpoint from (select $$x$$ as checkpoint)", undefined],
  ] as const) {
    const rows = query.rows(sql).then((found) => found.rows);
    if (value !== undefined) assert.deepEqual(await rows, [[value]], sql);
    // It could be read in two ways.
    else await assert.rejects(rows, /function checkpoint is not allowed/);
  }
});

test("what tells of this machine tells nothing of value", async () => {
  const { rows } = await query.rows("select name, value from duckdb_settings() where value <> ''");
  assert.ok(!JSON.stringify(rows).includes(SECRET));
});

test("every table function of this DuckDB is known as one that only reads, or is denied", async () => {
  const { rows } = await query.rows(
    "select distinct function_name from duckdb_functions() where function_type = 'table'",
  );
  const unknown = rows
    .map(([name]) => String(name))
    .filter((name) => !READING.has(name) && !DENIED.has(name));
  assert.deepEqual(unknown, []);
});

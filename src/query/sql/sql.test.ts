import assert from "node:assert/strict";
import { test } from "node:test";
import { lex, splitStatements, withoutEnd } from "./lex.ts";
import { mentionsIn, replaceIn } from "./mentions.ts";

test("SQL is cut as DuckDB cuts it", () => {
  for (const [sql, values] of [
    ["select 'it''s' -- a 'comment'\n, \"a\"\"b\"", ["select", "it's", ",", 'a"b']],
    ["/* a /* nested */ 'x' */ 1.5e3 .5", ["1.5e3", ".5"]],
    ["$$ 'x' $$ $t$ $$ $t$ $name $1", [" 'x' ", " $$ ", "name", "1"]],
    ["e'a\\'b' E'\\n' ex", ["a'b", "\n", "ex"]],
    ["'never closed", ["never closed"]],
    ["'a' -- b\n  'c' E'd'\n'\\'e' 'f' 'g'", ["ac", "d'e", "f", "g"]],
    ["from\u200ba\u2060(\u00a0b", ["from", "a", "(", "b"]],
    ["\u{1f600}a $\u{1f600}$ ' $\u{1f600}$ b", ["\u{1f600}a", " ' ", "b"]],
    ["größe_1 x.y::int", ["größe_1", "x", ".", "y", ":", ":", "int"]],
  ] as [string, string[]][])
    assert.deepEqual(
      lex(sql).map(({ value }) => value),
      values,
      sql,
    );
});

test("statements end at a ; that is one", () => {
  assert.deepEqual(splitStatements("select ';' ; -- ;\n select 2;select \"a;b\""), {
    statements: ["select ';'", "-- ;\n select 2"],
    rest: 'select "a;b"',
  });
  assert.equal(withoutEnd("select 1 ;; -- and no more\n"), "select 1");
});

test("files are found where a table or a file is meant, and nowhere else", () => {
  for (const [sql, found] of [
    ["select * from 's3://a/b'", ["table s3://a/b"]],
    ["select 's3://a' from t where u = 'hdfs://x'", []],
    [
      "from 'a' , 'b' join 'c' on x = 'd' , 'e' where y in ('f')",
      ["a", "b", "c", "e"].map((one) => `table ${one}`),
    ],
    ["select 'x', (select max(a) from 'in') , 'y'", ["table in"]],
    ["select * from read_parquet(['a', 'b'], union_by_name = true)", ["argument a", "argument b"]],
    ["select * from read_csv('a', delim = ';', columns = {'n': 'INT'})", ["argument a"]],
    [
      "select trim(both from 'x'), extract(year from 'y'), a is distinct from 'z' from 't'",
      ["table t"],
    ],
    ["with a as (select * from 'x') select * from a", ["table x"]],
    ["select * from (values ('x')) , 'y'", ["table y"]],
    ["from 'x' select 'y' where 'z' = 'w'", ["table x"]],
    ["summarize 'x'", ["table x"]],
    ["explain analyze from 'x'", ["table x"]],
    ["select * from ('x' join 'y' using (a))", ["table x", "table y"]],
    ["select $$ from 'x' $$, \"from 'y'\" -- from 'z'\n", []],
    ["select * from t union all select * from 'u' order by 'v'", ["table u"]],
    ["select list_transform(['a'], x -> x || 'b') from glob('c')", []],
    ["select * from lateral 'x'", ["table x"]],
  ] as [string, string[]][])
    assert.deepEqual(
      mentionsIn(sql).places.map(({ kind, value }) => `${kind} ${value}`),
      found,
      sql,
    );
});

test("tables are found by their names", () => {
  for (const [sql, found] of [
    [
      'select a.x from words a, "my out" b join "20260102".out',
      ["words", "my out", "20260102.out"],
    ],
    ["select x from f(1), g where h = (select 1 from i)", ["g", "i"]],
    ["describe words", ["words"]],
    ["with c as (from d) from c", ["d", "c"]],
  ] as [string, string[]][])
    assert.deepEqual(
      mentionsIn(sql).mentions.map(({ parts }) => parts.join(".")),
      found,
      sql,
    );
});

test("a place in a text with other words is known in the old one", () => {
  const sql = "select * from 'a' where b";
  const { text, before } = replaceIn(sql, [{ at: 14, end: 17, by: "['long', 'longer']" }]);
  assert.equal(text, "select * from ['long', 'longer'] where b");
  assert.equal(before(text.indexOf("b")), sql.indexOf("b"));
  assert.equal(before(text.indexOf("longer")), 17);
  assert.equal(before(3), 3);
});

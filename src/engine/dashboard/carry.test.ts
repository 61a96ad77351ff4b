import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MayflyError } from "../../base/errors.ts";
import type { Values } from "../../model/dashboard/results.ts";
import type { Query } from "../../query/query.ts";
import { dashboardData } from "./ask.ts";
import { carry, combinations } from "./carry.ts";
import { openDashboard } from "./find.ts";
import { escapeJson } from "./html.ts";

/** Answers with the values that it was asked with. */
function echo(asked: { sql: string; values: Values }[] = []): Query {
  const answer = async (sql: string, values: Values) => {
    asked.push({ sql, values });
    if (sql.includes("broken")) throw new MayflyError("usage", "no table broken", "run the job");
    return {
      columns: [{ name: "a", type: "VARCHAR" }],
      rows: sql.includes("list") ? [["x"], ["y"]] : [[JSON.stringify(values)]],
      ...{ more: false, ms: 1 },
    };
  };
  return { rows: (sql, { values } = {}) => answer(sql, values as Values) } as Query;
}

function dashboard(inputs: string, queries: string): { file: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const file = join(folder, "d.yaml");
  const text = `title: A\ninputs: { ${inputs} }\nqueries: { ${queries} }\ncharts: [{ mark: table, query: q }]\n`;
  writeFileSync(file, text);
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

test("a page that no browser would open is not made", async () => {
  const { file, remove } = dashboard("", "q: much");
  const rows = Array(60).fill(["x".repeat(2_000_000)]);
  const answer = { columns: [{ name: "a", type: "VARCHAR" }], rows, more: false, ms: 1 };
  const query = { rows: async () => answer } as Partial<Query> as Query;
  await assert.rejects(carry(openDashboard(file), {}, query), /"q" .* page larger than 100 MB/);
  remove();
});

test("each query is asked for the combinations of its own inputs, once", async () => {
  const { file, remove } = dashboard(
    "a: { select: { query: all } }, b: { range: [0, 1], step: 0.25 }, c: { date: [2024-02-28, 2024-03-01] }",
    "all: list, q: $a and $b, r: $c, s: nothing",
  );
  const asked: { sql: string; values: Values }[] = [];
  const page = await carry(openDashboard(file), { b: "0.5" }, echo(asked));
  remove();
  assert.deepEqual(page.fixed, []);
  assert.equal(Object.keys(page.results.q ?? {}).length, 2 * 5);
  assert.deepEqual(Object.keys(page.results.r ?? {}).sort(), [
    '["2024-02-28"]',
    '["2024-02-29"]',
    '["2024-03-01"]',
  ]);
  assert.deepEqual(Object.keys(page.results.s ?? {}), ["[]"]);
  assert.equal(asked.length, 1 + 1 + 10 + 3 + 1);
  assert.deepEqual(
    page.choices.map(({ value }) => value),
    ["x", 0.5, "2024-03-01"],
  );
  assert.deepEqual(page.results.q?.['["y",0.25]'], {
    columns: [{ name: "a", type: "VARCHAR" }],
    ...{ rows: [['{"a":"y","b":0.25}']], more: false },
  });
});

test("too many combinations: the present value alone, for the inputs that need them", async () => {
  const { file, remove } = dashboard(
    "a: { range: [1, 300] }, b: { select: [u, v] }",
    "q: $a, r: $b",
  );
  const page = await carry(openDashboard(file), { a: "7" }, echo());
  remove();
  assert.deepEqual(page.fixed, ["a"]);
  assert.deepEqual(Object.keys(page.results.q ?? {}), ["[7]"]);
  assert.equal(Object.keys(page.results.r ?? {}).length, 2);
  assert.equal(combinations(page.choices, 200), undefined);
  assert.equal(combinations(page.choices, 600)?.length, 600);
});

test("a query that fails stops a build, with its place; where somebody looks on, it stands in its chart", async () => {
  const { file, remove } = dashboard("a: { select: [u, v] }", "q: broken $a, r: $a");
  await assert.rejects(
    carry(openDashboard(file), {}, echo()),
    /"q" of ".*d.yaml":3:15: no table broken/,
  );
  const page = await dashboardData("p", file, { a: "v" }, echo(), 5);
  assert.deepEqual(page.results.q, {
    '["v"]': { problem: "no table broken", remedy: "run the job" },
  });
  assert.equal(page.at, 5);
  await assert.rejects(dashboardData("p", file, { a: "w" }, echo()), /"a" to "w"/);
  await assert.rejects(dashboardData("p", file, { x: "w" }, echo()), /no such input/);
  remove();
});

test("nothing in the data of a page can end it", () => {
  const evil = "</script><!--\u2028\u2029&";
  const text = escapeJson({ evil });
  assert.doesNotMatch(text, /[<>&\u2028\u2029]/);
  assert.deepEqual(JSON.parse(text), { evil });
});

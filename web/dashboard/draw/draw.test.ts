import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHTML } from "linkedom";
import type { Answer } from "../../../src/model/dashboard/results.ts";
import type { Chart, Drawn } from "../../../src/model/dashboard/schema.ts";
import { card } from "../card.ts";
import { picture } from "../picture.ts";
import { drawChart } from "./chart.ts";
import { patchesOf } from "./grid.ts";
import { bestRow } from "./marks.ts";
import { omissions } from "./note.ts";
import { type Cell, kindOf, type Row, tableOf } from "./rows.ts";

const answer = (columns: Record<string, string>, rows: Answer["rows"]): Answer => ({
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  ...{ rows, more: false },
});
const document = () =>
  parseHTML("<!doctype html><html><body></body></html>").document as unknown as Document;
const drawn = (chart: Drawn, result: Answer) =>
  drawChart(chart, tableOf(result), { document: document(), width: 600, tips: false }).plot;

test("numbers, days and texts are what DuckDB's types say", () => {
  const { rows } = tableOf(
    answer(
      {
        a: "BIGINT",
        b: "DECIMAL(18,2)",
        c: "DATE",
        d: "TIMESTAMP WITH TIME ZONE",
        e: "VARCHAR",
        f: "DOUBLE",
        g: "INTEGER[]",
      },
      [
        ["12", "1.50", "2026-01-31", "2013-01-01 10:00:00+02", "7", "NaN", [1, 2]],
        [null, null, null, null, null, null, null],
      ],
    ),
  );
  assert.deepEqual(rows[0], {
    ...{ a: 12, b: 1.5, c: new Date("2026-01-31T00:00:00Z"), d: new Date("2013-01-01T08:00:00Z") },
    ...{ e: "7", f: null, g: "[1,2]" },
  });
  assert.deepEqual(Object.values(rows[1] ?? {}), [null, null, null, null, null, null, null]);
  assert.equal(kindOf("INTERVAL"), "text");
});

/** The colour of a grid's cell, in the patches and in the points. */
test("patches cover exactly what the cells of a grid do", () => {
  const step = 0.1;
  const points: Row[] = [];
  for (const facet of ["a", "b"])
    for (let i = 0; i < 21; i++)
      for (let j = 0; j < 21; j++) {
        if (facet === "b" && i === 4) continue;
        const color = (i * j * (facet === "a" ? 1 : 3)) % 7 < 4 ? "in" : "out";
        points.push({ x: -1 + i * step, y: -1 + j * step, color, facet });
      }
  const patches = patchesOf(points, { x: "x", y: "y", color: "color", facet: "facet" });
  assert.ok(patches.length < points.length);
  for (const { x, y, color, facet } of points as Record<string, Cell>[]) {
    const over = patches.filter(
      (one) =>
        one.facet === facet &&
        one.x1 < Number(x) &&
        Number(x) < one.x2 &&
        one.y1 < Number(y) &&
        Number(y) < one.y2,
    );
    assert.deepEqual(
      over.map((one) => one.color),
      [color],
      `${facet} ${x} ${y}`,
    );
  }
  const hole = patches.filter((one) => one.facet === "b" && one.x1 < -0.6 && one.x2 > -0.6);
  assert.deepEqual(hole, []);
});

test("the best row is marked, by the greatest or the least", () => {
  const rows = [
    { n: 6, e: 0.7 },
    { n: 30, e: 0.9 },
    { n: 50, e: null },
    { n: 60, e: 0.2 },
  ];
  assert.equal(bestRow({ max: "e" }, rows)?.n, 30);
  assert.equal(bestRow({ min: "e" }, rows)?.n, 60);
  const result = answer({ n: "INTEGER", e: "DOUBLE" }, [
    [6, 0.7],
    [30, 0.9],
    [60, 0.2],
  ]);
  const best = { max: "e", text: "n" };
  const svg = drawn({ mark: "line", query: "q", x: "n", y: "e", best }, result);
  assert.match(svg.outerHTML, />n = 30</);
});

test("bars stand as the query brings them, or as a column says; where x is the number they lie", () => {
  const result = answer({ word: "VARCHAR", n: "BIGINT" }, [
    ["b", "2"],
    ["a", "9"],
    ["c", "5"],
  ]);
  const ticks = (chart: Drawn, axis: string) =>
    [...drawn(chart, result).querySelectorAll(`g[aria-label="${axis}-axis tick label"] text`)].map(
      (one) => one.textContent,
    );
  assert.deepEqual(ticks({ mark: "bar", query: "q", x: "word", y: "n" }, "x"), ["b", "a", "c"]);
  assert.deepEqual(ticks({ mark: "bar", query: "q", x: "word", y: "n", sort: "-n" }, "x"), [
    "a",
    "c",
    "b",
  ]);
  assert.deepEqual(ticks({ mark: "bar", query: "q", x: "n", y: "word", sort: "word" }, "y"), [
    "a",
    "b",
    "c",
  ]);
});

test("a drawing has no styles of its own, and its groups have a role", () => {
  const result = answer({ x: "DOUBLE", y: "DOUBLE", k: "VARCHAR" }, [
    [1, 2, "a"],
    [2, 3, "b"],
  ]);
  const colors = { b: "teal" };
  const svg = drawn(
    { mark: "dot", query: "q", x: "x", y: "y", color: "k", colors, facet: "k" },
    result,
  );
  assert.equal(svg.querySelectorAll("style, [style]").length, 0);
  const groups = [...svg.querySelectorAll("g[aria-label]")];
  assert.ok(groups.length > 3);
  assert.ok(groups.every((one) => one.getAttribute("role") === "group"));
  assert.match(svg.outerHTML, /fill="teal"/);
  assert.match(svg.outerHTML, />k = a<.*>k = b</s);
});

test("rows that no axis has a place for are counted", () => {
  const result = answer({ x: "DOUBLE", y: "DOUBLE" }, [
    [0, 1],
    [1, null],
    [10, 1],
    [100, 2],
  ]);
  const chart: Chart = { mark: "line", query: "q", x: "x", y: "y", scale: { x: "log" } };
  assert.deepEqual(omissions(chart, { ...result, more: true }, tableOf(result)), [
    "Only the first 4 rows are here.",
    "2 rows are not drawn: they have no x or y, or none above 0.",
  ]);
  assert.deepEqual(omissions({ ...chart, scale: {} }, result, tableOf(result)), [
    "1 row is not drawn: it has no x or y.",
  ]);
});

test("in place of a chart stands why there is none", () => {
  const chart: Chart = { mark: "bar", title: "T", query: "q", x: "shop", y: "n" };
  const text = (result: Parameters<typeof card>[1]) => {
    const made = card(chart, result, { document: document(), width: 400, tips: false, id: "a" });
    return made.querySelector(".mf-instead")?.textContent;
  };
  assert.equal(text(undefined), "Asking …");
  assert.equal(text({ problem: "no table t", remedy: "run the job" }), "no table trun the job");
  assert.equal(text(answer({ shop: "VARCHAR", n: "BIGINT" }, [])), "The query “q” brings no rows.");
  assert.match(
    text(answer({ shops: "VARCHAR", n: "BIGINT" }, [["a", 1]])) ?? "",
    /no column "shop"did you mean "shops"/,
  );
  assert.equal(text(answer({ shop: "VARCHAR", n: "BIGINT" }, [["a", 1]])), undefined);
});

test("a picture stands alone, and text in it is text", () => {
  const evil = "</text><script>1</script>";
  const result = answer({ [evil]: "VARCHAR" }, [[evil]]);
  const chart: Chart = { mark: "table", title: evil, query: "q" };
  const svg = picture(chart, result, { document: document(), width: 400, dark: true });
  assert.doesNotMatch(svg, /<script/);
  assert.match(svg, /^<svg .*#16181d/);
  const problem = { problem: "no table t" };
  assert.throws(
    () => picture(chart, problem, { document: document(), width: 400, dark: true }),
    /no table t/,
  );
});

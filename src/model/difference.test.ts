import assert from "node:assert/strict";
import { test } from "node:test";
import { compareLines, compareResults, type Result } from "./difference.ts";

const result = (more: Partial<Result>): Result => ({
  name: "out",
  uri: "s3://b/out",
  path: "/p",
  files: 1,
  bytes: 10,
  format: "parquet",
  ...more,
});
const columns = (...names: string[]) => names.map((name) => ({ name, type: "int" }));

test("rows have no order, and each counts as often as it is there", () => {
  const before = result({ rows: 3, values: { columns: ["a"], rows: [["1"], ["2"], ["2"]] } });
  const after = result({ rows: 3, values: { columns: ["a"], rows: [["2"], ["3"], ["1"]] } });
  const [difference] = compareResults([before], [after]);
  assert.equal(difference?.state, "changed");
  assert.deepEqual(difference?.values, {
    removed: 1,
    added: 1,
    examples: [
      { sign: "-", text: "2" },
      { sign: "+", text: "3" },
    ],
  });
  assert.equal(compareResults([before], [{ ...before, bytes: 11, files: 2 }])[0]?.state, "same");
});

test("of a result with other columns the values of the shared ones are compared", () => {
  const before = result({
    rows: 1,
    schema: columns("a", "b", "c"),
    values: { columns: ["a", "b", "c"], rows: [["1", "2", "3"]] },
  });
  const after = result({
    rows: 1,
    schema: [{ name: "c", type: "text" }, ...columns("a", "d")],
    values: { columns: ["c", "a", "d"], rows: [["3", "1", "9"]] },
  });
  const [difference] = compareResults([before], [after]);
  assert.equal(difference?.state, "changed");
  assert.deepEqual(difference?.schema, {
    added: ["d int"],
    removed: ["b int"],
    retyped: ["c int → text"],
  });
  assert.deepEqual(difference?.values, { removed: 0, added: 0, examples: [] });
});

test("cells are told apart from what they hold, and columns without names from those with", () => {
  const state = (before: Result["values"], after: Result["values"]) =>
    compareResults(
      [result({ ...(before ? { values: before } : {}), digest: "a" })],
      [result({ ...(after ? { values: after } : {}), digest: "b" })],
    )[0]?.state;
  assert.equal(state({ rows: [["x, y", "z"]] }, { rows: [["x", "y, z"]] }), "changed");
  assert.equal(state({ rows: [["x"]] }, { columns: ["a"], rows: [["x"]] }), "changed");
});

test("a result that is new, gone, or too large to read", () => {
  const states = (before: Result[], after: Result[]) =>
    compareResults(before, after).map((one) => [one.uri, one.state]);
  assert.deepEqual(states([], [result({})]), [["s3://b/out", "new"]]);
  assert.deepEqual(states([result({})], []), [["s3://b/out", "gone"]]);
  assert.deepEqual(states([result({})], [result({ missing: true })]), [["s3://b/out", "gone"]]);
  assert.deepEqual(states([result({ missing: true })], [result({ missing: true })]), [
    ["s3://b/out", "same"],
  ]);
  const state = (before: Partial<Result>, after: Partial<Result>) =>
    states([result(before)], [result(after)])[0]?.[1];
  assert.equal(state({ bytes: 1 }, { bytes: 2 }), "changed");
  assert.equal(state({ digest: "a" }, { digest: "b" }), "changed");
  assert.equal(state({ digest: "a" }, { digest: "a" }), "same");
  assert.equal(state({}, {}), "unread");
});

test("what was printed is compared in order, by the fewest lines", () => {
  const text = (before: string, after: string) =>
    compareLines(before.split(""), after.split(""))
      .examples.map((edit) => edit.sign + edit.text)
      .join(" ");
  assert.equal(text("abc", "abc"), "");
  assert.equal(text("abcd", "axcd"), "-b +x");
  assert.equal(text("abcdef", "acdxef"), "-b +x");
  assert.equal(text("aXbYc", "abZc"), "-X -Y +Z");
});

test("of many changes a few of both kinds are shown, and all are counted", () => {
  const many = (letter: string) => Array.from({ length: 3000 }, (_, i) => `${letter}${i}`);
  const changes = compareLines(many("a"), many("b"));
  assert.deepEqual([changes.removed, changes.added], [3000, 3000]);
  assert.deepEqual(changes.examples.map((edit) => edit.sign).join(""), "-----+++++");
});

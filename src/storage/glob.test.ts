import assert from "node:assert/strict";
import { test } from "node:test";
import { filterPattern, pathPattern, splitGlob } from "./glob.ts";

test("a path is split where its pattern begins", () => {
  assert.deepEqual(splitGlob("a/b/*.csv"), { folder: "a/b/", glob: "*.csv" });
  assert.deepEqual(splitGlob("a/b*/c"), { folder: "a/", glob: "b*/c" });
  assert.deepEqual(splitGlob("*.csv"), { folder: "", glob: "*.csv" });
  assert.equal(splitGlob("a/b.csv"), undefined);
});

test("in a path * ends at a /, in a filter it does not", () => {
  const fits = (pattern: RegExp, ...names: string[]) => names.filter((name) => pattern.test(name));
  const names = ["a.csv", "b/a.csv", "b/c/a.csv", "a.csvx", "acsv"];
  assert.deepEqual(fits(pathPattern("*.csv"), ...names), ["a.csv"]);
  assert.deepEqual(fits(pathPattern("*/*.csv"), ...names), ["b/a.csv"]);
  assert.deepEqual(fits(pathPattern("**/*.csv"), ...names), ["b/a.csv", "b/c/a.csv"]);
  assert.deepEqual(fits(filterPattern("*.csv"), ...names), ["a.csv", "b/a.csv", "b/c/a.csv"]);
  assert.deepEqual(fits(pathPattern("[!a]?[0-9]+(x)"), "bz1+(x)", "az1+(x)"), ["bz1+(x)"]);
  assert.deepEqual(fits(pathPattern("é?"), "é🙂", "éab"), ["é🙂"]);
  assert.deepEqual(fits(pathPattern("[z-a]"), "[z-a]", "z"), ["[z-a]"]);
});

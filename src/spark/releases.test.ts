import assert from "node:assert/strict";
import { test } from "node:test";
import { hadoopOfRelease, knownReleases, releaseLabel, sparkOfRelease } from "./releases.ts";
import { compareVersions } from "./versions.ts";

test("the labels of the source tutorials are known", () => {
  assert.equal(sparkOfRelease("emr-5.28.0"), "2.4.4");
  assert.equal(sparkOfRelease("emr-6.15.0"), "3.4.1");
  assert.equal(sparkOfRelease("emr-7.12.0"), "3.5.6");
  assert.equal(sparkOfRelease("emr-9.9.9"), undefined);
});

test("every label is well-formed and stands in the table once", () => {
  const labels = knownReleases();
  assert.equal(new Set(labels).size, labels.length);
  assert.ok(labels.length > 120);
  for (const label of labels) {
    assert.match(label, /^emr-(\d+\.\d+\.\d+|spark-\d+\.\d+(\.\d+|-preview))$/);
    assert.equal(releaseLabel(label), label);
    assert.match(sparkOfRelease(label) ?? "", /^\d\.\d\.\d$/);
  }
});

test("within a major version, a newer release never brings an older Spark", () => {
  for (const major of ["4", "5", "6", "7"]) {
    const labels = knownReleases()
      .filter((label) => label.startsWith(`emr-${major}.`))
      .sort((a, b) => compareVersions(a.slice(4), b.slice(4)));
    for (let i = 1; i < labels.length; i++) {
      const [before, after] = [labels[i - 1] ?? "", labels[i] ?? ""];
      const [older, newer] = [sparkOfRelease(before) ?? "", sparkOfRelease(after) ?? ""];
      assert.ok(compareVersions(older, newer) <= 0, `${before} ${older}, ${after} ${newer}`);
    }
  }
});

test("which Hadoop a release brings, at both ends of a line and between", () => {
  const known = {
    "5.28.0": "2.8.5",
    "5.36.2": "2.10.1",
    "6.15.0": "3.3.6",
    "7.5.0": "3.4.0",
    "7.12.0": "3.4.1",
  };
  for (const [label, version] of Object.entries(known))
    assert.equal(hadoopOfRelease(`emr-${label}`), version);
  assert.equal(hadoopOfRelease("emr-9.9.9"), undefined);
  assert.equal(hadoopOfRelease("emr-spark-8.0.0"), undefined);
});

test("versions compare by number", () => {
  assert.ok(compareVersions("3.10", "3.9.9") > 0);
  assert.equal(compareVersions("3.5", "3.5.0"), 0);
  assert.equal(compareVersions("3.5.6-amzn-1", "3.5.6"), 0);
});

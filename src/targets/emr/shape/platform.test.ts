import assert from "node:assert/strict";
import { test } from "node:test";
import { describePlatform } from "../../../spark/pack/platform.ts";
import { platformOf, pythonNotes } from "./platform.ts";
import { type EmrEntry, settingsOf } from "./settings.ts";

const settings = (entry: Partial<EmrEntry>) => settingsOf({ kind: "emr", ...entry });
const platform = (entry: Partial<EmrEntry>, release: string) =>
  platformOf(settings(entry), release);

test("packages are made for the release's Python and library, and for the processor of its types", () => {
  const table: [entry: Partial<EmrEntry>, release: string, what: string, bare: boolean][] = [
    [{}, "emr-5.36.2", "Linux x86_64 (glibc 2.26), Python 3.7", false],
    [{}, "emr-6.15.0", "Linux x86_64 (glibc 2.26), Python 3.7", false],
    [{}, "emr-7.0.0", "Linux x86_64 (glibc 2.34), Python 3.9", false],
    [{ type: "m6gd.xlarge" }, "emr-7.12.0", "Linux aarch64 (glibc 2.34), Python 3.9", false],
    [{ type: "g5.xlarge" }, "emr-7.12.0", "Linux x86_64 (glibc 2.34), Python 3.9", false],
    [{ python: "3.9" }, "emr-7.12.0", "Linux x86_64 (glibc 2.34), Python 3.9", false],
    [{ python: "3.11" }, "emr-7.12.0", "Linux x86_64 (glibc 2.34), Python 3.11", true],
    [{ python: "3.12" }, "emr-7.12.0", "Linux x86_64 (glibc 2.34), Python 3.12", true],
    [{}, "emr-spark-8.0.0", "Linux x86_64 (glibc 2.34), Python 3.11", false],
  ];
  for (const [entry, release, what, bare] of table) {
    const found = platform(entry, release);
    assert.equal(describePlatform(found), what, release);
    assert.equal(found.bare, bare, `${release} ${what}`);
  }
  for (const type of [
    "a1.large",
    "t4g.micro",
    "c7gn.large",
    "r8g.xlarge",
    "im4gn.large",
    "g5g.xlarge",
    "x2gd.large",
  ])
    assert.equal(platform({ type }, "emr-7.12.0").arch, "aarch64", type);
  for (const type of ["m5.xlarge", "g4dn.xlarge", "c5a.large", "p4de.24xlarge", "m7i-flex.large"])
    assert.equal(platform({ type }, "emr-7.12.0").arch, "x86_64", type);
});

test("two kinds of processors, and a release of which nothing is known, are refused", () => {
  assert.throws(
    () => platform({ type: "m6g.xlarge", primary: { type: "m5.xlarge" } }, "emr-7.12.0"),
    /m6g\.xlarge and m5\.xlarge have processors of two kinds/,
  );
  assert.throws(() => platform({}, "emr-5.29.0"), /which Python emr-5\.29\.0 has is not known/);
  assert.equal(platform({ python: "3.6" }, "emr-5.29.0").python, "3.6.0");
});

test("a Python that the release has not is told beforehand", () => {
  const notes = (python: string, release: string) => pythonNotes(settings({ python }), release);
  assert.deepEqual(notes("3.11", "emr-7.1.0"), []);
  assert.match(
    notes("3.11", "emr-7.0.0")[0] ?? "",
    /python 3\.11 is not in emr-7\.0\.0 \(it has 3\.9\): a bootstrap action has to bring python3\.11/,
  );
});

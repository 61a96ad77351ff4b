import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { localScripts, readConfigurations } from "./files.ts";
import { settingsOf } from "./settings.ts";

test("files of a target are found beside mayfly.yaml, and what is wrong with them is said", () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const file = join(folder, "c.json");
  const read = (text: string) => {
    writeFileSync(file, text);
    return readConfigurations(settingsOf({ kind: "emr", configurations: "c.json" }), folder);
  };
  const scripts = (...paths: string[]) =>
    localScripts(settingsOf({ kind: "emr", bootstrap: paths }), folder);
  try {
    const nested = [
      { Classification: "a", Configurations: [{ Classification: "b", Properties: { c: "1" } }] },
    ];
    assert.deepEqual(read(JSON.stringify(nested)), nested);
    // EMR's properties are texts; JSON's numbers and truths are taken as they look.
    assert.deepEqual(read('[{"Classification":"a","Properties":{"n":1,"t":true}}]'), [
      { Classification: "a", Properties: { n: "1", t: "true" } },
    ]);
    assert.throws(() => read("{"), /configurations: "c\.json" is not JSON/);
    assert.throws(() => read('[{"Clasification":"a"}]'), /at "0\.Classification", where/);
    rmSync(file);
    const absent = settingsOf({ kind: "emr", configurations: "c.json" });
    assert.throws(() => readConfigurations(absent, folder), /"c\.json" does not exist/);

    writeFileSync(join(folder, "boot.sh"), "");
    assert.deepEqual(scripts("boot.sh", "s3://b/x.sh", "boot.sh"), ["boot.sh"]);
    assert.throws(() => scripts("bot.sh"), /the bootstrap action "bot\.sh" does not exist/);
    mkdirSync(join(folder, "boot"));
    assert.throws(() => scripts("boot"), /the bootstrap action "boot" is a folder/);
    const aFolder = settingsOf({ kind: "emr", configurations: "boot" });
    assert.throws(() => readConfigurations(aFolder, folder), /configurations: "boot" is a folder/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

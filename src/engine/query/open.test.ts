import assert from "node:assert/strict";
import { test } from "node:test";
import { makeFolder } from "../../../test/support/cli.ts";
import { openProjectQuery } from "./open.ts";

export const runOf = (id: string, outputs: object[], more: object = {}) => ({
  [`.mayfly/runs/${id}/run.json`]: JSON.stringify({
    ...{ version: 1, id, job: "job.py", source: "job.py", target: "local", kind: "local" },
    ...{ state: "succeeded", createdAt: 1, steps: [], outputs, request: {} },
    ...more,
  }),
});

test("an output of the newest run that succeeded is a table under its name", async () => {
  const folder = makeFolder({
    ".mayfly/s3/out/words/a.csv": "n,word\n1,one\n2,two\n",
    "here.csv": "x\n5\n",
  });
  const path = `${folder.path}/.mayfly/s3/out/words`;
  for (const [name, content] of Object.entries(
    runOf("20260102-030405-abc123", [
      { name: "words", uri: "s3://out/words", path, files: 1, bytes: 20, format: "csv" },
    ]),
  )) {
    const { mkdirSync, writeFileSync } = await import("node:fs");
    const { dirname, join } = await import("node:path");
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), content);
  }
  const query = await openProjectQuery(folder.path, { MAYFLY_CACHE: `${folder.path}/cache` });
  try {
    const { columns, rows } = await query.rows("select * from words where n = $n", {
      values: { n: 2 },
    });
    assert.deepEqual(columns, [
      { name: "n", type: "BIGINT" },
      { name: "word", type: "VARCHAR" },
    ]);
    assert.deepEqual(rows, [[2, "two"]]);
    assert.deepEqual((await query.rows("from 's3://out/words', 'here.csv'")).rows, [
      [1, "one", 5],
      [2, "two", 5],
    ]);
    assert.deepEqual((await query.rows('from "abc123".words')).rows.length, 2);
    await assert.rejects(query.rows("from wrods"), /line 1, column 6: there is no table "wrods"/);
    await assert.rejects(query.rows("select wrod from words"), /there is no column "wrod"/);
    await assert.rejects(query.rows("from '/etc/passwd'"), /outside/);
  } finally {
    query.close();
    folder.remove();
  }
});

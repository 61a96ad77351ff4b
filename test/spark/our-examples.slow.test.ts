import "../support/spark/fast-spark.ts";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parquetReadObjects } from "hyparquet";
import { noOptions } from "../../src/model/job.ts";
import { example, ourExamples, output } from "../support/spark/examples.ts";

ourExamples("each on a new driver");

async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const name of readdirSync(path).filter((file) => file.endsWith(".parquet"))) {
    const bytes = new Uint8Array(readFileSync(join(path, name)));
    rows.push(...(await parquetReadObjects({ file: bytes.buffer, compressors: {} })));
  }
  return rows;
}

test("one-off in full: about thirty neurons are as good as any", async () => {
  // A longer job wants both compilers, which fast-spark.ts leaves out for the short ones.
  const conf = { "spark.driver.extraJavaOptions": "-Xshare:auto" };
  const done = await example("one-off", false, { options: { ...noOptions(), conf } });
  assert.equal(output(done, "training").rows, 4000);
  const found = await readParquet(output(done, "accuracy").path);
  const sizes = found.map((row) => Number(row.n)).sort((a, b) => a - b);
  assert.equal(sizes.length, 10);
  assert.ok((sizes[0] ?? 0) > 5 && (sizes.at(-1) ?? 1000) < 600, String(sizes));
  const accuracyOf = (n: number) => Number(found.find((row) => Number(row.n) === n)?.accuracy_test);
  const best = Math.max(...sizes.map(accuracyOf));
  assert.ok(best > 0.85 && accuracyOf(30) > best - 0.02, `N=30 ${accuracyOf(30)}, best ${best}`);
  assert.ok(accuracyOf(sizes[0] ?? 0) < best - 0.02, "the smallest is too small");
  assert.equal(output(done, "decisions").rows, 10 * 61 * 61);
});

import assert from "node:assert/strict";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkData } from "../src/engine/data/check/check.ts";
import { folderStore } from "../src/storage/folder-store.ts";
import type { Stores } from "../src/storage/open.ts";
import type { Store } from "../src/storage/store.ts";
import { makeFolder } from "./support/cli.ts";
import { parquetFooter } from "./support/formats.ts";

/**
 * Files of 100 MB cost their footers and no more. MAYFLY_CHECK_FILES=10000 is a terabyte; the files are
 * sparse, but their footers are as large as those of 30 columns in two row groups.
 */
const FILES = Number(process.env.MAYFLY_CHECK_FILES ?? 200);
const SIZE = 100_000_000;
const MOST = 0.01;

test(`of ${FILES} Parquet files of 100 MB at most a hundredth is read`, async (t) => {
  const folder = makeFolder();
  const columns = Array.from({ length: 30 }, (_, i): [string, string] => [`column_${i}`, "double"]);
  const usual = parquetFooter(columns, 500_000, 2);
  const odd = parquetFooter(columns.slice(1), 500_000, 2);
  for (let i = 0; i < FILES; i++) {
    const day = join(folder.path, "in", `day=${i % 30}`);
    mkdirSync(day, { recursive: true });
    const file = openSync(join(day, `part-${i}.parquet`), "w");
    const footer = i === 7 ? odd : usual;
    ftruncateSync(file, SIZE - footer.length);
    writeSync(file, footer, 0, footer.length, SIZE - footer.length);
    closeSync(file);
  }
  const real = folderStore(folder.path, "");
  let read = 0;
  const store: Store = {
    ...real,
    async read(path, range) {
      const stream = await real.read(path, range);
      return stream.on("data", (part: Buffer) => {
        read += part.length;
      });
    },
  };
  const wish = { roots: { s3: "", hdfs: "", mounts: {} }, cwd: folder.path, liveS3: false };
  const stores = { wish, at: (path: string) => Promise.resolve({ store, path }) };
  const began = Date.now();
  const checked = await checkData("in", FILES, stores as unknown as Stores);
  const seconds = (Date.now() - began) / 1000;
  folder.remove();
  assert.equal(checked.looked.length, FILES);
  assert.deepEqual(
    checked.odd.map(({ file, problems }) => [file.uri, problems[0]?.text]),
    [["in/day=7/part-7.parquet", "no column column_0"]],
  );
  assert.equal(checked.read.bytes, read, "what it says it has read");
  assert.ok(read <= FILES * SIZE * MOST, `${read} of ${FILES * SIZE} bytes`);
  const memory = process.resourceUsage().maxRSS / 1024;
  t.diagnostic(
    `${(read / 1e6).toFixed(1)} MB of ${(FILES * SIZE) / 1e9} GB (${((read / FILES / SIZE) * 100).toFixed(4)}%) in ${seconds.toFixed(1)} s, ${memory.toFixed(0)} MB of memory, footers of ${usual.length} bytes`,
  );
});

import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { inParallel } from "../../../storage/parallel.ts";
import type { Looked } from "../check/look-all.ts";
import { partOf } from "./amount.ts";
import type { Drawing } from "./drawing.ts";
import { everySo, randomFrom, reservoir } from "./random.ts";
import { rowsOf } from "./rows.ts";

const AT_ONCE = 8;
/** Rows that are read for each that is kept, so that they come from all over a large file. */
const SPARE = 4;
const USUAL_ROW = 200;

interface Drawn {
  file: Looked;
  header: Buffer | undefined;
  rows: Buffer[];
  /** How many rows the file has, about. */
  all: number;
}

/** Rows from all files of text, each in a file of the same name with the same header. */
export async function sampleText(files: readonly Looked[], drawing: Drawing): Promise<void> {
  const { amount, seed } = drawing;
  const bytes = files.reduce((sum, file) => sum + file.item.bytes, 0);
  if (!("rows" in amount)) {
    const part = partOf(amount, bytes);
    return inParallel(files, AT_ONCE, (file) =>
      drawing.orLeaveOut(file, () => write(file, partOfRows(file, part, drawing), drawing)),
    );
  }
  const drawn: Drawn[] = [];
  await inParallel(files.entries(), AT_ONCE, async ([i, file]) => {
    await drawing.orLeaveOut(file, async () => {
      drawn[i] = await drawFrom(file, amount.rows, bytes, drawing);
    });
  });
  const found = drawn.filter((one) => one !== undefined);
  shareOut(found, amount.rows, randomFrom(seed, "share"));
  for (const { file, header, rows } of found) {
    const batch = { header, rows };
    if (rows.length > 0) await write(file, [batch], drawing);
  }
}

interface Batch {
  header: Buffer | undefined;
  rows: Buffer[];
}

/** Every so many-th row, written as it is read: a part of a large whole is large, too. */
async function* partOfRows(file: Looked, part: number, drawing: Drawing): AsyncGenerator<Batch> {
  const source = rowsOf(file, file.item.bytes * part * SPARE, drawing);
  const random = randomFrom(drawing.seed, file.name);
  const keep = everySo(Math.min(1, part / source.covered), random);
  for await (const rows of source.rows) yield { header: source.header, rows: rows.filter(keep) };
}

async function drawFrom(file: Looked, rows: number, bytes: number, drawing: Drawing) {
  const share = Math.ceil((rows * file.item.bytes) / Math.max(1, bytes));
  const random = randomFrom(drawing.seed, file.name);
  // Rows may be shorter here than elsewhere: who has more may be asked for more.
  const kept = reservoir(Math.min(rows, share * 2 + 100), random);
  const source = rowsOf(file, share * SPARE * USUAL_ROW, drawing);
  for await (const some of source.rows) for (const row of some) kept.add(row);
  const all = kept.seen() / Math.max(source.covered, 1e-9);
  return { file, header: source.header, rows: kept.kept(), all };
}

/** Each file gives as many rows as its part of all; what one lacks another gives. */
function shareOut(drawn: Drawn[], wanted: number, random: () => number): void {
  const all = drawn.reduce((sum, one) => sum + one.all, 0);
  const quotas: number[] = [];
  let sum = random();
  for (const [i, one] of drawn.entries()) {
    const exact = all === 0 ? 0 : (wanted * one.all) / all;
    const quota = Math.floor(sum + exact) - Math.floor(sum);
    sum += exact;
    quotas[i] = Math.min(quota, one.rows.length);
  }
  let lacking = wanted - quotas.reduce((a, b) => a + b, 0);
  for (const [i, one] of drawn.entries()) {
    const more = Math.max(0, Math.min(lacking, one.rows.length - (quotas[i] ?? 0)));
    quotas[i] = (quotas[i] ?? 0) + more;
    lacking -= more;
  }
  for (const [i, one] of drawn.entries()) {
    const quota = quotas[i] ?? 0;
    const keep = everySo(quota / Math.max(1, one.rows.length), () => 0.5);
    one.rows = one.rows.filter(keep).slice(0, quota);
  }
}

const PACKERS = {
  gzip: zlib.createGzip,
  zstd: zlib.createZstdCompress,
  deflate: zlib.createDeflate,
} as Record<string, (() => zlib.Gzip) | undefined>;

async function write(
  file: Looked,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  drawing: Drawing,
): Promise<void> {
  const path = join(drawing.folder, file.name);
  mkdirSync(dirname(path), { recursive: true });
  let count = 0;
  const lines = async function* () {
    for await (const { header, rows } of batches) {
      if (rows.length === 0) continue;
      const first = count === 0 && header ? [header] : [];
      count += rows.length;
      yield Buffer.concat([...first, ...rows].flatMap((row) => [row, LINE_END]));
    }
  };
  const packer = PACKERS[file.look.packing ?? ""]?.();
  const target = createWriteStream(path);
  try {
    if (packer) await pipeline(lines(), packer, target);
    else await pipeline(lines(), target);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  // Nothing of a small file may be in a small part of the whole.
  if (count === 0) rmSync(path, { force: true });
  else drawing.took(count);
}

const LINE_END = Buffer.from("\n");

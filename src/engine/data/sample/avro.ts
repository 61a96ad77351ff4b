import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytesOf } from "../../../storage/formats/bytes.ts";
import { readAvroHeader, readLong } from "../../../storage/formats/footer/avro.ts";
import type { Bytes } from "../../../storage/formats/types.ts";
import { inParallel } from "../../../storage/parallel.ts";
import type { Looked } from "../check/look-all.ts";
import { partOf } from "./amount.ts";
import type { Drawing } from "./drawing.ts";
import { piecesOf } from "./pieces.ts";
import { everySo, randomFrom } from "./random.ts";

const AT_ONCE = 8;
/** Blocks have a size of some 64 KB; a piece should hold several. */
const SPARE = 8;

interface Block {
  rows: number;
  bytes: Buffer;
}

/** A header and some of the blocks are a valid file: blocks are copied as they are. */
export async function sampleAvro(files: readonly Looked[], drawing: Drawing): Promise<void> {
  const { amount, seed } = drawing;
  const bytes = files.reduce((sum, file) => sum + file.item.bytes, 0);
  await inParallel(files, AT_ONCE, async (file) => {
    await drawing.orLeaveOut(file, async () => {
      const source = bytesOf(file.store, file.item, drawing.counted);
      const head = await source.read(0, 64 * 1024);
      const header = await readAvroHeader(source, head);
      const share =
        "rows" in amount
          ? (amount.rows * file.item.bytes) / bytes
          : partOf(amount, bytes) * file.item.bytes;
      const wanted = "rows" in amount ? share * 200 * SPARE : share * SPARE;
      const { blocks, covered } = await blocksOf(source, header.sync, header.length, wanted);
      const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
      const part =
        "rows" in amount
          ? share / Math.max(1, rows)
          : partOf(amount, bytes) / Math.max(covered, 1e-9);
      const keep = everySo(Math.min(1, part), randomFrom(seed, file.name));
      const chosen = blocks.filter(keep);
      if (chosen.length === 0) return;
      const path = join(drawing.folder, file.name);
      mkdirSync(dirname(path), { recursive: true });
      const first = head.length >= header.length ? head : await source.read(0, header.length);
      writeFileSync(
        path,
        Buffer.concat([first.subarray(0, header.length), ...chosen.map((block) => block.bytes)]),
      );
      drawing.took(chosen.reduce((sum, block) => sum + block.rows, 0));
    });
  });
  drawing.note("Avro is cut between its blocks: rows come in whole blocks");
}

/** Blocks that are whole within what is read; in the middle of a file the mark between blocks is looked for. */
async function blocksOf(source: Bytes, sync: Buffer, begin: number, wanted: number) {
  const blocks: Block[] = [];
  let covered = 0;
  for (const piece of piecesOf(source.size, wanted)) {
    const bytes = await source.read(piece.start, piece.end);
    covered += bytes.length / source.size;
    const mark = bytes.indexOf(sync);
    let at = piece.start === 0 ? begin : mark < 0 ? bytes.length : mark + 16;
    for (let block = blockAt(bytes, at, sync); block; block = blockAt(bytes, at, sync)) {
      blocks.push(block);
      at += block.bytes.length;
    }
  }
  return { blocks, covered };
}

function blockAt(bytes: Buffer, start: number, sync: Buffer): Block | undefined {
  const at = { is: start };
  const rows = readLong(bytes, at);
  const length = readLong(bytes, at);
  if (rows === undefined || length === undefined || rows < 0 || length < 0) return undefined;
  const end = at.is + length + 16;
  if (end > bytes.length || !bytes.subarray(end - 16, end).equals(sync)) return undefined;
  return { rows, bytes: bytes.subarray(start, end) };
}

import type { Readable } from "node:stream";
import { opener } from "../../../storage/formats/text/unpack.ts";
import type { Looked } from "../check/look-all.ts";
import type { Drawing } from "./drawing.ts";
import { type Piece, piecesOf } from "./pieces.ts";

/** Nobody's row; a file of them is no text. */
const LONGEST = 64e6;

export interface Rows {
  header: Buffer | undefined;
  /** Many at once: a step for each row would take longer than reading it. */
  rows: AsyncIterable<Buffer[]>;
  /** The part of the file that these are from. */
  covered: number;
}

type Reading = Pick<Drawing, "counted" | "signal">;

/** The rows of a text file, or of pieces of it where it is large and about `wanted` bytes are enough. */
export function rowsOf(file: Looked, wanted: number, drawing: Reading): Rows {
  const { look, item } = file;
  const packed = look.packing !== undefined;
  // Only from its beginning one knows whether a line end is within quotes.
  const pieces =
    packed || look.multiLine ? [{ start: 0, end: item.bytes }] : piecesOf(item.bytes, wanted);
  const covered = pieces.reduce((sum, { start, end }) => sum + end - start, 0) / item.bytes;
  const result: Rows = { header: undefined, covered, rows: read() };
  async function* read() {
    const hasHeader = look.format === "csv" && look.header !== "none";
    for (const piece of pieces) {
      let first = true;
      for await (const lines of linesOf(file, piece, drawing)) {
        if (first && lines.length > 0) {
          first = false;
          // Where a piece begins, the first line has begun before it.
          if (piece.start > 0) lines.shift();
          else if (hasHeader) result.header = lines.shift();
        }
        yield lines.filter((row) => row.length > 1 || (row.length === 1 && row[0] !== 13));
      }
    }
  }
  return result;
}

async function* linesOf(
  { store, item, look }: Looked,
  { start, end }: Piece,
  { counted, signal }: Reading,
): AsyncGenerator<Buffer[]> {
  const raw = await store.read(item.path, { start, end });
  raw.on("data", (part: Buffer) => counted(part.length));
  const unpacked = look.packing ? opener(look.packing) : undefined;
  const stream: Readable = unpacked
    ? raw.on("error", (error) => unpacked.destroy(error)).pipe(unpacked)
    : raw;
  let rest: Buffer[] = [];
  let length = 0;
  let quotes = 0;
  const take = () => {
    const row = rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest);
    [rest, length, quotes] = [[], 0, 0];
    return row;
  };
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      const rows: Buffer[] = [];
      let [from, scanned] = [0, 0];
      for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) {
        if (look.multiLine) {
          quotes += count(part.subarray(scanned, at), 34);
          scanned = at;
          if (quotes % 2 === 1) continue;
        }
        rest.push(part.subarray(from, at));
        [from, scanned] = [at + 1, at + 1];
        rows.push(take());
      }
      if (look.multiLine) quotes += count(part.subarray(scanned), 34);
      rest.push(part.subarray(from));
      length += part.length - from;
      if (rows.length > 0) yield rows;
      if (length > LONGEST) throw new Error(`a line of it is longer than ${LONGEST / 1e6} MB`);
    }
  } finally {
    raw.destroy();
    stream.destroy();
  }
  // The last line of a piece goes on behind it.
  if (length > 0 && (end >= item.bytes || look.packing)) yield [take()];
}

function count(bytes: Buffer, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}

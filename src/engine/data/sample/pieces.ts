export interface Piece {
  start: number;
  end: number;
}

/** A file up to this size is read as a whole. */
const WHOLE = 32e6;
const PIECE = 1e6;
const LEAST = 16;

/** Where a large file is read: evenly spread, of about so many bytes together. */
export function piecesOf(size: number, wanted: number): Piece[] {
  const count = Math.max(LEAST, Math.ceil(wanted / PIECE));
  if (size <= WHOLE || count * PIECE > size / 2) return [{ start: 0, end: size }];
  const step = size / count;
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor(i * step);
    return { start, end: Math.min(size, start + PIECE) };
  });
}

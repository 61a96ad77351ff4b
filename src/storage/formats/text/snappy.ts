/** One block of snappy; of a block that is cut off, what there is of it. */
export function unsnappy(block: Buffer, most: number): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; at < 5; shift += 7) {
    const byte = block[at++] ?? 0;
    size += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  const out = Buffer.alloc(Math.min(size, most));
  let to = 0;
  while (at < block.length && to < out.length) {
    const tag = block[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const extra = length - 59;
        if (at + extra > block.length) break;
        length = block.readUIntLE(at, extra);
        at += extra;
      }
      const copied = block.copy(out, to, at, Math.min(at + length + 1, block.length));
      to += copied;
      at += length + 1;
      continue;
    }
    const wide = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    if (at + wide > block.length) break;
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset =
      kind === 1 ? ((tag >> 5) << 8) | (block[at] as number) : block.readUIntLE(at, wide);
    at += wide;
    if (offset === 0 || offset > to) throw new Error("not snappy");
    // One at a time: what is copied may reach into itself.
    for (let i = 0; i < length && to < out.length; i++, to++) out[to] = out[to - offset] as number;
  }
  return out.subarray(0, to);
}

const NOT_FRAMED = "not snappy as Hadoop writes it";
const MOST_PART = 256e6;

/** As Hadoop packs text: the size of a part, then blocks with theirs. */
export function unsnappyFrames(head: Buffer, most: number): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  let at = 0;
  while (at + 8 <= head.length && length < most) {
    const whole = head.readUInt32BE(at);
    if (whole > MOST_PART) throw new Error(NOT_FRAMED);
    at += 4;
    for (let got = 0; got < whole && at + 4 <= head.length && length < most; ) {
      const packed = head.readUInt32BE(at);
      // What cannot be made smaller grows by a sixth at most.
      if (packed > whole + whole / 6 + 32) throw new Error(NOT_FRAMED);
      const part = unsnappy(head.subarray(at + 4, at + 4 + packed), Math.min(whole - got, most));
      if (part.length === 0) throw new Error(NOT_FRAMED);
      parts.push(part);
      got += part.length;
      length += part.length;
      at += 4 + packed;
    }
  }
  if (length === 0) throw new Error(NOT_FRAMED);
  return Buffer.concat(parts).subarray(0, most);
}

import { isAscii } from "node:buffer";

export interface Decoded {
  text: string;
  /** In the words that Spark's option takes. */
  encoding: string;
}

/** Text of the beginning of a file; undefined for what is no text in any encoding known here. */
export function decode(head: Buffer): Decoded | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return decodeAs("utf-16le", "UTF-16", head);
  if (head[0] === 0xfe && head[1] === 0xff) return decodeAs("utf-16be", "UTF-16", head);
  const wide = widthOf(head);
  if (wide) return decodeAs(wide, wide.toUpperCase(), head);
  if (isBinary(head)) return undefined;
  try {
    // The last letter may be cut through.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return { text, encoding: isAscii(head) ? "US-ASCII" : "UTF-8" };
  } catch {
    const windows = head.some((byte) => byte >= 0x80 && byte < 0xa0);
    return windows
      ? decodeAs("windows-1252", "windows-1252", head)
      : decodeAs("latin1", "ISO-8859-1", head);
  }
}

function decodeAs(label: string, encoding: string, head: Buffer): Decoded {
  return { text: new TextDecoder(label).decode(head, { stream: true }), encoding };
}

/** Without a mark at its beginning: every other byte of Western text in UTF-16 is 0. */
function widthOf(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  const pairs = Math.min(head.length, 2000) >> 1;
  if (pairs < 2) return undefined;
  let [first, second] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) first++;
    if (head[2 * i + 1] === 0) second++;
  }
  if (second > pairs * 0.7 && first === 0) return "utf-16le";
  return first > pairs * 0.7 && second === 0 ? "utf-16be" : undefined;
}

function isBinary(head: Buffer): boolean {
  let odd = 0;
  for (const byte of head) {
    if (byte === 0) return true;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++;
  }
  return odd > head.length / 50;
}

import { pageIn } from "../magic.ts";
import type { Bytes, Format, Look, Packing } from "../types.ts";
import { lookAtCsv } from "./csv.ts";
import { decode } from "./encoding.ts";
import { lookAtJson } from "./json.ts";
import { canUnpack, unpack } from "./unpack.ts";

/** A second look goes so far when the first line is longer than the first one. */
const FARTHEST = 1 << 20;
/** Of packed text. */
const MOST_UNPACKED = 1 << 18;

export interface Promised {
  format?: Format;
  packing?: Packing | undefined;
}

/** Text, packed or not, by its beginning. */
export async function lookAtText(bytes: Bytes, head: Buffer, named: Promised): Promise<Look> {
  const { packing } = named;
  const packed = packing ? { packing } : {};
  if (packing && !canUnpack(packing)) {
    const text = `${packing} is not looked into`;
    return { columns: [], ...packed, problems: [{ kind: "unread", text }] };
  }
  let start = await beginning(packing, head, head.length >= bytes.size);
  if (typeof start === "string")
    return { columns: [], ...packed, problems: [{ kind: "damaged", text: start }] };
  if (!start.whole && !start.bytes.includes(10)) {
    const more = await bytes.read(0, FARTHEST);
    const again = await beginning(packing, more, more.length >= bytes.size);
    if (typeof again !== "string") start = again;
    if (!start.whole && !start.bytes.includes(10)) {
      const text = `its first line goes on for more than ${start.bytes.length} bytes`;
      return { columns: [], ...packed, problems: [{ kind: "unread", text }] };
    }
  }
  if (start.bytes.length === 0)
    return { columns: [], ...packed, problems: [{ kind: "empty", text: "nothing is in it" }] };
  const decoded = decode(start.bytes);
  if (!decoded) {
    const text = "its bytes are no text, and of no known format";
    return { columns: [], ...packed, problems: [{ kind: "name", text }] };
  }
  const look = lookInto(decoded.text, start.whole, named.format);
  return { ...look, ...packed, encoding: decoded.encoding };
}

interface Start {
  bytes: Buffer;
  /** Nothing follows. */
  whole: boolean;
}

/** The text at the beginning; a sentence where it cannot be unpacked. */
async function beginning(
  packing: Packing | undefined,
  head: Buffer,
  whole: boolean,
): Promise<Start | string> {
  if (!packing) return { bytes: head, whole };
  try {
    const bytes = await unpack(packing, head, MOST_UNPACKED);
    return { bytes, whole: whole && bytes.length < MOST_UNPACKED };
  } catch {
    return `it is not the ${packing} that its name says, or it is damaged`;
  }
}

function lookInto(text: string, whole: boolean, named: Format | undefined): Look {
  const page = pageIn(text);
  if (page) return { columns: [], problems: [{ kind: "name", text: `it is ${page}, not data` }] };
  const json = named === "text" ? undefined : lookAtJson(text, whole);
  // A CSV file may begin with a bracket; what parses as objects is JSON whatever its name says.
  if (json && (named !== "csv" || json.columns.length > 0)) return { format: "json", ...json };
  const plain: Look = {
    format: "text",
    columns: [{ name: "value", type: "string" }],
    problems: [],
  };
  const csv = lookAtCsv(whole ? text : text.slice(0, text.lastIndexOf("\n") + 1));
  if (named === "csv") return csv ? { format: "csv", ...csv } : plain;
  // Without a name that says so, only what is a table in each of its lines is one.
  const table = csv && csv.columns.length > 1 && csv.problems.length === 0;
  return table ? { format: "csv", ...csv } : plain;
}

import { lookAtAvro } from "./footer/avro.ts";
import { endsAsOrc, lookAtOrc } from "./footer/orc.ts";
import { endsAsParquet, lookAtParquet } from "./footer/parquet.ts";
import { readTail } from "./footer/tail.ts";
import { kindOf, type Named, readName } from "./magic.ts";
import { lookAtText } from "./text/look.ts";
import type { Bytes, Look, Problem } from "./types.ts";

/** Of text, and of what carries its schema at its beginning. */
const HEAD = 64 * 1024;

/** What one file is, by as little of it as tells. */
export async function lookAt(bytes: Bytes, path: string): Promise<Look> {
  if (bytes.size === 0) {
    return { columns: [], problems: [{ kind: "empty", text: "it is empty" }] };
  }
  const named = readName(path);
  const { format } = named;
  if (format === "parquet") {
    const tail = await readTail(bytes);
    if (endsAsParquet(tail.bytes)) return lookAtParquet(bytes, tail);
  }
  if (format === "orc") {
    const tail = await readTail(bytes);
    if (endsAsOrc(tail.bytes)) return lookAtOrc(bytes, tail);
  }
  const head = await bytes.read(0, HEAD);
  const look = await byHead(bytes, head, named);
  return withName(look, named, kindOf(head));
}

async function byHead(bytes: Bytes, head: Buffer, named: Named): Promise<Look> {
  const kind = kindOf(head);
  switch (kind) {
    case "parquet":
      return lookAtParquet(bytes, await readTail(bytes));
    case "orc":
      return lookAtOrc(bytes, await readTail(bytes));
    case "avro":
      return lookAtAvro(bytes, head);
    case "zip":
    case "pdf":
      return { columns: [], problems: [{ kind: "name", text: `it is a ${kind} file, not data` }] };
    case "gzip":
    case "zstd":
    case "bzip2":
    case "lz4":
    case "xz":
      return lookAtText(bytes, head, { ...named, packing: kind });
    default: {
      const { packing, ...rest } = named;
      // These begin with their mark; without it, it is something else under that name.
      const really = packing === "gzip" || packing === "zstd" ? {} : { packing };
      return lookAtText(bytes, head, packing ? { ...rest, ...really } : named);
    }
  }
}

/** Spark goes by the name alone when it unpacks, and by what it was told when it reads. */
function withName(look: Look, named: Named, kind: ReturnType<typeof kindOf>): Look {
  const problems: Problem[] = [];
  const { format, packing } = named;
  if (look.packing && look.packing === kind && packing !== kind) {
    problems.push({
      kind: "packed",
      text: `it is packed with ${kind}, which its name does not say`,
    });
  }
  if ((packing === "gzip" || packing === "zstd") && kind !== packing)
    problems.push({ kind: "packed", text: `it is not the ${packing} that its name says` });
  // However it is told to, Spark cannot read these until they are renamed.
  if (problems.length > 0) return { columns: [], problems };
  // Plain text may be anything.
  if (look.format && format && look.format !== format && format !== "text")
    problems.push({ kind: "name", text: `it is ${look.format}, not the ${format} of its name` });
  return problems.length > 0 ? { ...look, problems: [...problems, ...look.problems] } : look;
}

import { topColumns } from "../../dataset/columns.ts";
import type { Bytes, Look } from "../types.ts";
import { damaged, type Tail, wholeFooter } from "./tail.ts";

const MARK = "PAR1";

export function endsAsParquet(tail: Buffer): boolean {
  return tail.subarray(-4).toString("latin1") === MARK;
}

/** The footer lies before its length and the mark; nothing else of the file is read. */
export async function lookAtParquet(bytes: Bytes, tail: Tail): Promise<Look> {
  if (!endsAsParquet(tail.bytes)) {
    return damaged(
      "parquet",
      "cut",
      "it does not end in PAR1: it is cut off, or still being written",
    );
  }
  const footer = await wholeFooter(bytes, tail, tail.bytes.readUInt32LE(tail.bytes.length - 8), 8);
  if (typeof footer === "string") return damaged("parquet", "damaged", footer);
  try {
    const { parquetMetadata } = await import("hyparquet");
    const { schema, num_rows } = parquetMetadata(new Uint8Array(footer), { geoparquet: false });
    return { format: "parquet", columns: topColumns(schema), rows: Number(num_rows), problems: [] };
  } catch (error) {
    return damaged("parquet", "damaged", `its footer cannot be read: ${(error as Error).message}`);
  }
}

import { readFileSync } from "node:fs";
import { Bare } from "./cell.ts";

/** Rows with their values as exact as the file has them. */
export async function parquetObjects(
  files: { path: string; partitions: object }[],
): Promise<Record<string, unknown>[]> {
  const { parquetMetadata, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const objects: Record<string, unknown>[] = [];
  for (const { path, partitions } of files) {
    const file = new Uint8Array(readFileSync(path)).buffer;
    const metadata = parquetMetadata(file);
    const scales = new Map<string, number>();
    for (const { element } of parquetSchema(metadata).children) {
      if (element.converted_type !== "DECIMAL") continue;
      scales.set(element.name, element.scale ?? 0);
      // It would become a floating-point number.
      delete element.converted_type;
      delete element.logical_type;
    }
    const rows = await parquetReadObjects({ file, metadata, utf8: false, parsers: PARSERS });
    for (const row of rows) {
      for (const [name, scale] of scales) row[name] = decimal(row[name], scale);
      objects.push({ ...row, ...partitions });
    }
  }
  return objects;
}

const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => instant(millis * 1_000_000n),
  timestampFromMicroseconds: (micros: bigint) => instant(micros * 1000n),
  timestampFromNanoseconds: instant,
  dateFromDays: (days: number) =>
    days === undefined ? days : new Bare(new Date(days * 86_400_000).toISOString().slice(0, 10)),
} as object;

/** Nanoseconds since 1970 as text, with as many digits as they need. */
function instant(nanos: bigint): Bare | undefined {
  if (nanos === undefined || nanos === null) return undefined;
  const seconds = nanos / 1_000_000_000n - (nanos < 0n && nanos % 1_000_000_000n !== 0n ? 1n : 0n);
  const rest = nanos - seconds * 1_000_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5).replace("T", " ");
  const digits = rest.toString().padStart(9, "0").replace(/0+$/, "");
  return new Bare(digits === "" ? whole : `${whole}.${digits}`);
}

function decimal(value: unknown, scale: number): unknown {
  const unscaled =
    value instanceof Uint8Array
      ? BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString("hex") || "0"}`))
      : typeof value === "number" || typeof value === "bigint"
        ? BigInt(value)
        : undefined;
  if (unscaled === undefined) return value;
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const whole = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return new Bare(unscaled < 0n ? `-${whole}` : whole);
}

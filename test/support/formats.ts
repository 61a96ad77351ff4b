import { deflateRawSync } from "node:zlib";

/** Files of the formats with footers and headers, made by hand: small, and wrong where a test wants them so. */

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
};
const zigzag = (value: number) => varint(value < 0 ? -2 * value - 1 : 2 * value);

/** Thrift's compact protocol: fields in ascending order, each with its type. */
type Thrift = number | bigint | string | Thrift[] | Map<number, Thrift>;

function thrift(value: Thrift): number[] {
  if (typeof value === "number") return zigzag(value);
  if (typeof value === "bigint") return zigzag(Number(value));
  if (typeof value === "string") {
    const bytes = Buffer.from(value);
    return [...varint(bytes.length), ...bytes];
  }
  if (Array.isArray(value)) {
    const kind = value.length > 0 ? kindOf(value[0] as Thrift) : 12;
    const head =
      value.length < 15 ? [(value.length << 4) | kind] : [0xf0 | kind, ...varint(value.length)];
    return [...head, ...value.flatMap(thrift)];
  }
  let last = 0;
  const fields: number[] = [];
  for (const [id, field] of value) {
    fields.push(((id - last) << 4) | kindOf(field), ...thrift(field));
    last = id;
  }
  return [...fields, 0];
}

function kindOf(value: Thrift): number {
  if (typeof value === "number") return 5;
  if (typeof value === "bigint") return 6;
  if (typeof value === "string") return 8;
  return Array.isArray(value) ? 9 : 12;
}

const struct = (fields: Record<number, Thrift>) =>
  new Map(Object.entries(fields).map(([id, value]) => [Number(id), value]));
const PARQUET: Record<string, Record<number, Thrift>> = {
  int: { 1: 1 },
  bigint: { 1: 2 },
  double: { 1: 5 },
  string: { 1: 6, 6: 0 },
};

/** The end of a Parquet file: what a check reads of it. */
export function parquetFooter(
  columns: [name: string, type: string][],
  rows = 1,
  rowGroups = 1,
): Buffer {
  const schema = [
    struct({ 4: "root", 5: columns.length }),
    ...columns.map(([name, type]) => struct({ ...PARQUET[type], 3: 1, 4: name })),
  ].map((element) => new Map([...element].sort(([a], [b]) => a - b)));
  const chunk = ([name, type]: [string, string]) =>
    struct({
      2: 4n,
      3: struct({
        1: PARQUET[type]?.[1] ?? 1,
        2: [0, 3],
        3: [name],
        4: 1,
        5: BigInt(rows),
        6: 1000n,
        7: 1000n,
        9: 4n,
        12: struct({ 3: 0n, 5: "zzzzzzzz", 6: "aaaaaaaa" }),
      }),
    });
  const groups = Array.from({ length: rowGroups }, () =>
    struct({ 1: columns.map(chunk), 2: 1000n, 3: BigInt(rows) }),
  );
  const footer = Buffer.from(
    thrift(struct({ 1: 1, 2: schema, 3: BigInt(rows * rowGroups), 4: groups })),
  );
  const end = Buffer.alloc(8);
  end.writeUInt32LE(footer.length);
  end.write("PAR1", 4);
  return Buffer.concat([footer, end]);
}

export const parquetFile = (columns: [name: string, type: string][], rows = 1) =>
  Buffer.concat([Buffer.from("PAR1"), parquetFooter(columns, rows)]);

/** A field of a protobuf message: a number, or bytes with their length. */
const field = (id: number, value: number | Buffer): number[] =>
  typeof value === "number"
    ? [...varint(id << 3), ...varint(value)]
    : [...varint((id << 3) | 2), ...varint(value.length), ...value];
const ORC: Record<string, number> = { int: 3, bigint: 4, double: 6, string: 7 };

export function orcFile(columns: [name: string, type: string][], rows = 1, packed = false): Buffer {
  const root = Buffer.from([
    ...field(1, 12),
    ...field(2, Buffer.from(columns.map((_, i) => i + 1))),
    ...columns.flatMap(([name]) => field(3, Buffer.from(name))),
  ]);
  const types = columns.map(([, type]) => Buffer.from(field(1, ORC[type] ?? 7)));
  const plain = Buffer.from([
    ...[root, ...types].flatMap((type) => field(4, type)),
    ...field(6, rows),
  ]);
  const deflated = deflateRawSync(plain);
  const head = Buffer.alloc(3);
  head.writeUIntLE(deflated.length << 1, 0, 3);
  const footer = packed ? Buffer.concat([head, deflated]) : plain;
  const postscript = Buffer.from([
    ...field(1, footer.length),
    ...field(2, packed ? 1 : 0),
    ...field(8000, Buffer.from("ORC")),
  ]);
  return Buffer.concat([Buffer.from("ORC"), footer, postscript, Buffer.from([postscript.length])]);
}

/** Blocks of so many rows each; a row is one long. */
export function avroFile(schema: unknown, blocks: number[] = [1]): Buffer {
  const bytes = (value: string) => [...zigzag(Buffer.byteLength(value)), ...Buffer.from(value)];
  const sync = Buffer.from("0123456789abcdef");
  const header = Buffer.from([
    ...Buffer.from("Obj\x01"),
    ...zigzag(2),
    ...bytes("avro.schema"),
    ...bytes(JSON.stringify(schema)),
    ...bytes("avro.codec"),
    ...bytes("null"),
    0,
    ...sync,
  ]);
  const parts = blocks.map((rows) =>
    Buffer.from([...zigzag(rows), ...zigzag(rows), ...new Array<number>(rows).fill(2), ...sync]),
  );
  return Buffer.concat([header, ...parts]);
}

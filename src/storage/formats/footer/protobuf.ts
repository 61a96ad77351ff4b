/** A message of protobuf: its fields by number, in the order they stand. */
export type Message = Map<number, (bigint | Buffer)[]>;

/** Reads as much of the wire format as ORC's footers need; what is no message ends in an error. */
export function readMessage(bytes: Buffer): Message {
  const message: Message = new Map();
  const at = { is: 0 };
  while (at.is < bytes.length) {
    const tag = Number(readVarint(bytes, at));
    const value = readValue(bytes, at, tag & 7);
    const known = message.get(tag >>> 3);
    if (known) known.push(value);
    else message.set(tag >>> 3, [value]);
  }
  return message;
}

function readValue(bytes: Buffer, at: { is: number }, kind: number): bigint | Buffer {
  if (kind === 0) return readVarint(bytes, at);
  const length =
    kind === 1 ? 8 : kind === 5 ? 4 : kind === 2 ? Number(readVarint(bytes, at)) : Number.NaN;
  const end = at.is + length;
  if (!(end <= bytes.length)) throw new Error("a field is longer than the message");
  const value = bytes.subarray(at.is, end);
  at.is = end;
  return value;
}

function readVarint(bytes: Buffer, at: { is: number }): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = bytes[at.is++];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw new Error("a number does not end");
}

export function numberIn(message: Message, field: number): number | undefined {
  const value = message.get(field)?.at(-1);
  return typeof value === "bigint" ? Number(value) : undefined;
}

export function buffersIn(message: Message, field: number): Buffer[] {
  return (message.get(field) ?? []).filter((value) => Buffer.isBuffer(value));
}

/** Packed into one field, or one by one. */
export function numbersIn(message: Message, field: number): number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (typeof value === "bigint") return [Number(value)];
    const at = { is: 0 };
    const numbers: number[] = [];
    while (at.is < value.length) numbers.push(Number(readVarint(value, at)));
    return numbers;
  });
}

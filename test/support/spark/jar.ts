/** A jar of empty entries, as small as the format allows. */
export function jarWith(names: string[], lying = false): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const bytes = Buffer.from(name);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(bytes.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(bytes.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(head, bytes);
    central.push(entry, bytes);
    offset += head.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt32LE(Buffer.concat(central).length, 12);
  end.writeUInt16LE(lying ? names.length + 5 : names.length, 10);
  end.writeUInt32LE(lying ? offset + 7 : offset, 16);
  return Buffer.concat([...local, ...central, end]);
}

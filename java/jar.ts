/** Jar files that come out the same on every machine: sorted, without dates, not compressed. */

import { crc32, inflateRawSync } from "node:zlib";

export type Entries = Map<string, Buffer>;

const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endHeader = 0x06054b50;
/** 1 January 1980, the first day that a zip file can name. */
const noDate = 0x0021;

/** A zip of stored entries: deflate would differ between versions of zlib. */
export function writeJar(entries: Entries): Buffer {
  // Readers of jars expect the manifest first.
  const names = [...entries.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of names) {
    const content = entries.get(name) ?? Buffer.alloc(0);
    const common = Buffer.alloc(26); // The fields that both headers have, from version to extra.
    common.writeUInt16LE(10, 0);
    common.writeUInt16LE(0x0800, 2); // Names are UTF-8.
    common.writeUInt16LE(noDate, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const file = Buffer.concat([uint32(localHeader), common, Buffer.from(name), content]);
    // Version made by; then the common fields; comment, disk, attributes: none; offset.
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([uint32(centralHeader), Buffer.from([10, 0]), common, rest, Buffer.from(name)]),
    );
    files.push(file);
    offset += file.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endHeader, 0);
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, central, end]);
}

function rank(name: string): number {
  return name === "META-INF/MANIFEST.MF" ? 0 : 1;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

/** Reads any ordinary jar; ours and, say, one that was repacked. */
export function readJar(jar: Buffer): Entries {
  const end = jar.lastIndexOf(uint32(endHeader));
  if (end < 0) throw new Error("not a zip file: it has no directory");
  const entries: Entries = new Map();
  let at = jar.readUInt32LE(end + 16);
  for (let left = jar.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = jar.readUInt16LE(at + 28);
    const name = jar.toString("utf8", at + 46, at + 46 + nameLength);
    const start = jar.readUInt32LE(at + 42);
    const from = start + 30 + jar.readUInt16LE(start + 26) + jar.readUInt16LE(start + 28);
    const raw = jar.subarray(from, from + jar.readUInt32LE(at + 20));
    entries.set(name, jar.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw));
    at += 46 + nameLength + jar.readUInt16LE(at + 30) + jar.readUInt16LE(at + 32);
  }
  return entries;
}

import { readFileSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";

/** Names of the entries of a zip file, from its central directory; nothing is unpacked. */
export function zipEntries(path: string): string[] {
  const bytes = readFileSync(path);
  const bad = () =>
    new MayflyError(
      "job-file",
      `cannot run "${path}": it is not a jar (${bytes.length} bytes)`,
      "build it again",
    );
  // The end record is 22 bytes and a comment of at most 64 KB.
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 65_558 && bytes.readUInt32LE(end) !== 0x06054b50) end--;
  if (end < 0 || bytes.readUInt32LE(end) !== 0x06054b50) throw bad();
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw bad();
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString("utf8", at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

export function classesOf(path: string): string[] {
  return zipEntries(path)
    .filter((name) => name.endsWith(".class") && !name.startsWith("META-INF/"))
    .map((name) => name.slice(0, -".class".length).replaceAll("/", "."));
}

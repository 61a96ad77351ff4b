import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";

export interface LocalFile {
  /** Within the folder; the file's own name where it is one. */
  name: string;
  path: string;
  bytes: number;
}

/** What Mayfly and git keep beside the data is neither. */
const LEFT_OUT = new Set([".mayfly", ".git", "__pycache__"]);

/** The files of a folder, by name; of a file itself. A link to a file is one, a link to a folder is left out. */
export async function localFilesBelow(path: string): Promise<LocalFile[]> {
  const whole = statSync(path);
  if (whole.isFile()) return [{ name: basename(path), path, bytes: whole.size }];
  const walk = (folder: string, under: string): LocalFile[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const own = join(folder, entry.name);
      const name = `${under}${entry.name}`;
      if (LEFT_OUT.has(entry.name)) return [];
      if (entry.isDirectory()) return walk(own, `${name}/`);
      const found = statSync(own, { throwIfNoEntry: false });
      return found?.isFile() ? [{ name, path: own, bytes: found.size }] : [];
    });
  return walk(path, "").sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of a file its content, of a folder the names and contents of all that it holds. */
export async function digestOf(files: LocalFile[], whole: boolean): Promise<string> {
  const all = createHash("sha256");
  for (const { name, path } of files) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    const digest = hash.digest("hex");
    if (!whole) return digest.slice(0, 20);
    all.update(`${name}\0${digest}\n`);
  }
  return all.digest("hex").slice(0, 20);
}

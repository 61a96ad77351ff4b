import type { Checked } from "../check/check.ts";
import type { Group } from "../check/group.ts";
import type { DataFile } from "../files.ts";

/** What Spark is told to read so that it reads the files of a group and no others. */
export function pathsOf(group: Group, { found }: Checked): string[] {
  const mine = new Set(group.files.map((file) => file.item.path));
  const folders = new Map<string, DataFile[]>();
  for (const file of found.files) {
    const folder = folderOf(file.item.path);
    const list = folders.get(folder);
    if (list) list.push(file);
    else folders.set(folder, [file]);
  }
  const above = new Set<string>();
  for (const folder of folders.keys())
    for (
      let at = folder.indexOf("/");
      at >= 0 && at < folder.length - 1;
      at = folder.indexOf("/", at + 1)
    )
      above.add(folder.slice(0, at + 1));
  const paths: string[] = [];
  for (const [folder, files] of folders) {
    const own = files.filter((file) => mine.has(file.item.path));
    const [first] = own;
    if (!first) continue;
    const parents = folder === "" ? folders.size > 1 : above.has(folder);
    if (own.length === files.length && !parents && own.length > 1) {
      paths.push(escapeGlob(folderUri(first)));
      continue;
    }
    const ending = endingOf(first.item.path);
    const same = files.filter((file) => file.item.path.endsWith(ending));
    const all = own.length > 1 && ending !== "" && same.every((file) => mine.has(file.item.path));
    if (all && same.length === own.length) paths.push(`${escapeGlob(folderUri(first))}*${ending}`);
    else paths.push(...own.map((file) => escapeGlob(file.uri)));
  }
  return paths;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);

function folderUri({ uri }: DataFile): string {
  const folder = uri.slice(0, uri.lastIndexOf("/") + 1);
  return folder === "" ? "./" : folder;
}

/** From the first dot on, so that a.csv.gz is another one than a.csv; of plain letters only. */
function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /(?:\.[A-Za-z][A-Za-z0-9]*)+$/.exec(name)?.[0] ?? "";
}

/** Spark takes these for a pattern. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[\]{}\\]/g, "\\$&");
}

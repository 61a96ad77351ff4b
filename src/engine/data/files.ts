import { pathPattern, splitGlob } from "../../storage/glob.ts";
import { notThere, type Stores } from "../../storage/open.ts";
import type { Item, Store } from "../../storage/store.ts";

export interface DataFile {
  store: Store;
  item: Item;
  uri: string;
  /** Below the folder that Spark would be told of. */
  name: string;
}

export interface Found {
  /** The folder, the file, or the folder where a pattern begins; ends with / where it is a folder. */
  base: string;
  files: DataFile[];
  bytes: number;
  /** Files that Spark does not see, for their names. */
  hidden: number;
}

/** Every file that Spark would take for data, in the order of their names; `page` hears how many there are so far. */
export async function dataFilesAt(
  uri: string,
  attempted: string,
  stores: Stores,
  page: (files: number) => unknown = () => {},
): Promise<Found> {
  const { store, path } = await stores.at(uri);
  const found: Found = { base: "", files: [], bytes: 0, hidden: 0 };
  const add = (item: Item, name: string, whole: string) => {
    // A key that ends in / stands for a folder.
    if (item.path.endsWith("/")) return;
    if (isHidden(whole)) found.hidden++;
    else {
      found.files.push({ store, item, uri: store.uri(item.path), name });
      found.bytes += item.bytes;
    }
  };
  const split = splitGlob(path);
  const there = await store.stat(path);
  if (split && there?.kind !== "file") {
    found.base = split.folder;
    const pattern = pathPattern(split.glob.replace(/\/+$/, ""));
    for await (const some of store.list(split.folder, true)) {
      await page(found.files.length);
      for (const item of some) {
        const below = item.path.slice(split.folder.length);
        const root = matchedRoot(below, pattern);
        if (root === undefined || item.kind !== "file") continue;
        const name = below.slice(root.length).replace(/^\//, "");
        add(item, name === "" ? below.slice(below.lastIndexOf("/") + 1) : name, name);
      }
    }
  } else if (!there) throw notThere(uri, attempted, stores.wish);
  else if (there.kind === "file") {
    found.base = path.slice(0, path.lastIndexOf("/") + 1);
    add(there, path.slice(path.lastIndexOf("/") + 1), "");
  } else {
    found.base = there.path;
    for await (const some of store.list(there.path, true)) {
      await page(found.files.length);
      for (const item of some) {
        const name = item.path.slice(there.path.length);
        if (item.kind === "file") add(item, name, name);
      }
    }
  }
  found.files.sort((a, b) => (a.item.path < b.item.path ? -1 : 1));
  return found;
}

/** The part of a name that a pattern fits: a folder's, with all that it holds, or the file's. */
function matchedRoot(name: string, pattern: RegExp): string | undefined {
  for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1))
    if (pattern.test(name.slice(0, at))) return name.slice(0, at);
  return pattern.test(name) ? name : undefined;
}

/** As Spark has it: _SUCCESS and .part.crc are no data, the folder _day=1 is. */
function isHidden(name: string): boolean {
  return name
    .split("/")
    .some(
      (part) =>
        part.startsWith(".") ||
        (part.startsWith("_") && !part.includes("=")) ||
        part.endsWith("._COPYING_"),
    );
}

/** So many, evenly spread over all. */
export function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)] as T);
}

import { lstatSync } from "node:fs";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { notThere } from "../../storage/open.ts";
import { inParallel } from "../../storage/parallel.ts";
import { type Item, isOnDisk, type Store } from "../../storage/store.ts";
import { type ModeChange, readMode } from "./mode.ts";
import type { Opened } from "./stores.ts";

const AT_ONCE = 16;

export interface Changed {
  changed: number;
  failed: { uri: string; reason: string }[];
}

/** Gives files and folders other permission bits; with `recursive` also all that lies below. */
export async function changeModes(
  mode: string,
  uris: string[],
  recursive: boolean,
  stores: Opened,
): Promise<Changed> {
  const change = readMode(mode, process.umask());
  const found: { store: Store; item: Item }[] = [];
  for (const uri of uris) {
    const { store, path } = await stores.at(uri);
    if (!store.setMode) throw noModes(uri);
    const item = await store.stat(path);
    if (!item) throw notThere(uri, "change the mode of", stores.wish);
    found.push({ store, item });
  }
  const all: Changed = { changed: 0, failed: [] };
  for (const { store, item } of found) await changeAll(store, [item], change, recursive, all);
  return all;
}

/** A folder before what it holds: it may have been closed. */
async function changeAll(
  store: Store,
  items: Item[],
  change: ModeChange,
  recursive: boolean,
  all: Changed,
): Promise<void> {
  const attempted = (item: Item) => `change the mode of "${store.uri(item.path)}"`;
  await inParallel(items, AT_ONCE, async (item) => {
    try {
      const mode = item.mode ?? (await store.stat(item.path))?.mode ?? 0;
      const wanted = change(mode, item.kind === "folder");
      await store.setMode?.(item.path, wanted);
      all.changed++;
    } catch (error) {
      const known = toMayflyError(error, attempted(item));
      if (known.code === "offline") throw known;
      all.failed.push({ uri: store.uri(item.path), reason: known.message });
    }
  });
  if (!recursive) return;
  for (const folder of items.filter(({ kind }) => kind === "folder")) {
    try {
      for await (const page of store.list(folder.path, false))
        await changeAll(
          store,
          page.filter((item) => !isLink(store, item)),
          change,
          true,
          all,
        );
    } catch (error) {
      const known = toMayflyError(error, attempted(folder));
      if (known.code === "offline") throw known;
      all.failed.push({ uri: store.uri(folder.path), reason: known.message });
    }
  }
}

/** It has no mode, and what it leads to may be somebody else's. */
function isLink(store: Store, { path }: Item): boolean {
  return isOnDisk(store) && lstatSync(store.file(path)).isSymbolicLink();
}

function noModes(uri: string): MayflyError {
  return new MayflyError(
    "usage",
    `cannot change the mode of "${uri}": S3 has none`,
    "who may read a bucket stands in its policy: aws s3api put-bucket-policy",
  );
}

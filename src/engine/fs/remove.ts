import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { fits } from "../../storage/move/transfer.ts";
import { notThere } from "../../storage/open.ts";
import { isOnDisk } from "../../storage/store.ts";
import { discard, type Removed, type RemoveRequest } from "./discard.ts";
import { list } from "./list.ts";
import type { Opened } from "./stores.ts";

export type { Removed, RemoveRequest };

/** Removes files, and with `recursive` folders; `remove` is false for who only wants to know. */
export async function remove(
  request: RemoveRequest,
  stores: Opened,
  tell: (uri: string) => void,
  really = true,
): Promise<Removed> {
  const all: Removed = { files: 0, trashed: 0, failed: [] };
  for (const uri of request.uris) {
    const { store, path } = await stores.at(uri);
    const found = await store.stat(path);
    if (!found && !/[*?[]/.test(path)) throw notThere(uri, "remove", stores.wish);
    if (found?.kind === "folder") {
      requireHarmless(uri, path, isOnDisk(store) ? stores.wish.cwd : undefined);
      if (!request.recursive) {
        throw new MayflyError(
          "usage",
          `cannot remove "${uri}": it is a folder`,
          "with --recursive it goes with all that it holds",
        );
      }
    }
    if (store.discard) {
      const say = really ? undefined : tell;
      const done = await discard(uri, found, store, request, stores, say);
      all.files += done.files;
      all.trashed += done.trashed;
      if (done.noTrash) all.noTrash = true;
      all.failed.push(...done.failed);
      continue;
    }
    const some = async (paths: string[]) => {
      for (const one of paths) tell(store.uri(one));
      const failed = really ? await store.remove(paths) : [];
      all.files += paths.length - failed.length;
      all.failed.push(...failed.map((one) => ({ uri: store.uri(one.path), reason: one.reason })));
    };
    for await (const page of list(uri, request.recursive, stores)) {
      const fitting = page.filter(({ name }) => fits(name, request.filter));
      await some(fitting.filter(({ kind }) => kind === "file").map((item) => item.path));
    }
    if (found?.kind !== "folder" || request.filter.rules.length > 0 || !really) continue;
    if (isOnDisk(store)) removeRest(store.file(path), path === "");
    // A key that ends in / may stand for the folder itself.
    else if (path !== "") await store.remove([found.path]);
  }
  return all;
}

/** What is no file: folders, links, pipes. */
function removeRest(folder: string, isRoot: boolean): void {
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  if (!isRoot) rmdirSync(folder);
}

/** As `rm --preserve-root`: nobody means these. */
function requireHarmless(uri: string, path: string, cwd: string | undefined): void {
  if (cwd === undefined || /^(s3[an]?|hdfs):/.test(uri)) return;
  const whole = resolve(cwd, path);
  if (![resolve("/"), homedir()].includes(whole) && !`${cwd}/`.startsWith(`${whole}/`)) return;
  throw new MayflyError(
    "refused",
    `cannot remove "${uri}": it is the root, the home or the folder you stand in`,
    "name what it holds: ./* or a folder below it",
  );
}

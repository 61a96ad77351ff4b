import { homedir } from "node:os";
import { resolve } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { notThere } from "../../storage/open.ts";
import { type Filter, fits } from "../../storage/transfer.ts";
import { list } from "./list.ts";
import type { Opened } from "./stores.ts";

export interface RemoveRequest {
  uris: string[];
  recursive: boolean;
  filter: Filter;
}

export interface Removed {
  files: number;
  failed: { uri: string; reason: string }[];
}

/** Removes files, and with `recursive` folders; `remove` is false for who only wants to know. */
export async function remove(
  request: RemoveRequest,
  stores: Opened,
  tell: (uri: string) => void,
  really = true,
): Promise<Removed> {
  const all: Removed = { files: 0, failed: [] };
  for (const uri of request.uris) {
    const { store, path } = await stores.at(uri);
    const found = await store.stat(path);
    if (!found && !/[*?[]/.test(path)) throw notThere(uri, "remove", stores.wish);
    if (found?.kind === "folder") {
      requireHarmless(uri, path, "file" in store ? stores.wish.cwd : undefined);
      if (!request.recursive) {
        throw new MayflyError(
          "usage",
          `cannot remove "${uri}": it is a folder`,
          "with --recursive it goes with all that it holds",
        );
      }
    }
    const folders: string[] = found?.kind === "folder" && path !== "" ? [found.path] : [];
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
    // A key that ends in / may stand for the folder itself.
    if (!("file" in store) && folders.length > 0 && really) await store.remove(folders);
    if (!("file" in store) || request.filter.rules.length > 0 || !really) continue;
    // What is left of a folder on a disk: folders that hold nothing, the deepest first.
    if (found?.kind === "folder") await removeFolders(store, folders[0] ?? "", all);
  }
  return all;
}

async function removeFolders(
  store: Awaited<ReturnType<Opened["at"]>>["store"],
  path: string,
  all: Removed,
): Promise<void> {
  for await (const page of store.list(path, false))
    for (const item of page) if (item.kind === "folder") await removeFolders(store, item.path, all);
  if (path === "") return;
  const failed = await store.remove([path]);
  all.failed.push(...failed.map((one) => ({ uri: store.uri(one.path), reason: one.reason })));
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

import { statSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import { pathPattern, splitGlob } from "../glob.ts";
import { notThere, type Place, type Stores } from "../open.ts";
import { type Item, isOnDisk, type Store } from "../store.ts";
import {
  type Filter,
  filesBelow,
  fits,
  isSafeName,
  type Move,
  type TransferOptions,
  type Transferred,
  transfer,
} from "./transfer.ts";

export interface CopyRequest {
  from: string[];
  to: string;
  recursive: boolean;
  filter: Filter;
  /** What has arrived is removed where it came from. */
  move?: boolean;
  /** Spark names its part files anew each time: those of an earlier copy would count twice. */
  replaceParts?: boolean;
}

/** The files that a copy would move, and where to; nothing is touched. */
export async function* planCopy(
  request: CopyRequest,
  stores: Stores,
  leftOut: (uri: string) => void = () => {},
): AsyncGenerator<Move> {
  const target = await stores.at(request.to);
  const many = request.from.length > 1;
  for (const uri of request.from) yield* planOne(uri, request, target, many, stores, leftOut);
}

async function* planOne(
  uri: string,
  { to, recursive, filter }: CopyRequest,
  target: Place,
  many: boolean,
  stores: Stores,
  leftOut: (uri: string) => void,
): AsyncGenerator<Move> {
  const skipped = (_: string, left: string) => leftOut(left);
  const source = await stores.at(uri);
  const found = await source.store.stat(source.path);
  const into = target.path === "" || target.path.endsWith("/") ? target.path : `${target.path}/`;
  const split = splitGlob(source.path);
  const move = (item: Move["item"], path: string): Move => {
    const same = source.store === target.store && item.path === path;
    if (same) throw overlap(uri, to);
    return { from: source.store, item, to: target.store, path };
  };
  if (found?.kind === "file") {
    const name = source.path.slice(source.path.lastIndexOf("/") + 1);
    const folder =
      many || target.path === "" || target.path.endsWith("/") || (await isFolder(target));
    if (fits(name, filter)) yield move(found, folder ? `${into}${name}` : target.path);
    return;
  }
  if (split) {
    const pattern = pathPattern(split.glob);
    const below = { store: source.store, path: split.folder };
    let any = false;
    for await (const { item, name } of filesBelow(below, filter, skipped)) {
      const hit = pattern.test(name) || (recursive && pattern.test(name.split("/")[0] ?? ""));
      if (!hit) continue;
      any = true;
      yield move(item, `${into}${safeName(name, uri, target)}`);
    }
    if (!any) throw notThere(uri, "copy", stores.wish);
    return;
  }
  if (!found) throw notThere(uri, "copy", stores.wish);
  if (!recursive) {
    throw new MayflyError(
      "usage",
      `cannot copy "${uri}": it is a folder`,
      "with --recursive what it holds is copied",
    );
  }
  const base = found.path;
  if (source.store === target.store && into.startsWith(base)) throw overlap(uri, to);
  for await (const { item, name } of filesBelow({ ...source, path: base }, filter, skipped))
    if (!liesIn(source.store, item, target.store, into))
      yield move(item, `${into}${safeName(name, uri, target)}`);
}

/** What is in the target already, as the laptop's buckets are in the folder one stands in: no end otherwise. */
function liesIn(from: Store, item: Item, to: Store, folder: string): boolean {
  return isOnDisk(from) && isOnDisk(to) && from.file(item.path).startsWith(to.file(folder));
}

/** Keys may hold `..` and `//`; a file of such a name would lie somewhere else. */
export function safeName(name: string, uri: string, { store }: Place): string {
  if (!isOnDisk(store) || isSafeName(name)) return name;
  throw new MayflyError(
    "refused",
    `cannot copy "${uri}" to a folder: "${name}" would lie outside of it, or under another name`,
    "leave it out with --exclude, or copy it by its own name",
  );
}

async function isFolder({ store, path }: Place): Promise<boolean> {
  return (
    (isOnDisk(store) || store.hasFolders === true) && (await store.stat(path))?.kind === "folder"
  );
}

function overlap(from: string, to: string): MayflyError {
  return new MayflyError(
    "refused",
    `cannot copy "${from}" to "${to}": the one is, or lies in, the other`,
  );
}

export async function copy(
  request: CopyRequest,
  stores: Stores,
  options: TransferOptions = {},
): Promise<Transferred> {
  const arrived = new Map<Move["from"], Item[]>();
  const leftOut: string[] = [];
  const done = await transfer(
    planCopy(request, stores, (uri) => leftOut.push(uri)),
    {
      ...options,
      move: request.move,
      done: (move, reason) => {
        options.done?.(move, reason);
        if (reason === undefined && request.move && !move.renamed)
          arrived
            .set(move.from, arrived.get(move.from) ?? [])
            .get(move.from)
            ?.push(move.item);
      },
    },
  );
  if (request.replaceParts && done.failed.length === 0) await removeStaleParts(request, stores);
  for (const [store, items] of arrived) {
    const changed = items.filter((item) => hasChanged(store, item));
    for (const { path } of changed)
      done.failed.push({
        uri: store.uri(path),
        reason: "it changed while it was copied, and stays: move it again",
      });
    const paths = items.filter((item) => !changed.includes(item)).map(({ path }) => path);
    for (const { path, reason } of await store.remove(paths))
      done.failed.push({
        uri: store.uri(path),
        reason: `it was copied, and is still there: ${reason}`,
      });
  }
  return { ...done, leftOut };
}

/** What somebody wrote to it since would be gone with it. */
function hasChanged(store: Store, { path, bytes, modified }: Item): boolean {
  if (!isOnDisk(store)) return false;
  const now = statSync(store.file(path), { throwIfNoEntry: false });
  return now !== undefined && (now.size !== bytes || now.mtimeMs !== modified);
}

async function removeStaleParts({ from: [from = ""], to }: CopyRequest, stores: Stores) {
  const names = async (uri: string) => {
    const { store, path } = await stores.at(uri);
    const found = await store.stat(path);
    const below: string[] = [];
    if (found?.kind !== "folder") return below;
    for await (const page of store.list(found.path, false))
      for (const item of page)
        if (item.kind === "file") below.push(item.path.slice(found.path.length));
    return below;
  };
  const kept = new Set(await names(from));
  if (kept.size === 0) return;
  const { store, path } = await stores.at(to);
  const stale = (await names(to)).filter((name) => /^part-/.test(name) && !kept.has(name));
  await store.remove(stale.map((name) => `${path.replace(/\/*$/, "/")}${name}`));
}

import { realpathSync } from "node:fs";
import { MayflyError } from "../../base/errors.ts";
import { notThere, type Place, type Stores } from "../open.ts";
import { Disorder, inOrder, pairs } from "../order.ts";
import { type Item, isOnDisk, type Store } from "../store.ts";
import { sameContent } from "./content.ts";
import { safeName } from "./copy.ts";
import {
  type Filter,
  filesBelow,
  type Move,
  type TransferOptions,
  type Transferred,
  transfer,
} from "./transfer.ts";

export interface SyncRequest {
  from: string;
  to: string;
  filter: Filter;
  /** What the source does not have is removed. */
  remove: boolean;
  /** What makes a file of the same length another one: a younger source, its content, or nothing. */
  by: "time" | "content" | "size";
}

export type SyncStep =
  | { kind: "left out"; uri: string }
  | ({ kind: "copy" } & Move)
  | { kind: "same"; item: Item }
  | { kind: "remove"; store: Store; item: Item };

export interface Synced extends Transferred {
  removed: number;
}

/** What would make the target like the source, in the order of names; nothing is touched. */
export async function* planSync(
  request: SyncRequest,
  stores: Stores,
  sort = false,
): AsyncGenerator<SyncStep> {
  const { from, to, filter, remove, by } = request;
  const source = await folderAt(from, stores);
  const target = await stores.at(to);
  if (isOnDisk(target.store) && (await target.store.stat(target.path))?.kind === "file")
    throw new MayflyError("usage", `cannot sync to "${to}": it is a file`, "name a folder");
  const into = target.path === "" || target.path.endsWith("/") ? target.path : `${target.path}/`;
  refuseOverlap(request, source, { store: target.store, path: into });
  const outside: { name: string; uri: string }[] = [];
  const ordered = ({ store, path }: Place, leftOut?: (name: string, uri: string) => void) =>
    inOrder(filesBelow({ store, path }, filter, leftOut), store.inKeyOrder === true && !sort);
  const sources = ordered(source, (name, uri) => outside.push({ name, uri }));
  /** What the source has, though not to copy: a linked folder is no reason to remove what lies there. */
  const isLeftOut = (name: string) =>
    outside.some((one) => name === one.name || name.startsWith(`${one.name}/`));
  const there = (await target.store.stat(into))?.kind === "folder";
  const right = there ? ordered({ store: target.store, path: into }) : nothing();
  for await (const { left, right: old } of pairs(sources, right)) {
    if (!left) {
      if (old && remove && !isLeftOut(old.name))
        yield { kind: "remove", store: target.store, item: old.item };
      continue;
    }
    const path = `${into}${safeName(left.name, from, target)}`;
    const move: Move = { from: source.store, item: left.item, to: target.store, path };
    const changed = old === undefined || old.item.bytes !== left.item.bytes;
    if (changed || (by === "time" && isYounger(left.item, old.item))) {
      yield { kind: "copy", ...move };
    } else if (by === "content") {
      const sides = [
        { store: source.store, item: left.item },
        { store: target.store, item: old.item },
      ] as const;
      yield { kind: "copy", ...move, unless: () => sameContent(...sides) };
    } else yield { kind: "same", item: left.item };
  }
  for (const { uri } of outside) yield { kind: "left out", uri };
}

/** S3 keeps seconds only. */
function isYounger(source: Item, target: Item): boolean {
  return Math.floor(source.modified / 1000) > Math.floor(target.modified / 1000);
}

async function* nothing(): AsyncGenerator<{ item: Item; name: string }> {}

async function folderAt(uri: string, stores: Stores): Promise<Place> {
  const { store, path } = await stores.at(uri);
  const found = await store.stat(path);
  if (!found) throw notThere(uri, "sync", stores.wish);
  if (found.kind === "folder") return { store, path: found.path };
  throw new MayflyError(
    "usage",
    `cannot sync "${uri}": it is a file`,
    "a single file is copied by mayfly fs cp",
  );
}

/** A folder and what lies in it would be made alike without end, or removed. */
function refuseOverlap({ from, to }: SyncRequest, source: Place, target: Place): void {
  const nameOf = ({ store, path }: Place) =>
    isOnDisk(store) ? `${real(store.file(path))}/` : store.uri(path);
  const [a, b] = [nameOf(source), nameOf(target)];
  if (!a.startsWith(b) && !b.startsWith(a)) return;
  throw new MayflyError(
    "refused",
    `cannot sync "${from}" to "${to}": the one is, or lies in, the other`,
  );
}

function real(path: string): string {
  try {
    return realpathSync(path).replace(/\/+$/, "");
  } catch {
    return path.replace(/\/+$/, ""); // not there yet
  }
}

/** Copies what differs; only when all of it has arrived is removed what is too much. */
export async function sync(
  request: SyncRequest,
  stores: Stores,
  options: TransferOptions = {},
): Promise<Synced> {
  try {
    return await syncOnce(request, stores, options, false);
  } catch (error) {
    // A store whose listing is in no order, as directory buckets have: what is done stays, and is found the same.
    if (error instanceof Disorder) return syncOnce(request, stores, options, true);
    throw error;
  }
}

async function syncOnce(
  request: SyncRequest,
  stores: Stores,
  options: TransferOptions,
  sort: boolean,
): Promise<Synced> {
  let same = 0;
  const leftOut: string[] = [];
  const extra: string[] = [];
  const moves = async function* (): AsyncGenerator<Move> {
    for await (const step of planSync(request, stores, sort)) {
      if (step.kind === "copy") yield step;
      else if (step.kind === "same") same++;
      else if (step.kind === "left out") leftOut.push(step.uri);
      else extra.push(step.item.path);
    }
  };
  const done = await transfer(moves(), options);
  const all: Synced = { ...done, same: done.same + same, leftOut, removed: 0 };
  if (done.failed.length > 0) return all;
  if (extra.length === 0) return all;
  const { store } = await stores.at(request.to);
  const failed = await store.remove(extra);
  all.removed = extra.length - failed.length;
  for (const { path, reason } of failed) all.failed.push({ uri: store.uri(path), reason });
  return all;
}

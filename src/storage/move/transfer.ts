import { join } from "node:path";
import { MayflyError, toMayflyError } from "../../base/errors.ts";
import type { Place } from "../open.ts";
import { inParallel, makeBudget, readAhead } from "../parallel.ts";
import { type Item, isOnDisk, type Store, type WriteOptions } from "../store.ts";

/** One file on its way. */
export interface Move {
  from: Store;
  item: Item;
  to: Store;
  path: string;
  /** Asked right before: true where it is there already. */
  unless?: () => Promise<boolean>;
  /** It was not copied: nothing is left where it came from. */
  renamed?: boolean;
}

export interface TransferOptions extends WriteOptions {
  /** After each file, with the reason when it did not arrive. */
  done?: (move: Move, reason?: string) => void;
  /** Bytes of all that is to be moved, as far as it is known; `all` when that is everything. */
  planned?: (bytes: number, all: boolean) => void;
  /** Nothing is to stay where it came from: some stores rename. */
  move?: boolean | undefined;
}

export interface Transferred {
  files: number;
  bytes: number;
  /** What was there already, where that was asked for. */
  same: number;
  failed: { uri: string; reason: string }[];
  /** Neither files nor folders, and not copied: linked folders, links that lead nowhere, pipes. */
  leftOut: string[];
}

const AT_ONCE = 48;
/** What is on its way lies in memory: of small files many at once, of large ones one in parts. */
const MOST_BYTES = 48e6;
const MOST_AHEAD = 20_000;

/** Moves files; one that fails does not hold up the others. */
export async function transfer(
  moves: AsyncIterable<Move>,
  options: TransferOptions = {},
): Promise<Transferred> {
  const all: Transferred = { files: 0, bytes: 0, same: 0, failed: [], leftOut: [] };
  const memory = makeBudget(MOST_BYTES);
  await inParallel(counted(moves, options.planned), AT_ONCE, async (move) => {
    if (options.signal?.aborted) throw new MayflyError("interrupted", "the copy was interrupted");
    try {
      if (await move.unless?.()) {
        all.same++;
        options.moved?.(move.item.bytes);
        return;
      }
      await memory(costOf(move), () => moveOne(move, options));
      all.files++;
      all.bytes += move.item.bytes;
      options.done?.(move);
    } catch (error) {
      if (options.signal?.aborted) throw new MayflyError("interrupted", "the copy was interrupted");
      const known = toMayflyError(error, `copy "${move.from.uri(move.item.path)}"`);
      // Whatever comes next would fail in the same way.
      if (["disk-full", "missing", "offline"].includes(known.code)) throw known;
      all.failed.push({ uri: move.from.uri(move.item.path), reason: known.message });
      options.done?.(move, known.message);
    }
  });
  return all;
}

/** Looks ahead, so that the end is known before it comes. */
async function* counted(
  moves: AsyncIterable<Move>,
  planned: TransferOptions["planned"],
): AsyncIterable<Move> {
  if (!planned) return yield* moves;
  let bytes = 0;
  yield* readAhead(moves, MOST_AHEAD, (move) => {
    bytes += move?.item.bytes ?? 0;
    planned(bytes, move === undefined);
  });
}

/** What lies in memory of it. A download goes straight into its file. */
function costOf({ from, item, to }: Move): number {
  return isOnDisk(to) && !isOnDisk(from) ? 0 : item.bytes;
}

async function moveOne(move: Move, options: TransferOptions): Promise<void> {
  const { from, item, to, path } = move;
  move.renamed = options.move === true && (await to.moveFrom?.(from, item, path)) === true;
  if (move.renamed) return;
  if (isOnDisk(from)) return to.put(path, from.inside(item.path), options);
  if (isOnDisk(to)) return from.get(item, to.inside(path), options);
  if (await to.copyFrom?.(from, item, path, options)) return;
  const { mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const folder = mkdtempSync(join(tmpdir(), "mayfly-copy-"));
  try {
    await from.get(item, join(folder, "file"), { ...options, moved: () => {} });
    await to.put(path, join(folder, "file"), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Filter {
  /** The last one that fits decides, as with aws s3. */
  rules: { include: boolean; pattern: RegExp }[];
}

/** Files below a folder, with their names below it. */
export async function* filesBelow(
  { store, path }: Place,
  filter: Filter,
  leftOut: (name: string, uri: string) => void = () => {},
): AsyncGenerator<{ item: Item; name: string }> {
  const base = path === "" || path.endsWith("/") ? path : `${path}/`;
  for await (const page of store.list(base, true, (left) =>
    leftOut(left.slice(base.length), store.uri(left)),
  )) {
    for (const item of page) {
      const name = item.path.slice(base.length);
      // A key that ends in / stands for a folder; it has no content that a file could have.
      if (item.kind === "file" && !(name === "" || name.endsWith("/")) && fits(name, filter))
        yield { item, name };
    }
  }
}

export function fits(name: string, { rules }: Filter): boolean {
  const last = rules.findLast((rule) => rule.pattern.test(name));
  return last?.include ?? true;
}

/** Names below a folder that would lie outside of it on a disk. */
export function isSafeName(name: string): boolean {
  return (
    !name.split("/").some((part) => part === ".." || part === "." || part === "") &&
    !name.includes("\0")
  );
}

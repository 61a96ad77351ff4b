import { toMayflyError } from "../../base/errors.ts";
import { type Filter, fits } from "../../storage/move/transfer.ts";
import { inParallel } from "../../storage/parallel.ts";
import type { Item, Store } from "../../storage/store.ts";
import { list } from "./list.ts";
import type { Opened } from "./stores.ts";

const AT_ONCE = 16;

export interface RemoveRequest {
  uris: string[];
  recursive: boolean;
  filter: Filter;
  /** What would go into a trash goes for good. */
  skipTrash?: boolean;
}

export interface Removed {
  files: number;
  /** Of these, as many lie in a trash now. */
  trashed: number;
  /** A trash was wished for where none is kept. */
  noTrash?: boolean;
  failed: { uri: string; reason: string }[];
}

/** Removes from a store that takes whole folders, and may have a trash; `tell` instead where nothing is to be done. */
export async function discard(
  uri: string,
  found: Item | undefined,
  store: Store,
  request: RemoveRequest,
  stores: Opened,
  tell: ((uri: string) => void) | undefined,
): Promise<Removed> {
  const all: Removed = { files: 0, trashed: 0, failed: [] };
  for await (const page of wanted(uri, found, request, stores)) {
    if (tell) {
      for (const item of page) all.files += await tellFiles(item, store, tell);
      continue;
    }
    await inParallel(page, AT_ONCE, async (item) => {
      try {
        const gone = await store.discard?.(item, request.skipTrash ?? false);
        all.files += gone?.files ?? 0;
        if (gone?.noTrash) all.noTrash = true;
        if (gone?.trash !== undefined) all.trashed += gone.files;
      } catch (error) {
        const known = toMayflyError(error, `remove "${store.uri(item.path)}"`);
        // Whatever comes next would fail in the same way.
        if (known.code === "offline") throw known;
        all.failed.push({ uri: store.uri(item.path), reason: known.message });
      }
    });
  }
  return all;
}

/** What goes as a whole: the file or folder itself, or what a pattern or a filter fits. */
async function* wanted(
  uri: string,
  found: Item | undefined,
  { recursive, filter }: RemoveRequest,
  stores: Opened,
): AsyncGenerator<Item[]> {
  const filtered = filter.rules.length > 0;
  if (found && !filtered) return yield [found];
  for await (const page of list(uri, recursive && filtered, stores))
    yield page.filter(({ kind, name }) =>
      kind === "file" ? fits(name, filter) : recursive && !filtered,
    );
}

async function tellFiles(item: Item, store: Store, tell: (uri: string) => void): Promise<number> {
  if (item.kind === "file") {
    tell(store.uri(item.path));
    return 1;
  }
  let files = 0;
  for await (const page of store.list(item.path, true))
    for (const below of page) files += await tellFiles(below, store, tell);
  return files;
}

import { MayflyError } from "../../base/errors.ts";
import type { Opened } from "./stores.ts";

export interface FoundLeftover {
  uri: string;
  begun: number;
  bytes?: number;
  removed?: boolean;
}

/** What broken transfers have left below a URI and nobody has touched for so long. */
export async function* leftovers(
  uri: string,
  olderThanMs: number,
  remove: boolean,
  stores: Opened,
): AsyncGenerator<FoundLeftover> {
  const { store, path } = await stores.at(uri);
  if (!store.leftovers)
    throw new MayflyError(
      "usage",
      `cannot look for left-overs in "${uri}"`,
      "name a folder or a bucket",
    );
  const now = Date.now();
  for await (const one of store.leftovers(path)) {
    if (now - one.begun < olderThanMs) continue;
    yield {
      uri: store.uri(one.path),
      begun: one.begun,
      ...(one.bytes === undefined ? {} : { bytes: one.bytes }),
      ...(remove ? { removed: await one.remove() } : {}),
    };
  }
}

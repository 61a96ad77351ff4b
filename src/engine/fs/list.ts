import { statSync } from "node:fs";
import { join } from "node:path";
import { listIfThere } from "../../base/files.ts";
import { pathPattern, splitGlob } from "../../storage/glob.ts";
import type { Bucket } from "../../storage/open.ts";
import { notThere } from "../../storage/open.ts";
import type { Item } from "../../storage/store.ts";
import type { Opened } from "./stores.ts";

export interface Listed extends Item {
  uri: string;
  /** As it is called from where the listing began. */
  name: string;
}

/** What lies at a URI: below a folder, the file itself, or what a pattern fits. */
export async function* list(
  uri: string,
  recursive: boolean,
  stores: Opened,
): AsyncGenerator<Listed[]> {
  const { store, path } = await stores.at(uri);
  const named = (page: Item[], base: string) =>
    page.map((item) => ({
      ...item,
      uri: store.uri(item.path),
      name: item.path.slice(base.length),
    }));
  const split = splitGlob(path);
  const found = await store.stat(path);
  if (split && found?.kind !== "file") {
    const fits = pathPattern(split.glob);
    const deep = recursive || /\/|\*\*/.test(split.glob);
    for await (const page of store.list(split.folder, deep)) {
      const some = named(page, split.folder).filter(({ name }) =>
        fits.test(name.replace(/\/$/, "")),
      );
      if (some.length > 0) yield some;
    }
    return;
  }
  if (!found) throw notThere(uri, "list", stores.wish);
  if (found.kind === "file") {
    yield named([found], path.slice(0, path.lastIndexOf("/") + 1));
    return;
  }
  for await (const page of store.list(found.path, recursive)) {
    const below = page.filter((item) => item.path !== found.path);
    if (below.length > 0) yield named(below, found.path);
  }
}

export async function listBuckets(stores: Opened): Promise<Bucket[]> {
  if (stores.wish.liveS3) {
    return (await stores.s3()).listBuckets();
  }
  const { s3, mounts } = stores.wish.roots;
  const names = listIfThere(s3).filter((name) => statSync(join(s3, name)).isDirectory());
  return [...new Set([...names, ...Object.keys(mounts)])].sort().map((name) => ({
    name,
    created: statSync(mounts[name] ?? join(s3, name)).birthtimeMs,
  }));
}

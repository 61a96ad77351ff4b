import { createHash } from "node:crypto";
import { MayflyError } from "../../base/errors.ts";
import { formatBytes, parseBytes, plural } from "../../base/format.ts";
import type { Brought, ObjectCache, Wanted } from "../../query/cache.ts";
import { isHidden, splitGlob } from "../../storage/glob.ts";
import { list } from "../fs/list.ts";
import type { Opened } from "../fs/stores.ts";
import { requireNoTableFormat } from "./places.ts";

const USUAL = 10e9;

/** How much of other machines' files is kept here. */
export function cacheSize(env: NodeJS.ProcessEnv): number {
  const text = env.MAYFLY_SQL_CACHE;
  if (!text) return USUAL;
  const size = parseBytes(text);
  if (size !== undefined) return size;
  throw new MayflyError(
    "usage",
    `cannot read MAYFLY_SQL_CACHE "${text}": it is no size`,
    "for example 50GB",
  );
}

/** A key of S3 may be longer than a name of a disk, and DuckDB takes some characters for a pattern; its end says its format. */
export function plainName(name: string): string {
  const plain = name.replace(/[*?[\]\0]/g, "_");
  if (Buffer.byteLength(plain) <= 200) return plain;
  return `${createHash("sha256").update(name).digest("hex").slice(0, 16)}${/(?:\.\w{1,10}){0,3}$/.exec(plain)?.[0] ?? ""}`;
}

/** Brings what lies at a URI to this machine: all files below it, or that a pattern fits. */
export async function bring(
  uri: string,
  stores: Opened,
  cache: ObjectCache,
  say: (text: string) => void,
): Promise<Brought> {
  const wanted: Wanted[] = [];
  const add = async (from: string) => {
    const { store } = await stores.at(from);
    for await (const page of list(from, true, stores)) {
      for (const { uri: _, name, ...item } of page) {
        requireNoTableFormat(from, name);
        if (item.kind !== "file" || item.bytes === 0 || isHidden(name)) continue;
        const parts = name.split("/");
        const folders = parts.slice(0, -1).filter((part) => part.includes("="));
        // Folders above say which partition it is, too.
        const above = from.split("/").filter((part) => /^[^=?*]+=[^=]*$/.test(part));
        wanted.push({
          store,
          item,
          name: [...new Set([...above, ...folders]), plainName(parts.at(-1) ?? "")].join("/"),
        });
      }
    }
  };
  const { path } = await stores.at(uri);
  if (!splitGlob(path)) await add(uri);
  else
    for await (const page of list(uri, false, stores))
      for (const item of page) if (!isHidden(item.name)) await add(item.uri);
  const bytes = wanted.reduce((sum, { item }) => sum + item.bytes, 0);
  if (bytes > 100e6) say(`${uri}: ${plural(wanted.length, "file")}, ${formatBytes(bytes)}`);
  return cache.bring(wanted);
}

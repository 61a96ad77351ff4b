import { MayflyError, toMayflyError } from "../../base/errors.ts";
import { download, type Source } from "../download.ts";
import { readThrough } from "../http/stream.ts";
import { inParallel } from "../parallel.ts";
import type { Item, Store } from "../store.ts";
import { isTemporary } from "../temporary.ts";
import type { HdfsClient } from "./client.ts";
import { makeDiscard } from "./discard.ts";
import { HdfsError } from "./errors.ts";
import { itemOf, listFolders } from "./list.ts";
import { readRange } from "./read.ts";
import { isMissing, makeFolders, removeOne, rename, statusOf, writeFile } from "./write.ts";

const REMOVED_AT_ONCE = 16;

export interface HdfsStore extends Store {
  client: HdfsClient;
}

/** A real HDFS over WebHDFS; `prefix` is what stands before a path in its name. */
export function hdfsStore(client: HdfsClient, prefix: string): HdfsStore {
  const uri = (path: string) => `${prefix}${path}`;
  /** Folders that are there because we made them. */
  const made = new Set([""]);

  const stat = async (path: string): Promise<Item | undefined> => {
    try {
      const item = itemOf(path, await statusOf(client, path, `look at "${uri(path)}"`));
      return item.kind === "file" && path.endsWith("/") ? undefined : item;
    } catch (error) {
      if (isMissing(error)) return undefined;
      // Below a file nothing is.
      if (error instanceof HdfsError && /is not a directory/.test(error.message)) return undefined;
      throw error;
    }
  };

  return {
    client,
    uri,
    stat,
    hasFolders: true,

    list: (path, recursive) => listFolders(client, path, recursive, uri),

    read: (path, { start, end } = { start: 0 }) =>
      readThrough(
        (sink, at) => readRange(client, path, uri(path), { start: at, end }, sink),
        start,
        true,
      ),

    put: (path, file, options = {}) => writeFile(client, path, uri(path), file, options),

    async get(item, file, options = {}) {
      const name = uri(item.path);
      const source: Source = {
        uri: name,
        async receive(start, end, sink) {
          await readRange(client, item.path, name, { start, end }, sink, options.signal);
          return {};
        },
        // Parts of two files must not become one.
        check: async () => requireSame(item, await stat(item.path), name),
      };
      await download(source, item, file, options);
    },

    async moveFrom(from, item, path) {
      const source = from as Partial<HdfsStore>;
      if (source.client !== client) {
        // By another name it may be this very HDFS: the file would be written over itself, and removed.
        if (source.client && item.path === path && isSame(item, await stat(path)))
          throw new MayflyError(
            "refused",
            `cannot move "${from.uri(path)}" to "${uri(path)}": it is the same file`,
          );
        return false;
      }
      const folder = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
      const attempted = `move "${uri(item.path)}" to "${uri(path)}"`;
      if (!made.has(folder)) await makeFolders(client, folder, attempted);
      made.add(folder);
      await rename(client, item, path, attempted, "OVERWRITE");
      return true;
    },

    async remove(paths) {
      const failed: { path: string; reason: string }[] = [];
      await inParallel(paths, REMOVED_AT_ONCE, async (path) => {
        try {
          await removeOne(client, path, `remove "${uri(path)}"`);
        } catch (error) {
          const known = toMayflyError(error, `remove "${uri(path)}"`);
          if (known.code === "offline") throw known;
          failed.push({ path, reason: known.message });
        }
      });
      return failed;
    },

    async *leftovers(path) {
      for await (const page of listFolders(client, path, true, uri, isTemporary))
        for (const { path: left, bytes, modified } of page)
          yield {
            path: left,
            begun: modified,
            bytes,
            remove: async () => {
              await removeOne(client, left, `remove "${uri(left)}"`);
              return true;
            },
          };
    },

    discard: makeDiscard(client, uri),

    makeFolder: (path) => makeFolders(client, path, `make the folder "${uri(path)}"`),

    async setMode(path, mode) {
      const query = { permission: mode.toString(8) };
      const attempted = `change the mode of "${uri(path)}"`;
      await client.send({ method: "PUT", op: "SETPERMISSION", path, attempted, query });
    },
  };
}

function isSame(one: Item, other: Item | undefined): boolean {
  return other?.bytes === one.bytes && other.modified === one.modified;
}

function requireSame(before: Item, now: Item | undefined, uri: string): void {
  if (isSame(before, now)) return;
  throw new MayflyError("refused", `cannot read "${uri}": it changed meanwhile`, "try it again");
}

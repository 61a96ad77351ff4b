import {
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { MayflyError, toMayflyError } from "../base/errors.ts";
import { folderLeftovers } from "./folder-leftovers.ts";
import { compareKeys } from "./order.ts";
import type { DiskStore, Item, WriteOptions } from "./store.ts";
import { isTemporary, temporaryFor } from "./temporary.ts";

/** A page of a listing; as long as one of S3. */
const PAGE = 1000;
/** Above this a file is copied in pieces, so that nobody waits for its end who interrupts it. */
const LARGE = 64 * 1024 * 1024;

/** A folder of this machine; `prefix` is what stands before a path in its name. */
export function folderStore(root: string, prefix: string): DiskStore {
  const bounded = prefix !== "";
  /** S3 has none: a script that sets them here must not fail only there. */
  const hasModes = !prefix.startsWith("s3:");
  const uri = (path: string) => (bounded ? `${prefix}${path}` : path === "" ? "." : path);
  const file = (path: string) => {
    const whole = bounded ? join(root, path) : path.startsWith("/") ? path : join(root, path);
    if (bounded && whole !== root && !whole.startsWith(root.endsWith("/") ? root : `${root}/`))
      throw leaves(uri(path), root);
    return whole;
  };
  /** A link in a bucket must not lead out of it. */
  const inside = (path: string) => {
    const whole = file(path);
    if (!bounded || !existsSync(root)) return whole;
    let there = whole;
    while (!lstatSync(there, { throwIfNoEntry: false }) && there !== root) there = dirname(there);
    const base = realpathSync(root);
    const real = realpathSync(there);
    if (real !== base && !real.startsWith(`${base}/`)) throw leaves(uri(path), root);
    return whole;
  };

  const store: DiskStore = {
    uri,
    file,
    inside,
    inKeyOrder: true,

    async *list(path, recursive, leftOut) {
      let page: Item[] = [];
      const base = path === "" || path.endsWith("/") ? path : `${path}/`;
      // What is still to come, the last one first; a folder's name ends with a slash.
      const waiting = namesIn(file(base)).map((name) => `${base}${name}`);
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (recursive && next.endsWith("/")) {
          for (const name of namesIn(file(next))) waiting.push(`${next}${name}`);
          continue;
        }
        const item = itemOf(next, file(next));
        if (item) page.push(item);
        else leftOut?.(next);
        if (page.length >= PAGE) {
          yield page;
          page = [];
        }
      }
      if (page.length > 0) yield page;
    },

    async stat(path) {
      const found = statSync(inside(path), { throwIfNoEntry: false });
      if (!found) return undefined;
      const mode = hasModes ? { mode: found.mode & 0o7777 } : {};
      if (found.isDirectory()) {
        const name = path === "" || path.endsWith("/") ? path : `${path}/`;
        return { path: name, kind: "folder", bytes: 0, modified: found.mtimeMs, ...mode };
      }
      if (path.endsWith("/")) return undefined;
      if (!found.isFile())
        throw new MayflyError(
          "refused",
          `cannot use "${uri(path)}": it is a pipe, a socket or a device`,
        );
      return { path, kind: "file", bytes: found.size, modified: found.mtimeMs, ...mode };
    },

    async read(path, range) {
      const options = range
        ? { start: range.start, ...(range.end === undefined ? {} : { end: range.end - 1 }) }
        : {};
      return createReadStream(inside(path), { ...options, highWaterMark: 1 << 20 });
    },

    async put(path, from, options) {
      await copyWhole(from, inside(path), options);
    },

    async get(item, to, options) {
      await copyWhole(inside(item.path), to, options);
    },

    async remove(paths) {
      const failed: { path: string; reason: string }[] = [];
      for (const path of paths) {
        try {
          const whole = file(path);
          if (path === "" || whole === root) throw new Error("it is the root");
          // A link goes, not what it leads to.
          if (lstatSync(whole, { throwIfNoEntry: false })?.isDirectory()) rmdirSync(whole);
          else rmSync(whole, { force: true });
        } catch (error) {
          failed.push({ path, reason: toMayflyError(error, "remove it").message });
        }
      }
      return failed;
    },

    leftovers: (path) =>
      folderLeftovers(inside(path), path === "" || path.endsWith("/") ? path : `${path}/`),

    async makeFolder(path) {
      const whole = inside(path);
      if (lstatSync(whole, { throwIfNoEntry: false })?.isFile())
        throw new MayflyError("refused", `cannot make the folder "${uri(path)}": it is a file`);
      mkdirSync(whole, { recursive: true });
    },

    ...(hasModes && {
      async setMode(path: string, mode: number) {
        chmodSync(inside(path), mode);
      },
    }),
  };
  return store;
}

function leaves(uri: string, root: string): MayflyError {
  return new MayflyError(
    "refused",
    `cannot use "${uri}": it leaves its folder "${root}"`,
    "leave out the .., and links that lead elsewhere",
  );
}

/** In the order of S3's keys, backwards; a folder with the slash by which it is sorted there. */
function namesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !isTemporary(entry.name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => compareKeys(b, a));
}

/** Links are what they lead to; one that leads nowhere, a pipe or a socket is nothing. */
function itemOf(path: string, whole: string): Item | undefined {
  if (path.endsWith("/")) return { path, kind: "folder", bytes: 0, modified: 0 };
  const stat = statOf(whole);
  // Node reads names as UTF-8: of another one this is not what the file is called.
  if (!stat && path.includes("\ufffd") && !lstatSync(whole, { throwIfNoEntry: false }))
    throw new MayflyError(
      "refused",
      `cannot read the folder of "${path}": this name is not UTF-8, so that the file cannot be reached`,
      "give it another name first",
    );
  // A linked folder is not walked into: it may lead back to where we are.
  if (!stat?.isFile()) return undefined;
  return { path, kind: "file", bytes: stat.size, modified: stat.mtimeMs };
}

/** A link that leads back to itself leads nowhere. */
function statOf(whole: string): Stats | undefined {
  try {
    return statSync(whole, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOOP") return undefined;
    throw error;
  }
}

async function copyWhole(from: string, to: string, options: WriteOptions = {}): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = temporaryFor(to);
  try {
    const { size, mode } = statSync(from);
    if (size < LARGE) {
      await options.pace?.(size);
      copyFileSync(from, temporary, constants.COPYFILE_EXCL);
      options.moved?.(size);
    } else {
      const source = createReadStream(from, { highWaterMark: 1 << 20 });
      const { signal, pace, moved } = options;
      const counted = async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          await pace?.(piece.length);
          moved?.(piece.length);
          yield piece;
        }
      };
      const target = createWriteStream(temporary, { mode, flags: "wx" });
      await pipeline(source, counted, target, signal ? { signal } : {});
    }
    renameSync(temporary, to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

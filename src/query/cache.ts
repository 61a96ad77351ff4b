import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../base/clock.ts";
import { MayflyError } from "../base/errors.ts";
import { listIfThere, sizeOf, writeAtomic } from "../base/files.ts";
import { formatBytes } from "../base/format.ts";
import { withLock } from "../base/locks.ts";
import { identify, isAlive, type ProcessId, parseProcess } from "../base/processes.ts";
import { inParallel } from "../storage/parallel.ts";
import type { Item, Store } from "../storage/store.ts";

const AT_ONCE = 8;

/** A file of a store that does not lie on this machine. */
export interface Wanted {
  store: Store;
  item: Item;
  /** Its name, with folders like `year=2024/` before it. */
  name: string;
}

export interface Brought {
  /** In the order in which they were wanted. */
  paths: string[];
  /** From now on they may go. */
  release(): void;
}

export interface ObjectCache {
  bring(wanted: Wanted[], signal?: AbortSignal): Promise<Brought>;
  /** A place for what is made of files, and not fetched; the same as long as these are the same. */
  made(key: string, name: string, make: (file: string) => Promise<void>): Promise<Brought>;
}

/** Who reads what at the moment. */
interface Lease {
  process: ProcessId;
  /** With the bytes that each will have at least: some are still on their way. */
  keys: Record<string, number>;
}

let leases = 0;

/**
 * Objects as they were at a moment, never changed: another version is another key. What was used longest ago goes first, and
 * what a query of any process reads at the moment stays.
 */
export function openCache(folder: string, most: number, clock: Clock = systemClock): ObjectCache {
  const objects = join(folder, "objects");
  const leased = join(folder, "leases");
  const lock = join(folder, "lock");
  const at = (key: string) => join(objects, key);
  const touch = (key: string) => utimesSync(at(key), clock.now() / 1000, clock.now() / 1000);

  const inUse = (): Map<string, number> => {
    const keys = new Map<string, number>();
    for (const name of listIfThere(leased)) {
      const lease = readLease(join(leased, name));
      if (!lease || !isAlive(lease.process)) rmSync(join(leased, name), { force: true });
      else
        for (const [key, bytes] of Object.entries(lease.keys))
          keys.set(key, Math.max(bytes, keys.get(key) ?? 0));
    }
    return keys;
  };
  /** Room for what is in use, also for what other processes are still bringing; `bytes` of it are asked for here. */
  const makeRoom = (bytes: number) => {
    const stay = inUse();
    const there = listIfThere(objects)
      .map((key) => ({ key, bytes: sizeOf(at(key)).bytes, used: statSync(at(key)).mtimeMs }))
      .sort((a, b) => a.used - b.used);
    const sizes = new Map(stay);
    for (const one of there) sizes.set(one.key, Math.max(one.bytes, stay.get(one.key) ?? 0));
    let total = [...sizes.values()].reduce((sum, one) => sum + one, 0);
    for (const one of there) {
      if (total <= most) return;
      if (stay.has(one.key)) continue;
      rmSync(at(one.key), { recursive: true, force: true });
      total -= one.bytes;
    }
    if (total > most) throw tooMuch(bytes, most, total - bytes);
  };
  const hold = (keys: Lease["keys"]): (() => void) => {
    const file = join(leased, `${process.pid}-${leases++}`);
    writeAtomic(file, JSON.stringify({ process: identify(process.pid), keys }));
    return () => rmSync(file, { force: true });
  };

  return {
    async bring(wanted, signal) {
      const keyed = wanted.map(({ store, item, name }) => {
        const { etag = "", bytes, modified } = item;
        const key = keyOf([store.uri(item.path), etag, bytes, modified].join("\n"));
        return { store, item, key, file: join(at(key), name) };
      });
      const isHere = ({ file, item }: (typeof keyed)[number]) =>
        statSync(file, { throwIfNoEntry: false })?.size === item.bytes;
      const release = await withLock(lock, async () => {
        const held = hold(Object.fromEntries(keyed.map(({ key, item }) => [key, item.bytes])));
        try {
          const bytes = keyed
            .filter((one) => !isHere(one))
            .reduce((sum, one) => sum + one.item.bytes, 0);
          if (bytes > 0) makeRoom(bytes);
        } catch (error) {
          held();
          throw error;
        }
        return held;
      });
      try {
        await inParallel(keyed, AT_ONCE, async (one) => {
          if (!isHere(one)) {
            mkdirSync(at(one.key), { recursive: true });
            await one.store.get(one.item, one.file, signal ? { signal } : {});
          }
          touch(one.key);
        });
      } catch (error) {
        release();
        throw error;
      }
      return { paths: keyed.map(({ file }) => file), release };
    },
    async made(of, name, make) {
      const key = keyOf(of);
      const file = join(at(key), name);
      const release = await withLock(lock, async () => hold({ [key]: 0 }));
      try {
        if (!existsSync(file))
          await withLock(join(folder, `making-${key}`), async () => {
            if (existsSync(file)) return;
            mkdirSync(at(key), { recursive: true });
            await make(file);
            await withLock(lock, async () => makeRoom(0));
          });
        touch(key);
      } catch (error) {
        release();
        throw error;
      }
      return { paths: [file], release };
    },
  };
}

const keyOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 32);

function readLease(file: string): Lease | undefined {
  try {
    const { process: its, keys } = JSON.parse(readFileSync(file, "utf8")) as Lease;
    const known = parseProcess(JSON.stringify(its));
    return known && typeof keys === "object" ? { process: known, keys } : undefined;
  } catch {
    return undefined; // it has gone meanwhile
  }
}

function tooMuch(bytes: number, most: number, used: number): MayflyError {
  const remedy = "read less of it, or let the cache be larger: MAYFLY_SQL_CACHE=50GB";
  return bytes > most
    ? new MayflyError(
        "refused",
        `cannot bring ${formatBytes(bytes)} to this machine: the cache takes ${formatBytes(most)}`,
        remedy,
      )
    : new MayflyError(
        "busy",
        `cannot bring ${formatBytes(bytes)} to this machine: other queries use ${formatBytes(used)} of the ${formatBytes(most)} of the cache`,
        remedy,
      );
}

import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Stores } from "../../../storage/open.ts";
import type { Item } from "../../../storage/store.ts";

/** The logs of a step or a container, as they grow on S3. */
export interface LogFolder {
  /** Hands on what has come since the last look. */
  look(): Promise<void>;
  /** When the log was put there last; undefined where there is none yet. */
  put(name: string): number | undefined;
  /** A last line that has no end is handed on as it is. */
  flush(): void;
}

/**
 * Each log is one object that EMR puts again, longer, every five minutes; one that is an hour old is put aside under its
 * hour (`stderr.2014-01-22-01.gz`: mrjob/logs/step.py), and what follows begins anew. All parts of a log in their order
 * are what the program has printed so far: what was handed on of it, in whole lines, is counted.
 */
export function logFolder(
  stores: Stores,
  uri: string,
  take: (name: string, lines: Buffer) => void,
): LogFolder {
  const logs = new Map<string, Log>();

  return {
    async look() {
      for (const [name, parts] of await listLogs(stores, uri)) {
        const log = logs.get(name) ?? { version: "", at: 0, put: 0, begun: Buffer.alloc(0) };
        logs.set(name, log);
        const version = parts.map(({ path, etag, bytes }) => `${path} ${etag} ${bytes}`).join("\n");
        // Put again as it was, it is newer all the same.
        const put = Math.max(...parts.map(({ modified }) => modified));
        if (version === log.version) {
          log.put = put;
          continue;
        }
        const { store } = await stores.at(uri);
        let from = 0;
        for (const part of parts) {
          const body = await store.read(part.path);
          for await (const bytes of part.path.endsWith(".gz") ? unpacked(body) : body) {
            const piece = bytes as Buffer;
            if (from + piece.length > log.at) {
              const more = piece.subarray(Math.max(0, log.at - from));
              log.at += more.length;
              hand(name, log, more);
            }
            from += piece.length;
          }
        }
        log.version = version;
        log.put = put;
      }
    },
    put: (name) => logs.get(name)?.put || undefined,
    flush() {
      for (const [name, log] of logs) {
        if (log.begun.length > 0) take(name, log.begun);
        log.begun = Buffer.alloc(0);
      }
    },
  };

  function hand(name: string, log: Log, more: Buffer): void {
    const all = Buffer.concat([log.begun, more]);
    const end = all.lastIndexOf(10) + 1;
    log.begun = all.subarray(end);
    if (end > 0) take(name, all.subarray(0, end));
  }
}

interface Log {
  /** As it was when it was read last. */
  version: string;
  /** Bytes handed on or begun. */
  at: number;
  put: number;
  /** Of a line whose end has not come. */
  begun: Buffer;
}

function unpacked(body: Readable): Readable {
  const gunzip = createGunzip();
  body.on("error", (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}

/** The parts of each log, the one that grows last. */
async function listLogs(stores: Stores, uri: string): Promise<Map<string, Item[]>> {
  const { store, path } = await stores.at(uri);
  const found = new Map<string, { item: Item; hour: string }[]>();
  for await (const page of store.list(path, false))
    for (const item of page) {
      const file = item.path.slice(path.length);
      const [, name, hour = "now"] =
        /^(controller|stdout|stderr)(?:[.-](\d[\d-]*))?(?:\.gz)?$/.exec(file) ?? [];
      if (item.kind !== "file" || name === undefined) continue;
      found.set(name, [...(found.get(name) ?? []), { item, hour }]);
    }
  // Digits come before letters.
  const inOrder = (parts: { item: Item; hour: string }[]) =>
    parts.sort((a, b) => (a.hour < b.hour ? -1 : 1)).map(({ item }) => item);
  return new Map([...found].map(([name, parts]) => [name, inOrder(parts)]));
}

/** Driver's containers of an application, one an attempt: YARN gives the first number to who leads it. */
export async function driverFolders(stores: Stores, uri: string): Promise<string[]> {
  const { store, path } = await stores.at(uri);
  const found: string[] = [];
  for await (const page of store.list(path, false))
    for (const item of page)
      if (/\/container_(?:e\d+_)?\d+_\d+_\d+_0+1\/$/.test(item.path)) found.push(item.path);
  return found.sort().map((one) => store.uri(one));
}

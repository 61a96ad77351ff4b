import type { Readable } from "node:stream";

/** Something in a store: a file or object, or a folder (on S3, what keys have in common up to a `/`). */
export interface Item {
  /** From the root of the store, without a leading slash; a folder's ends with one. */
  path: string;
  kind: "file" | "folder";
  bytes: number;
  /** Milliseconds; 0 where nobody knows. */
  modified: number;
  etag?: string;
  storageClass?: string;
  /** Permission bits, as chmod has them, and whose it is; where the store has such. */
  mode?: number;
  owner?: string;
  group?: string;
}

/** What a broken transfer has left: a file beside its name, an upload that was never completed. */
export interface Leftover {
  path: string;
  /** Milliseconds. */
  begun: number;
  bytes?: number;
  /** False where some of it may still be there. */
  remove(): Promise<boolean>;
}

export interface WriteOptions {
  storageClass?: string;
  /** `AES256` or `aws:kms`, and its key. */
  encryption?: string;
  kmsKey?: string;
  contentType?: string;
  signal?: AbortSignal | undefined;
  /** Where there is a limit of bytes in a second: settles when more may be sent or read. */
  pace?: (bytes: number) => Promise<void> | undefined;
  /** Bytes that have reached the store, as they do. */
  moved?: (bytes: number) => void;
}

/**
 * A place with files: a folder of this machine, a bucket. Paths are as in {@link Item}; the empty one is
 * the root. What is written appears under its name when it is whole, and not before.
 */
export interface Store {
  /** A recursive listing comes in the order of S3's keys. */
  inKeyOrder?: boolean;
  /** Names a path of it as a person would. */
  uri(path: string): string;
  /**
   * A page at a time. Not recursive: what lies directly below a folder. `leftOut` hears of what is there and is
   * neither a file nor a folder: a linked folder, a link that leads nowhere, a pipe.
   */
  list(path: string, recursive: boolean, leftOut?: (path: string) => void): AsyncIterable<Item[]>;
  /** Undefined where nothing is; a folder where only things below it are. */
  stat(path: string): Promise<Item | undefined>;
  /** Bytes of a file from `start` up to, not with, `end`; of the object with this ETag, and no other, where it is said. */
  read(path: string, range?: { start: number; end?: number; etag?: string }): Promise<Readable>;
  /** Writes a file of this machine. */
  put(path: string, file: string, options?: WriteOptions): Promise<void>;
  /** Writes it into a file of this machine; that one, too, appears when it is whole. */
  get(item: Item, file: string, options?: WriteOptions): Promise<void>;
  /** A copy that does not pass through this machine, where both ends can do that. */
  copyFrom?(from: Store, item: Item, path: string, options?: WriteOptions): Promise<boolean>;
  /** Moves without copying, where both ends are one store that can do that. */
  moveFrom?(from: Store, item: Item, path: string): Promise<boolean>;
  /** Folders are there by themselves, not only as what names have in common. */
  hasFolders?: boolean;
  /** Files and folders that hold nothing; what cannot be removed is told with the reason. */
  remove(paths: string[]): Promise<{ path: string; reason: string }[]>;
  /** A file, or a folder with all that it holds, in one step; where there is a trash, into it. */
  discard?(item: Item, skipTrash: boolean): Promise<Discarded>;
  makeFolder(path: string): Promise<void>;
  leftovers?(path: string): AsyncIterable<Leftover>;
  /** Into parts of what length an object was cut that has come in parts, where that is to be known. */
  partSize?(item: Item): Promise<number | undefined>;
  /** Permission bits, where there are such. */
  setMode?(path: string, mode: number): Promise<void>;
}

export interface Discarded {
  files: number;
  /** Where it lies now; gone for good without. */
  trash?: string;
  /** It was to go into a trash, and the store keeps none. */
  noTrash?: boolean;
}

/** All of it, and of this version. */
export function wholeOf({ etag }: Item): { start: number; etag?: string } {
  return { start: 0, ...(etag ? { etag } : {}) };
}

/** A store of folders knows where its files lie on this machine. */
export interface DiskStore extends Store {
  file(path: string): string;
  /** The same, and no link on the way leads out of a bucket. */
  inside(path: string): string;
}

export function isOnDisk(store: Store): store is DiskStore {
  return "file" in store;
}

import { existsSync } from "node:fs";
import { openSession, type SessionWish } from "../aws/session.ts";
import { MayflyError } from "../base/errors.ts";
import { folderStore } from "./folder-store.ts";
import { suggestPath } from "./missing.ts";
import { bucketFolder, parseUri, type Roots } from "./places.ts";
import type { Bucket } from "./s3/buckets.ts";
import type { S3Client } from "./s3/client.ts";
import type { Store } from "./store.ts";

export type { Bucket };

/** A path in a store: what a URI means. */
export interface Place {
  store: Store;
  path: string;
}

export interface StoresWish {
  roots: Roots;
  cwd: string;
  /** `s3://` is S3 itself, or what speaks its protocol; folders otherwise. */
  liveS3: boolean;
  aws?: SessionWish;
  /** Who reads pays for it. */
  requesterPays?: boolean;
}

export interface S3 {
  listBuckets(): Promise<Bucket[]>;
  makeBucket(name: string): Promise<void>;
  removeBucket(name: string): Promise<void>;
  /** An address at which anybody can read an object, for so long. */
  link(bucket: string, key: string, seconds: number): Promise<string>;
}

export interface Stores {
  wish: StoresWish;
  at(uri: string): Promise<Place>;
  /** What S3 does that no other store has a word for. */
  s3(): Promise<S3>;
  close(): Promise<void>;
}

/** Where everything that reads or writes a URI begins: there is no second way to S3. */
export function openStores(wish: StoresWish): Stores {
  const { roots, cwd, liveS3 } = wish;
  const stores = new Map<string, Store>();
  let client: Promise<S3Client> | undefined;
  const s3 = () => {
    client ??= (async () => {
      const { openS3 } = await import("./s3/client.ts");
      const always = wish.requesterPays ? { "x-amz-request-payer": "requester" } : {};
      return openS3(await openSession(wish.aws ?? {}), always);
    })();
    return client;
  };
  const open = async (name: string, make: () => Store | Promise<Store>): Promise<Store> => {
    const store = stores.get(name) ?? (await make());
    stores.set(name, store);
    return store;
  };

  return {
    wish,
    async s3() {
      const { listBuckets, makeBucket, removeBucket } = await import("./s3/buckets.ts");
      const connection = await s3();
      return {
        listBuckets: () => listBuckets(connection),
        makeBucket: (name) => makeBucket(connection, name),
        removeBucket: (name) => removeBucket(connection, name),
        link: connection.link,
      };
    },
    async at(text) {
      const { scheme, bucket, key, objectKey } = parseUri(text);
      if (scheme === "file") {
        return { store: await open("file", () => folderStore(cwd, "")), path: key };
      }
      if (scheme === "hdfs") {
        const make = () => folderStore(roots.hdfs, "hdfs:///");
        return { store: await open("hdfs", make), path: key };
      }
      if (!liveS3) {
        if (!existsSync(bucketFolder(bucket, roots))) {
          throw new MayflyError(
            "not-found",
            `cannot use "${text}": there is no bucket "${bucket}" here`,
            suggestPath(text, roots, cwd)?.replace(
              /; make it with: .*/,
              `; make it with: mayfly fs mb s3://${bucket}`,
            ),
          );
        }
        const make = () => folderStore(bucketFolder(bucket, roots), `s3://${bucket}/`);
        return { store: await open(bucket, make), path: key };
      }
      const { s3Store } = await import("./s3/store.ts");
      const connection = await s3();
      return {
        store: await open(bucket, () => s3Store(connection, bucket)),
        path: objectKey ?? key,
      };
    },
    async close() {
      await (await client)?.close();
    },
  };
}

/** The same error wherever something is read that is not there. */
export function notThere(uri: string, attempted: string, { roots, cwd, liveS3 }: StoresWish) {
  const folders = !liveS3 || parseUri(uri).scheme !== "s3";
  return new MayflyError(
    "not-found",
    `cannot ${attempted} "${uri}": it does not exist`,
    (folders ? suggestPath(uri, roots, cwd) : undefined) ?? "mayfly fs ls shows what there is",
  );
}

import { existsSync } from "node:fs";
import { openSession, type SessionWish } from "../aws/session.ts";
import { MayflyError } from "../base/errors.ts";
import { folderStore } from "./folder-store.ts";
import { hdfsAddress, hdfsUser } from "./hdfs/address.ts";
import type { HdfsStore } from "./hdfs/store.ts";
import { suggestPath } from "./missing.ts";
import { bucketFolder, localPath, parseUri, type Roots } from "./places.ts";
import type { Bucket } from "./s3/buckets.ts";
import type { S3Client } from "./s3/client.ts";
import type { Store } from "./store.ts";

export { hdfsUser, readNameNodes } from "./hdfs/address.ts";
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
  /** NameNodes: `hdfs://` is the HDFS behind them; a folder otherwise. */
  webhdfs?: string[];
  /** As whom HDFS is asked. */
  hdfsUser?: string;
}

export interface S3 {
  listBuckets(): Promise<Bucket[]>;
  makeBucket(name: string): Promise<void>;
  /** Undefined where there is no such bucket. */
  regionOf(name: string): Promise<string | undefined>;
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
  const clusters: HdfsStore[] = [];
  /** One HDFS is one store, by whatever name: a file must not be moved onto itself. */
  const openCluster = async (nameNodes: string[], prefix: string): Promise<HdfsStore> => {
    const isSame = (one: HdfsStore) =>
      one.client.wish.nameNodes.some((url) => nameNodes.includes(url));
    const { openHdfs } = await import("./hdfs/client.ts");
    const { hdfsStore } = await import("./hdfs/store.ts");
    let cluster = clusters.find(isSame);
    if (!cluster) {
      const user = wish.hdfsUser ?? hdfsUser(process.env);
      cluster = hdfsStore(await openHdfs({ nameNodes, user }), prefix);
      clusters.push(cluster);
    }
    return cluster;
  };

  return {
    wish,
    async s3() {
      const { bucketRegion, listBuckets, makeBucket, removeBucket } = await import(
        "./s3/buckets.ts"
      );
      const connection = await s3();
      return {
        listBuckets: () => listBuckets(connection),
        makeBucket: (name) => makeBucket(connection, name),
        regionOf: (name) => bucketRegion(connection, name),
        removeBucket: (name) => removeBucket(connection, name),
        link: connection.link,
      };
    },
    async at(text) {
      const cluster = hdfsAddress(text, wish.webhdfs);
      if (cluster) {
        const { nameNodes, prefix, path } = cluster;
        return { store: await openCluster(nameNodes, prefix), path };
      }
      const { scheme, bucket, key, objectKey } = parseUri(text);
      if (scheme === "file") {
        return { store: await open("file", () => folderStore(cwd, "")), path: key };
      }
      if (scheme === "hdfs") {
        const make = () => folderStore(roots.hdfs, "hdfs:///");
        return { store: await open("hdfs", make), path: key };
      }
      if (!liveS3) {
        localPath(`s3://${bucket}/`, roots, cwd);
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
      (await client)?.close();
      for (const { client: one } of clusters) one.close();
    },
  };
}

/** The same error wherever something is read that is not there. */
export function notThere(uri: string, attempted: string, wish: StoresWish) {
  const { roots, cwd, liveS3 } = wish;
  const folders = !hdfsAddress(uri, wish.webhdfs) && (!liveS3 || parseUri(uri).scheme !== "s3");
  const elsewhere =
    folders && /^hdfs:\/\/[^/]/.test(uri)
      ? `hdfs:// is the folder "${roots.hdfs}", whatever its host; with --webhdfs http://namenode:9870 it is that HDFS`
      : undefined;
  return new MayflyError(
    "not-found",
    `cannot ${attempted} "${uri}": it does not exist`,
    (folders ? suggestPath(uri, roots, cwd) : undefined) ??
      elsewhere ??
      "mayfly fs ls shows what there is",
  );
}

import { openStores, type Stores } from "../../storage/open.ts";
import { type Keys, newKey } from "../door/keys.ts";
import type { Put } from "../logs.ts";
import type { Pages } from "../serverless/dashboard/dashboard.ts";

export interface RoleWish {
  /** Where files of this machine are looked for. */
  folder: string;
  /** The door, where programs of instances find S3 and all else. */
  endpoint: string;
  region: string;
  account: string;
  /** Where the role's keys are made known. */
  keys: Keys;
}

/** As whom instances, and we for them, ask the rehearsal's other services. */
export interface Role {
  aws: Record<string, string>;
  put: Put;
  /** An address at which anybody can read an object for so long. */
  link(uri: string, seconds: number): Promise<string>;
  pages: Pages;
  /** Its keys hold no longer. */
  end(): void;
}

export function makeRole({ folder, endpoint, region, account, keys }: RoleWish): Role {
  const role = newKey();
  keys.add(role);
  const aws = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: role.accessKey,
    AWS_SECRET_ACCESS_KEY: role.secretKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  const asRole = async <T>(work: (stores: Stores) => Promise<T>): Promise<T> => {
    const roots = { s3: folder, hdfs: folder, mounts: {} };
    const stores = openStores({ roots, cwd: folder, liveS3: true, aws: { env: aws } });
    try {
      return await work(stores);
    } finally {
      await stores.close();
    }
  };
  const putIn = async (stores: Stores, uri: string, file: string, contentType?: string) => {
    const { store, path } = await stores.at(uri);
    await store.put(path, file, contentType ? { contentType } : {});
  };
  const link = (uri: string, seconds: number) =>
    asRole(async (stores) => {
      const [, bucket = "", key = ""] = /^s3[an]?:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
      return (await stores.s3()).link(bucket, key, seconds);
    });
  return {
    aws,
    put: (uri, file) => asRole((stores) => putIn(stores, uri, file)),
    link,
    pages: {
      publish: (key, file, seconds) =>
        asRole(async (stores) => {
          const s3 = await stores.s3();
          // AWS keeps such pages in a bucket of its own; here all buckets are the person's.
          const bucket = `mayfly-dashboards-${account}-${region}`;
          const known = await s3.listBuckets();
          if (!known.some(({ name }) => name === bucket)) await s3.makeBucket(bucket);
          await putIn(stores, `s3://${bucket}/${key}`, file, "text/html; charset=utf-8");
          return s3.link(bucket, key, seconds);
        }),
    },
    end: () => keys.remove(role.accessKey),
  };
}

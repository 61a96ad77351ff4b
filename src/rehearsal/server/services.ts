import { join } from "node:path";
import { openStores, type Stores } from "../../storage/open.ts";
import { askCompanion } from "../companion/ask.ts";
import type { Companion } from "../door/companion.ts";
import { type Keys, newKey } from "../door/keys.ts";
import type { Bucket } from "../emr/apps/page.ts";
import { openEmr } from "../emr/emr.ts";
import type { Put } from "../emr/logs.ts";
import { EC2_VERSION, type Ec2, openEc2 } from "../emr/machines/ec2.ts";
import { seenByEc2 } from "../emr/machines/seen.ts";
import { realNodes } from "../emr/nodes.ts";
import { instances } from "../instances/open.ts";
import type { Service } from "../service.ts";

export interface ServicesWish {
  /** All that a service keeps is below `<folder>/<its name>`. */
  folder: string;
  /** The door, where a cluster's programs find S3 and all else. */
  endpoint: string;
  account: string;
  region: string;
  /** Where keys of a role are made known. */
  keys: Keys;
  companion: Companion;
}

/** As EMR itself asks EC2. */
export function ec2Of({ companion, region }: Pick<ServicesWish, "companion" | "region">): Ec2 {
  return openEc2(askCompanion(companion, { service: "ec2", region, version: EC2_VERSION }));
}

/** What STARTING takes at least: a client that asks at once sees it. */
const START_MS = 200;

/** What the rehearsal answers by itself, by the service's name in a signature. */
export function openServices(wish: ServicesWish): Record<string, Service> {
  const { endpoint, account, region, keys } = wish;
  const folder = join(wish.folder, "emr");
  const role = newKey();
  keys.add(role);
  const aws = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: role.accessKey,
    AWS_SECRET_ACCESS_KEY: role.secretKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  const withStores = async <T>(work: (stores: Stores) => Promise<T>): Promise<T> => {
    const roots = { s3: folder, hdfs: folder, mounts: {} };
    const stores = openStores({ roots, cwd: folder, liveS3: true, aws: { env: aws } });
    try {
      return await work(stores);
    } finally {
      await stores.close();
    }
  };
  const put: Put = (uri, file) =>
    withStores(async (stores) => {
      const { store, path } = await stores.at(uri);
      await store.put(path, file);
    });
  const link: Bucket["link"] = (uri, seconds) =>
    withStores(async (stores) => {
      const [, bucket = "", key = ""] = /^s3[an]?:\/\/([^/]+)\/(.*)$/.exec(uri) ?? [];
      return (await stores.s3()).link(bucket, key, seconds);
    });
  const nodes = seenByEc2(
    realNodes({ folder: join(folder, "nodes"), instances: instances(), aws, put }),
    ec2Of(wish),
  );
  const where = { region, account };
  const emr = openEmr({ folder, nodes, where, bucket: { put, link }, startMs: START_MS });
  return {
    elasticmapreduce: {
      ...emr,
      heard: (service, body) => void (service === "ec2" && nodes.heard(body).catch(() => {})),
      async close() {
        await emr.close();
        keys.remove(role.accessKey);
      },
    },
  };
}

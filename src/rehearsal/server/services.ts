import { join } from "node:path";
import { openStores } from "../../storage/open.ts";
import { type Keys, newKey } from "../door/keys.ts";
import { openEmr } from "../emr/emr.ts";
import type { Put } from "../emr/logs.ts";
import { realNodes } from "../emr/nodes.ts";
import { OWN_SERVICE } from "../faults/control/asked.ts";
import { faultService } from "../faults/control/service.ts";
import type { FaultBook } from "../faults/faults.ts";
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
  faults: FaultBook;
  /** So many times as fast goes all that is waited for. */
  speed?: number;
  /** Programs run without walls where this machine has none. */
  unsafe?: boolean;
  /** Who may change them. */
  accessKey: string;
}

/** What STARTING takes at least: a client that asks at once sees it. */
const START_MS = 200;

/** What the rehearsal answers by itself, by the service's name in a signature. */
export function openServices(wish: ServicesWish): Record<string, Service> {
  const { endpoint, account, region, keys, faults, speed = 1, unsafe = false } = wish;
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
  const put: Put = async (uri, file) => {
    const roots = { s3: folder, hdfs: folder, mounts: {} };
    const stores = openStores({ roots, cwd: folder, liveS3: true, aws: { env: aws } });
    try {
      const { store, path } = await stores.at(uri);
      await store.put(path, file);
    } finally {
      await stores.close();
    }
  };
  const nodes = realNodes({
    folder: join(folder, "nodes"),
    instances: instances(),
    // `shutdown -h +60` of an instance is waiting too.
    aws: { ...aws, MAYFLY_REHEARSAL_SPEED: String(speed) },
    put,
    faults,
    unsafe,
  });
  const where = { region, account };
  const emr = openEmr({ folder, nodes, where, startMs: START_MS, faults, speed });
  return {
    [OWN_SERVICE]: faultService(faults, wish.accessKey),
    elasticmapreduce: {
      ...emr,
      async close() {
        await emr.close();
        keys.remove(role.accessKey);
      },
    },
  };
}

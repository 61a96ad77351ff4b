import { join } from "node:path";
import { askCompanion } from "../companion/ask.ts";
import type { Companion } from "../door/companion.ts";
import type { Keys } from "../door/keys.ts";
import { openEmr } from "../emr/emr.ts";
import { EC2_VERSION, type Ec2, openEc2 } from "../emr/machines/ec2.ts";
import { seenByEc2 } from "../emr/machines/seen.ts";
import { realNodes } from "../emr/nodes.ts";
import { OWN_SERVICE } from "../faults/control/asked.ts";
import { faultService } from "../faults/control/service.ts";
import type { FaultBook } from "../faults/faults.ts";
import { instances } from "../instances/open.ts";
import { realDashboard } from "../serverless/dashboard/dashboard.ts";
import { openServerless } from "../serverless/serverless.ts";
import { realWorkers } from "../serverless/workers/workers.ts";
import type { Service } from "../service.ts";
import { makeRole } from "./role.ts";

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
  const { account, region, faults, speed = 1, unsafe = false } = wish;
  const where = { region, account };
  const machines = instances();
  const of = (
    name: string,
    open: (folder: string, role: ReturnType<typeof makeRole>) => Service,
  ) => {
    const folder = join(wish.folder, name);
    const role = makeRole({ ...wish, folder });
    const service = open(folder, role);
    return {
      ...service,
      async close() {
        await service.close();
        role.end();
      },
    };
  };
  // `shutdown -h +60` of an instance is waiting too.
  const environment = (aws: Record<string, string>) => ({
    ...aws,
    MAYFLY_REHEARSAL_SPEED: String(speed),
  });
  return {
    [OWN_SERVICE]: faultService(faults, wish.accessKey),
    elasticmapreduce: of("emr", (folder, { aws, put, link }) => {
      const real = realNodes({
        folder: join(folder, "nodes"),
        instances: machines,
        aws: environment(aws),
        put,
        faults,
        speed,
        unsafe,
      });
      const nodes = seenByEc2(real, ec2Of(wish));
      const bucket = { put, link };
      const emr = openEmr({ folder, nodes, where, bucket, startMs: START_MS, faults, speed });
      return {
        ...emr,
        heard: (service, body) => void (service === "ec2" && nodes.heard(body).catch(() => {})),
      };
    }),
    "emr-serverless": of("emr-serverless", (folder, { aws, put, pages }) => {
      const workers = realWorkers({
        folder: join(folder, "workers"),
        instances: machines,
        aws: environment(aws),
        put,
        unsafe,
      });
      return openServerless({
        folder,
        machines: workers,
        dashboard: realDashboard(join(folder, "pages"), workers, pages),
        where,
        stepMs: START_MS,
        speed,
      });
    }),
  };
}

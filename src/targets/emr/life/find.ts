import type { EmrCluster } from "../../../aws/emr.ts";
import type { Account } from "../account.ts";
import { TAGS, tagsOf } from "./tags.ts";

/** A cluster that carries our tags. */
export interface Found {
  id: string;
  cluster: EmrCluster;
  tags: Map<string, string>;
  createdAt: number;
  endsAt?: number;
}

const ALIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"];

/** ListClusters tells no tags; our names begin with our word, and EMR lets nobody change a name. */
export async function findClusters({ emr }: Account, states = ALIVE): Promise<Found[]> {
  const named = (await emr.listClusters({ createdAfter: 0, states })).filter(({ Name }) =>
    Name.startsWith("mayfly "),
  );
  const found: Found[] = [];
  for (const { Id } of named) {
    const one = seen(await emr.describeCluster(Id));
    if (one.tags.has(TAGS.run)) found.push(one);
  }
  return found;
}

export function seen(cluster: EmrCluster): Found {
  const tags = tagsOf(cluster);
  const createdAt = (cluster.Status.Timeline?.CreationDateTime ?? 0) * 1000;
  const ttl = Number(tags.get(TAGS.ttl));
  return {
    id: cluster.Id,
    cluster,
    tags,
    createdAt,
    // The timer counts from the primary's start, which is a little later.
    ...(ttl > 0 ? { endsAt: createdAt + ttl * 1000 } : {}),
  };
}

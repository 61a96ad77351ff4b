import type { Bucket } from "./apps/page.ts";
import type { Clusters } from "./clusters.ts";
import type { Where } from "./create.ts";
import type { Nodes } from "./life.ts";

/** What the operations of EMR work with. */
export interface Emr {
  clusters: Clusters;
  nodes: Nodes;
  bucket: Bucket;
  where: Where;
  /** For what is the account's. */
  folder: string;
  now: () => number;
}

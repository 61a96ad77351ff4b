import { invalidRequest } from "../protocol/errors.ts";
import { openRecords, type Records } from "../records.ts";
import { type Cluster, hasEnded } from "./cluster.ts";
import { type Life, type LifeOptions, live, type Nodes } from "./life.ts";

/** All clusters of a rehearsal, also those that have ended. */
export interface Clusters {
  all(): Cluster[];
  /** EMR's own words where there is none of this name (aws/aws-cli#3099). */
  get(id: string): Cluster;
  begin(cluster: Cluster): void;
  life(cluster: Cluster): Life | undefined;
  save(cluster: Cluster): void;
  /** To be read only: whatever becomes of them later does not show. */
  asTheyAre(): Clusters;
  close(): Promise<void>;
}

export function openClusters(
  folder: string,
  nodes: Nodes,
  options: Omit<LifeOptions, "changed" | "closing">,
): Clusters {
  const records = openRecords<Cluster>(folder, isWhole, ({ times }) => times.created);
  const lives = new Map<string, Life>();
  const closing = new AbortController();
  for (const cluster of records.all()) {
    if (hasEnded(cluster)) continue;
    interrupt(cluster);
    records.note(cluster);
  }
  return {
    ...readers(records),
    asTheyAre() {
      const nothing = () => undefined;
      const then: Clusters = {
        ...readers(records.asTheyAre()),
        begin: nothing,
        life: nothing,
        save: nothing,
        asTheyAre: () => then,
        close: () => Promise.resolve(),
      };
      return then;
    },
    begin(cluster) {
      records.save(cluster);
      lives.set(
        cluster.id,
        live(cluster, nodes, { ...options, changed: records.note, closing: closing.signal }),
      );
    },
    life: ({ id }) => lives.get(id),
    save: records.save,
    async close() {
      closing.abort();
      for (const [id, life] of lives) {
        const cluster = records.find(id);
        if (cluster && !hasEnded(cluster))
          life.terminate({ Code: "INSTANCE_FAILURE", Message: "The rehearsal was stopped" }, true);
      }
      await Promise.all([...lives.values()].map(({ ended }) => ended));
    },
  };
}

const isWhole = ({ state, request, times, groups, instances, steps }: Cluster) =>
  typeof state === "string" &&
  [request, times].every((one) => typeof one === "object" && one !== null) &&
  [groups, instances, steps].every(Array.isArray);

function readers({ all, find }: Records<Cluster>): Pick<Clusters, "all" | "get"> {
  return {
    all,
    get(id) {
      const cluster = find(id);
      if (cluster) return cluster;
      throw invalidRequest(`Cluster id '${id}' is not valid.`);
    },
  };
}

/** Its machines were processes of a rehearsal that is gone. */
function interrupt(cluster: Cluster): void {
  const now = Date.now();
  for (const step of cluster.steps) {
    if (step.state === "PENDING") step.state = "CANCELLED";
    else if (step.state === "RUNNING" || step.state === "CANCEL_PENDING")
      step.state = "INTERRUPTED";
    step.times.ended ??= now;
  }
  for (const instance of cluster.instances) {
    instance.state = "TERMINATED";
    instance.times.ended ??= now;
  }
  cluster.state = "TERMINATED_WITH_ERRORS";
  cluster.reason = {
    Code: "INSTANCE_FAILURE",
    Message: "The rehearsal ended while the cluster ran",
  };
  cluster.times.ended = now;
}

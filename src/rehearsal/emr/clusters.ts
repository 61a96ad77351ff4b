import { openKept } from "../kept.ts";
import { invalidRequest } from "../protocol/errors.ts";
import { type Cluster, hasEnded } from "./cluster.ts";
import { type Life, type LifeOptions, live, type Nodes } from "./life.ts";

/** All clusters of a rehearsal, also those that have ended; each is a file, so that a restart finds them. */
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
  const clusters = new Map<string, Cluster>();
  const lives = new Map<string, Life>();
  const closing = new AbortController();
  const { read, save, note } = openKept<Cluster>(folder, isWhole);
  for (const cluster of read()) {
    if (!hasEnded(cluster)) interrupt(cluster, note);
    clusters.set(cluster.id, cluster);
  }
  return {
    ...readers(clusters),
    asTheyAre() {
      const nothing = () => undefined;
      const then: Clusters = {
        ...readers(structuredClone(clusters)),
        begin: nothing,
        life: nothing,
        save: nothing,
        asTheyAre: () => then,
        close: () => Promise.resolve(),
      };
      return then;
    },
    begin(cluster) {
      save(cluster);
      clusters.set(cluster.id, cluster);
      lives.set(
        cluster.id,
        live(cluster, nodes, { ...options, changed: note, closing: closing.signal }),
      );
    },
    life: ({ id }) => lives.get(id),
    save,
    async close() {
      closing.abort();
      for (const [id, life] of lives) {
        const cluster = clusters.get(id);
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

function readers(clusters: ReadonlyMap<string, Cluster>): Pick<Clusters, "all" | "get"> {
  return {
    all: () => [...clusters.values()].sort((a, b) => b.times.created - a.times.created),
    get(id) {
      const cluster = clusters.get(id);
      if (cluster) return cluster;
      throw invalidRequest(`Cluster id '${id}' is not valid.`);
    },
  };
}

/** Its machines were processes of a rehearsal that is gone. */
function interrupt(cluster: Cluster, save: (cluster: Cluster) => void): void {
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
  save(cluster);
}

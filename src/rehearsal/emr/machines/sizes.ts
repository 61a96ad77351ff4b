import type { Cluster, ClusterInstance } from "../cluster.ts";
import { instancesFor, wantedOf } from "../create.ts";

/** What a cluster's growing and shrinking needs of the world. */
export interface Growth {
  /** One more for a cluster that lives, with its bootstrap actions done; what is wrong, in EMR's words. */
  add(cluster: Cluster, one: ClusterInstance, signal: AbortSignal): Promise<string | undefined>;
  remove(cluster: Cluster, one: ClusterInstance): Promise<void>;
}

/** Keeps each group and fleet of a living cluster as large as is wanted. */
export interface Sizes {
  /** Looks what is too many or too few, now or after what it is about. */
  fit(): void;
  /** An instance has ended by itself; another takes its place, as EMR has it (Yelp/mrjob#1398). */
  lost(one: ClusterInstance, why: string): void;
  settled(): Promise<void>;
}

export interface SizesOptions {
  changed: (cluster: Cluster) => void;
  now: () => number;
  signal: AbortSignal;
}

export function keepSizes(cluster: Cluster, nodes: Growth, options: SizesOptions): Sizes {
  const { changed, now, signal } = options;
  let working: Promise<void> | undefined;
  let again = false;

  const become = (
    one: ClusterInstance,
    state: ClusterInstance["state"],
    reason?: ClusterInstance["reason"],
  ) => {
    one.state = state;
    if (reason) one.reason = reason;
    if (state === "RUNNING") one.times.ready = now();
    if (state === "TERMINATED") one.times.ended = now();
    changed(cluster);
  };
  const remove = async (one: ClusterInstance, reason: NonNullable<ClusterInstance["reason"]>) => {
    become(one, "TERMINATED", reason);
    await nodes.remove(cluster, one).catch(() => {}); // what is left of it goes with the cluster
  };
  const add = async (one: ClusterInstance) => {
    cluster.instances.push(one);
    changed(cluster);
    const wrong = await nodes.add(cluster, one, signal).catch((error: unknown) => String(error));
    if (one.state === "TERMINATED") return;
    if (wrong === undefined) return become(one, "RUNNING");
    const group = cluster.groups.find(({ id }) => id === one.group);
    // EMR stops asking for more where they do not come up; here after the first.
    if (group) group.suspended = true;
    await remove(one, { Code: "BOOTSTRAP_FAILURE", Message: wrong });
  };
  const once = async () => {
    for (const group of cluster.groups) {
      for (const [market, wanted] of wantedOf(group)) {
        const there = cluster.instances.filter(
          (one) => one.group === group.id && one.market === market && one.state !== "TERMINATED",
        );
        for (const one of there.slice(wanted))
          await remove(one, { Message: "Instance was terminated." });
        if (group.suspended) continue;
        const more = instancesFor(group, market, Math.max(0, wanted - there.length), now());
        await Promise.all(more.map(add));
      }
    }
  };
  const work = async () => {
    do {
      again = false;
      await once();
    } while (again && !signal.aborted);
    working = undefined;
  };
  const fit = () => {
    again = true;
    if (!signal.aborted) working ??= work();
  };
  return {
    fit,
    lost(one, why) {
      if (one.state === "TERMINATED") return;
      void remove(one, { Code: "INSTANCE_FAILURE", Message: why }).then(fit);
    },
    async settled() {
      await working;
    },
  };
}

import { invalidRequest, validation } from "../../protocol/errors.ts";
import type { Cluster } from "../cluster.ts";
import type { Emr } from "../world.ts";

interface Tag {
  Key: string;
  Value?: string;
}

export function policyOperations({ clusters, nodes }: Emr) {
  const change = (id: string, how: (cluster: Cluster) => void) => {
    const cluster = clusters.get(id);
    how(cluster);
    clusters.save(cluster);
    clusters.life(cluster)?.wake();
    return {};
  };
  return {
    PutAutoTerminationPolicy({
      ClusterId,
      AutoTerminationPolicy: policy,
    }: {
      ClusterId: string;
      AutoTerminationPolicy?: { IdleTimeout?: number };
    }) {
      // API reference of AutoTerminationPolicy: "a minimum of 60 seconds and a maximum of 604800 seconds (seven days)".
      const seconds = policy?.IdleTimeout ?? 3600;
      if (seconds < 60 || seconds > 604_800)
        throw validation("The idle timeout must be between 60 seconds and 604800 seconds.");
      return change(ClusterId, (cluster) => {
        cluster.idleTimeout = seconds;
      });
    },
    GetAutoTerminationPolicy({ ClusterId }: { ClusterId: string }) {
      const { idleTimeout } = clusters.get(ClusterId);
      return idleTimeout === undefined
        ? {}
        : { AutoTerminationPolicy: { IdleTimeout: idleTimeout } };
    },
    RemoveAutoTerminationPolicy: ({ ClusterId }: { ClusterId: string }) =>
      change(ClusterId, (cluster) => {
        delete cluster.idleTimeout;
      }),
    PutManagedScalingPolicy: ({
      ClusterId,
      ManagedScalingPolicy,
    }: {
      ClusterId: string;
      ManagedScalingPolicy: unknown;
    }) =>
      change(ClusterId, (cluster) => {
        cluster.managedScaling = ManagedScalingPolicy;
      }),
    GetManagedScalingPolicy({ ClusterId }: { ClusterId: string }) {
      const { managedScaling } = clusters.get(ClusterId);
      return managedScaling === undefined ? {} : { ManagedScalingPolicy: managedScaling };
    },
    RemoveManagedScalingPolicy: ({ ClusterId }: { ClusterId: string }) =>
      change(ClusterId, (cluster) => {
        delete cluster.managedScaling;
      }),
    async AddTags({ ResourceId, Tags }: { ResourceId: string; Tags: Tag[] }) {
      if (!ResourceId.startsWith("j-"))
        throw invalidRequest(`Resource id '${ResourceId}' is not valid.`);
      change(ResourceId, (cluster) => {
        const kept = cluster.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
        cluster.tags = [...kept, ...Tags.map(({ Key, Value = "" }) => ({ Key, Value }))];
      });
      await nodes.retag(clusters.get(ResourceId), []);
      return {};
    },
    async RemoveTags({ ResourceId, TagKeys }: { ResourceId: string; TagKeys: string[] }) {
      change(ResourceId, (cluster) => {
        cluster.tags = cluster.tags.filter(({ Key }) => !TagKeys.includes(Key));
      });
      await nodes.retag(clusters.get(ResourceId), TagKeys);
      return {};
    },
  };
}

import { invalidRequest, validation } from "../../protocol/errors.ts";
import type { Cluster } from "../cluster.ts";
import { idleSeconds } from "../create.ts";
import { clusterArn, scalingOf } from "../view.ts";
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
  const groupOf = (cluster: string, id: string) => {
    const group = clusters.get(cluster).groups.find((one) => one.id === id && one.kind === "group");
    if (!group) throw invalidRequest(`Instance group id '${id}' is not valid.`);
    if (group.role === "MASTER")
      throw validation("An automatic scaling policy cannot be attached to the master group.");
    return group;
  };
  return {
    PutAutoTerminationPolicy({
      ClusterId,
      AutoTerminationPolicy: policy,
    }: {
      ClusterId: string;
      AutoTerminationPolicy?: { IdleTimeout?: number };
    }) {
      const seconds = idleSeconds(policy);
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
    PutAutoScalingPolicy(asked: {
      ClusterId: string;
      InstanceGroupId: string;
      AutoScalingPolicy: unknown;
    }) {
      const { ClusterId, InstanceGroupId, AutoScalingPolicy } = asked;
      const group = groupOf(ClusterId, InstanceGroupId);
      group.scaling = AutoScalingPolicy;
      clusters.save(clusters.get(ClusterId));
      return {
        ClusterId,
        InstanceGroupId,
        AutoScalingPolicy: scalingOf(AutoScalingPolicy),
        ClusterArn: clusterArn(clusters.get(ClusterId)),
      };
    },
    RemoveAutoScalingPolicy(asked: { ClusterId: string; InstanceGroupId: string }) {
      delete groupOf(asked.ClusterId, asked.InstanceGroupId).scaling;
      clusters.save(clusters.get(asked.ClusterId));
      return {};
    },
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

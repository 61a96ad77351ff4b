import { validation } from "../../protocol/errors.ts";
import { type Cluster, type ClusterRequest, isEnding } from "../cluster.ts";
import { createCluster } from "../create.ts";
import { clusterArn, summaryOf, viewCluster } from "../view.ts";
import type { Emr } from "../world.ts";
import { page } from "./pages.ts";

interface JobFlows {
  JobFlowIds: string[];
}

export function clusterOperations({ clusters, now, where }: Emr) {
  /** AddTags and the Set… operations speak of job flows, and of their absence in other words (raster-foundry#352). */
  const named = ({ JobFlowIds }: JobFlows): Cluster[] =>
    JobFlowIds.map((id) => {
      const cluster = clusters.all().find((one) => one.id === id);
      if (!cluster) throw validation("Specified job flow ID does not exist.");
      return cluster;
    });
  const change = (cluster: Cluster, how: (cluster: Cluster) => void) => {
    how(cluster);
    clusters.save(cluster);
    clusters.life(cluster)?.wake();
  };

  return {
    RunJobFlow(request: ClusterRequest) {
      const cluster = createCluster(request, where, now());
      clusters.begin(cluster);
      return { JobFlowId: cluster.id, ClusterArn: clusterArn(cluster) };
    },
    DescribeCluster: ({ ClusterId }: { ClusterId: string }) => ({
      Cluster: viewCluster(clusters.get(ClusterId), now()),
    }),
    ListClusters(asked: {
      CreatedAfter?: number;
      CreatedBefore?: number;
      ClusterStates?: string[];
      Marker?: string;
    }) {
      const fitting = clusters
        .all()
        .filter(
          ({ state, times }) =>
            (!asked.ClusterStates?.length || asked.ClusterStates.includes(state)) &&
            times.created >= (asked.CreatedAfter ?? 0) * 1000 &&
            times.created <= (asked.CreatedBefore ?? Number.POSITIVE_INFINITY) * 1000,
        );
      const { items, ...more } = page(fitting, asked.Marker, 50);
      return { Clusters: items.map((one) => summaryOf(one, now())), ...more };
    },
    ModifyCluster({
      ClusterId,
      StepConcurrencyLevel,
    }: {
      ClusterId: string;
      StepConcurrencyLevel?: number;
    }) {
      const cluster = clusters.get(ClusterId);
      const level = StepConcurrencyLevel ?? cluster.stepConcurrency;
      // API reference: "the maximum is 256".
      if (level < 1 || level > 256)
        throw validation("The step concurrency level must be between 1 and 256.");
      change(cluster, (one) => {
        one.stepConcurrency = level;
      });
      return { StepConcurrencyLevel: level };
    },
    TerminateJobFlows(asked: JobFlows) {
      const wanted = named(asked);
      for (const cluster of wanted)
        if (!cluster.terminationProtected)
          clusters
            .life(cluster)
            ?.terminate({ Code: "USER_REQUEST", Message: "Terminated by user request" });
      // Those that are not protected go all the same, as the API reference says.
      if (wanted.some((one) => one.terminationProtected && !isEnding(one)))
        throw validation(
          "Could not shut down one or more job flows since they are termination protected.",
        );
    },
    SetTerminationProtection(asked: JobFlows & { TerminationProtected: boolean }) {
      for (const cluster of named(asked))
        change(cluster, (one) => {
          one.terminationProtected = asked.TerminationProtected;
        });
    },
    SetUnhealthyNodeReplacement(asked: JobFlows & { UnhealthyNodeReplacement: boolean }) {
      for (const cluster of named(asked))
        change(cluster, (one) => {
          one.request.Instances.UnhealthyNodeReplacement = asked.UnhealthyNodeReplacement;
        });
    },
    SetVisibleToAllUsers(asked: JobFlows & { VisibleToAllUsers: boolean }) {
      for (const cluster of named(asked))
        change(cluster, (one) => {
          one.visible = asked.VisibleToAllUsers;
        });
    },
    SetKeepJobFlowAliveWhenNoSteps(asked: JobFlows & { KeepJobFlowAliveWhenNoSteps: boolean }) {
      for (const cluster of named(asked))
        change(cluster, (one) => {
          one.keepAlive = asked.KeepJobFlowAliveWhenNoSteps;
        });
    },
    ListBootstrapActions({ ClusterId, Marker }: { ClusterId: string; Marker?: string }) {
      const { items, ...more } = page(clusters.get(ClusterId).bootstrapActions, Marker, 50);
      return { BootstrapActions: items, ...more };
    },
  };
}

import { invalidRequest, validation } from "../../protocol/errors.ts";
import {
  type Cluster,
  type FleetRequest,
  type Group,
  type GroupRequest,
  isEnding,
} from "../cluster.ts";
import {
  createFleet,
  createGroup,
  requireFleetQuota,
  requireGroupQuota,
  requireQuota,
  requireTypes,
} from "../create.ts";
import { clusterArn, viewFleet, viewGroup, viewInstance } from "../view.ts";
import type { Emr } from "../world.ts";
import { page } from "./pages.ts";

export function instanceOperations({ clusters, now }: Emr) {
  const kindOf = (cluster: Cluster, kind: "group" | "fleet") =>
    cluster.groups.filter((one) => one.kind === kind);
  const requireGroups = (cluster: Cluster, kind: "group" | "fleet", what: string) => {
    if (kindOf(cluster, kind).length > 0) return;
    const other = kind === "group" ? "fleet" : "group";
    throw invalidRequest(
      `Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the request uses instance ${other}s. The ${what} request only supports instance ${kind}s.`,
    );
  };
  const open = (id: string) => {
    const cluster = clusters.get(id);
    if (isEnding(cluster))
      throw validation(
        "A job flow that is shutting down, terminated, or finished may not be modified.",
      );
    return cluster;
  };
  /** The instances themselves come and go afterwards. */
  const resized = (cluster: Cluster) => {
    clusters.save(cluster);
    clusters.life(cluster)?.wake();
  };

  return {
    ListInstances(asked: {
      ClusterId: string;
      InstanceGroupId?: string;
      InstanceGroupTypes?: string[];
      InstanceFleetId?: string;
      InstanceFleetType?: string;
      InstanceStates?: string[];
      Marker?: string;
    }) {
      const cluster = clusters.get(asked.ClusterId);
      const groupOf = (id: string) => cluster.groups.find((group) => group.id === id);
      const ids = [asked.InstanceGroupId, asked.InstanceFleetId].filter(Boolean);
      const roles = [
        ...(asked.InstanceGroupTypes ?? []),
        ...(asked.InstanceFleetType ? [asked.InstanceFleetType] : []),
      ];
      const fitting = cluster.instances.filter(
        ({ group, state }) =>
          (ids.length === 0 || ids.includes(group)) &&
          (roles.length === 0 || roles.includes(groupOf(group)?.role ?? "")) &&
          (!asked.InstanceStates?.length || asked.InstanceStates.includes(state)),
      );
      const { items, ...more } = page(fitting, asked.Marker, 2000);
      return { Instances: items.map((one) => viewInstance(one, groupOf(one.group))), ...more };
    },
    ListInstanceGroups({ ClusterId, Marker }: { ClusterId: string; Marker?: string }) {
      const cluster = clusters.get(ClusterId);
      requireGroups(cluster, "group", "ListInstanceGroups");
      const { items, ...more } = page(kindOf(cluster, "group"), Marker, 50);
      return { InstanceGroups: items.map((group) => viewGroup(group, cluster)), ...more };
    },
    ListInstanceFleets({ ClusterId, Marker }: { ClusterId: string; Marker?: string }) {
      const cluster = clusters.get(ClusterId);
      requireGroups(cluster, "fleet", "ListInstanceFleets");
      const { items, ...more } = page(kindOf(cluster, "fleet"), Marker, 50);
      return { InstanceFleets: items.map((group) => viewFleet(group, cluster)), ...more };
    },
    AddInstanceGroups({
      JobFlowId,
      InstanceGroups,
    }: {
      JobFlowId: string;
      InstanceGroups: GroupRequest[];
    }) {
      const cluster = open(JobFlowId);
      requireGroups(cluster, "group", "AddInstanceGroups");
      requireTypes(cluster.request, InstanceGroups);
      requireGroupQuota(cluster.groups.length + InstanceGroups.length);
      const groups = InstanceGroups.map((group) => createGroup(group, now()));
      cluster.groups.push(...groups);
      resized(cluster);
      return {
        JobFlowId,
        InstanceGroupIds: groups.map(({ id }) => id),
        ClusterArn: clusterArn(cluster),
      };
    },
    AddInstanceFleet({
      ClusterId,
      InstanceFleet,
    }: {
      ClusterId: string;
      InstanceFleet: FleetRequest;
    }) {
      const cluster = open(ClusterId);
      requireGroups(cluster, "fleet", "AddInstanceFleet");
      requireTypes(cluster.request, [InstanceFleet]);
      requireGroupQuota(cluster.groups.length + 1);
      const fleet = createFleet(InstanceFleet, now());
      cluster.groups.push(fleet);
      resized(cluster);
      return { ClusterId, InstanceFleetId: fleet.id, ClusterArn: clusterArn(cluster) };
    },
    ModifyInstanceGroups(asked: {
      ClusterId?: string;
      InstanceGroups?: { InstanceGroupId: string; InstanceCount?: number }[];
    }) {
      for (const { InstanceGroupId: id, InstanceCount } of asked.InstanceGroups ?? []) {
        const holder = clusters.all().find(({ groups }) => groups.some((group) => group.id === id));
        if (!holder) throw invalidRequest(`Instance group id '${id}' is not valid.`);
        const cluster = open(holder.id);
        // As quoted in hashicorp/terraform#22116.
        if (!/^(?:RUNNING|WAITING)$/.test(cluster.state))
          throw validation(
            "An instance group may only be modified when the cluster is running or waiting.",
          );
        const group = cluster.groups.find((one) => one.id === id) as Group;
        if (InstanceCount !== undefined) {
          if (group.role === "MASTER")
            throw validation("The master instance group cannot be resized.");
          requireQuota(InstanceCount);
          Object.assign(group, { wanted: InstanceCount, suspended: false, given: undefined });
        }
        resized(cluster);
      }
    },
    ModifyInstanceFleet(asked: {
      ClusterId: string;
      InstanceFleet: {
        InstanceFleetId: string;
        TargetOnDemandCapacity?: number;
        TargetSpotCapacity?: number;
      };
    }) {
      const cluster = open(asked.ClusterId);
      const { InstanceFleetId: id, ...wanted } = asked.InstanceFleet;
      const fleet = kindOf(cluster, "fleet").find((one) => one.id === id);
      if (!fleet) throw invalidRequest(`Instance fleet id '${id}' is not valid.`);
      const changed = { ...fleet.config, ...wanted };
      requireFleetQuota(changed);
      fleet.config = changed;
      Object.assign(fleet, { suspended: false, given: undefined });
      resized(cluster);
    },
  };
}

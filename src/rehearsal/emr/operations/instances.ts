import { invalidRequest, validation } from "../../protocol/errors.ts";
import { type Cluster, type FleetRequest, type GroupRequest, isEnding } from "../cluster.ts";
import { createFleet, createGroup, instancesFor } from "../create.ts";
import { page } from "../pages.ts";
import { clusterArn, viewFleet, viewGroup, viewInstance } from "../view.ts";
import type { Emr } from "../world.ts";

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
  /** To as many as are wanted: new ones are there at once, the last ones go. */
  const resize = (cluster: Cluster, id: string, count: number) => {
    const group = cluster.groups.find((one) => one.id === id);
    if (!group) throw invalidRequest(`Instance group id '${id}' is not valid.`);
    if (group.role === "MASTER") throw validation("The master instance group cannot be resized.");
    group.wanted = count;
    const there = cluster.instances.filter((one) => one.group === id && one.state !== "TERMINATED");
    const more = instancesFor(group, Math.max(0, count - there.length), now());
    for (const one of more)
      Object.assign(one, { state: "RUNNING", times: { ...one.times, ready: now() } });
    for (const one of there.slice(count))
      Object.assign(one, { state: "TERMINATED", times: { ...one.times, ended: now() } });
    cluster.instances.push(...more);
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
      const groups = InstanceGroups.map((group) => createGroup(group, now()));
      cluster.groups.push(...groups);
      for (const group of groups) resize(cluster, group.id, group.wanted);
      clusters.save(cluster);
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
      const fleet = createFleet(InstanceFleet, now());
      cluster.groups.push(fleet);
      resize(cluster, fleet.id, fleet.wanted);
      clusters.save(cluster);
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
        if (InstanceCount !== undefined) resize(cluster, id, InstanceCount);
        clusters.save(cluster);
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
      Object.assign(fleet.config, wanted);
      const { TargetOnDemandCapacity = 0, TargetSpotCapacity = 0 } = fleet.config as typeof wanted;
      resize(cluster, id, TargetOnDemandCapacity + TargetSpotCapacity);
      clusters.save(cluster);
    },
  };
}

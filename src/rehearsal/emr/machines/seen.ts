import type { Cluster, ClusterInstance, Group } from "../cluster.ts";
import type { Lost, Nodes } from "../life.ts";
import { masterOf } from "../view.ts";
import { CLUSTER_TAG, type Ec2, ROLE_TAG } from "./ec2.ts";
import { NotProvided } from "./refused.ts";

export interface SeenNodes extends Nodes {
  /** Something that EC2 was asked for has been answered. */
  heard(body: Buffer): Promise<void>;
}

/** The instances of clusters are instances of EC2, with the ids, addresses and tags that it gives them. */
export function seenByEc2(nodes: Nodes, ec2: Ec2): SeenNodes {
  const alive = new Map<string, { cluster: Cluster; lost: Lost }>();
  const roleOf = (cluster: Cluster, one: ClusterInstance) =>
    cluster.groups.find(({ id }) => id === one.group)?.role ?? "CORE";

  const launch = async (cluster: Cluster, group: Group, instances: ClusterInstance[]) => {
    if (instances.length === 0) return;
    const wanted = cluster.request.Instances;
    const machines = await ec2.launch({
      count: instances.length,
      type: group.type,
      subnet: cluster.place?.subnet ?? "",
      key: wanted.Ec2KeyName,
      profile: cluster.request.JobFlowRole,
      groups: groupsFor(cluster, group.role),
      tags: [
        ...cluster.tags,
        { Key: CLUSTER_TAG, Value: cluster.id },
        { Key: ROLE_TAG, Value: group.role },
      ],
    });
    for (const [i, { id, address }] of machines.entries())
      Object.assign(instances[i] as ClusterInstance, { ec2Id: id, address });
  };
  const end = async (cluster: Cluster, which: (id: string) => boolean = () => true) =>
    ec2.end((await ec2.list(cluster.id)).filter(({ id }) => which(id)));

  return {
    ...nodes,
    async provide(cluster, lost) {
      alive.set(cluster.id, { cluster, lost });
      cluster.place = await placeOf(cluster, ec2);
      cluster.managed = await managedGroups(cluster, ec2);
      for (const group of cluster.groups)
        await launch(
          cluster,
          group,
          cluster.instances.filter((one) => one.group === group.id),
        );
      await nodes.provide(cluster, lost);
    },
    async add(cluster, one, signal) {
      const group = cluster.groups.find(({ id }) => id === one.group) as Group;
      await launch(cluster, group, [one]);
      return nodes.add(cluster, one, signal);
    },
    async remove(cluster, one) {
      await nodes.remove(cluster, one);
      await end(cluster, (id) => id === one.ec2Id);
    },
    async release(cluster) {
      alive.delete(cluster.id);
      await nodes.release(cluster);
      await end(cluster);
    },
    async retag(cluster, gone) {
      const ids = cluster.instances
        .filter(({ state, ec2Id }) => state !== "TERMINATED" && ec2Id)
        .map(({ ec2Id }) => ec2Id);
      await ec2.untag(ids, gone);
      await ec2.tag(ids, cluster.tags);
    },
    /** Whoever ends an instance past EMR ends it: that of the primary ends the cluster, another is replaced. */
    async heard(body) {
      const asked = /(?:^|&)Action=(\w+)/.exec(body.toString("latin1"))?.[1] ?? "";
      if (/^(?:Revoke|Delete)SecurityGroup/.test(asked))
        for (const { cluster } of alive.values())
          if (cluster.managed) await letIn(cluster.managed, ec2);
      if (!/^(?:Terminate|Stop)Instances$/.test(asked)) return;
      for (const { cluster, lost } of alive.values()) {
        const machines = await ec2.list(cluster.id);
        for (const one of cluster.instances) {
          const state = machines.find(({ id }) => id === one.ec2Id)?.state;
          const gone = state === "terminated" || (state === "stopped" && one === masterOf(cluster));
          if (!gone || one.state === "TERMINATED") continue;
          lost(`The instance ${one.ec2Id} (${roleOf(cluster, one)}) is ${state}.`, one);
        }
      }
    },
  };
}

/** EC2 instances that no cluster has any more, of a rehearsal that was killed. No cluster lives yet. */
export async function endLeftMachines(ec2: Ec2): Promise<void> {
  await ec2.end(await ec2.list());
}

async function placeOf({ request }: Cluster, ec2: Ec2) {
  const { Ec2SubnetId, Ec2SubnetIds, Placement } = request.Instances;
  const subnet = Ec2SubnetId ?? Ec2SubnetIds?.[0];
  const place = await ec2.place(subnet, Placement?.AvailabilityZone);
  if (place) return place;
  // As quoted in Wittline/pyspark-on-aws-emr#3.
  throw new NotProvided(
    "VALIDATION_ERROR",
    subnet
      ? `The subnet configuration was invalid: The subnet ${subnet} does not exist.`
      : `There is no default subnet${Placement ? ` in ${Placement.AvailabilityZone}` : ""}.`,
  );
}

/**
 * EMR's guide, "Working with Amazon EMR-managed security groups": those that the request does not name are made where the VPC
 * has none, are never removed, and get back the rules that they lack. A rule for AWS's own addresses (8443) is left out.
 */
async function managedGroups(cluster: Cluster, ec2: Ec2): Promise<Cluster["managed"]> {
  const { EmrManagedMasterSecurityGroup: master, EmrManagedSlaveSecurityGroup: slave } = cluster
    .request.Instances as Record<string, string | undefined>;
  const vpc = cluster.place?.vpc ?? "";
  const made = (kind: "master" | "slave") =>
    ec2.group(
      `ElasticMapReduce-${kind}`,
      `${kind === "master" ? "Master" : "Slave"} group for Elastic MapReduce`,
      vpc,
    );
  const groups = {
    master: master ?? (await made("master")),
    slave: slave ?? (await made("slave")),
  };
  await letIn(groups, ec2);
  return groups;
}

async function letIn({ master, slave }: { master: string; slave: string }, ec2: Ec2) {
  await ec2.allow(master, [master, slave]);
  await ec2.allow(slave, [master, slave]);
}

function groupsFor({ request, managed }: Cluster, role: Group["role"]): string[] {
  const kind = role === "MASTER" ? "Master" : "Slave";
  const more = request.Instances[`Additional${kind}SecurityGroups`] as string[] | undefined;
  const own = role === "MASTER" ? managed?.master : managed?.slave;
  return [...(own ? [own] : []), ...(more ?? [])];
}

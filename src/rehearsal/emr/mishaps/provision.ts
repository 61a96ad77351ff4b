import type { Faults } from "../../faults/faults.ts";
import type { Cluster, ClusterInstance, Group } from "../cluster.ts";
import { instancesFor } from "../create.ts";
import { zoneOf } from "../view.ts";

/** Why a cluster does not come to be. */
export interface Trouble {
  reason: { Code: string; Message: string };
  details?: NonNullable<Cluster["errors"]>;
}

interface Waiting {
  /** Minutes as the request has them. */
  minutes(count: number): Promise<void>;
  now(): number;
}

/** What EC2 does not give to a cluster that starts; a fleet may do with less, or with something else. */
export async function provisionWith(
  faults: Faults,
  cluster: Cluster,
  wait: Waiting,
): Promise<Trouble | undefined> {
  const about = { service: "elasticmapreduce", operation: "RunJobFlow", cluster: cluster.name };
  // Amazon EMR Management Guide, "Throttling errors".
  if (faults.next("ec2-throttle", about))
    return internal("Throttled from Amazon EC2 while launching cluster");
  for (const group of cluster.groups) {
    if (faults.next("quota", { ...about, type: group.type })) return overQuota(group);
    const trouble = emptyOf(faults, cluster, group) ?? (await partly(faults, cluster, group, wait));
    if (trouble) return trouble;
  }
  return undefined;
}

const internal = (Message: string): Trouble => ({ reason: { Code: "INTERNAL_ERROR", Message } });

/** As amzn/rheoceros quotes it in its tests. */
const overQuota = ({ type }: Group) =>
  internal(
    `The request to create the EMR cluster or add EC2 instances to it failed. The number of vCPUs for instance type ${type} exceeds the EC2 service quota for that type. Request a service quota increase for your AWS account or choose a different instance type and retry the request. For more information, see https://docs.aws.amazon.com/console/elasticmapreduce/vcpu-limit`,
  );

/** A fleet takes the next of its types; a group has but one. */
function emptyOf(faults: Faults, cluster: Cluster, group: Group): Trouble | undefined {
  const { InstanceTypeConfigs: configs } = group.config as {
    InstanceTypeConfigs?: { InstanceType: string }[];
  };
  const types = configs?.map(({ InstanceType }) => InstanceType) ?? [group.type];
  const zone = zoneOf(cluster);
  const has = types.find((type) => !faults.next("no-capacity", aboutGroup(cluster, group, type)));
  if (has === undefined) return noCapacity(group, types[0] ?? group.type, zone);
  for (const one of of(cluster, group)) one.type = has;
  group.type = has;
  return undefined;
}

const of = ({ instances }: Cluster, { id }: Group) => instances.filter((one) => one.group === id);
const aboutGroup = (cluster: Cluster, { market, role }: Group, type: string) => ({
  cluster: cluster.name,
  type,
  zone: zoneOf(cluster),
  market,
  role,
});

/** The message as in amzn/rheoceros; code and data: Management Guide, "Error codes with ErrorDetail information". */
function noCapacity(group: Group, type: string, zone: string): Trouble {
  const spotPrimary = group.role === "MASTER" && group.market === "SPOT";
  const ErrorCode = spotPrimary
    ? "INTERNAL_ERROR_SPOT_NO_CAPACITY_PRIMARY"
    : "INTERNAL_ERROR_EC2_INSUFFICIENT_CAPACITY_AZ";
  const ErrorMessage = `EC2 is out of capacity for ${type} in availability zone ${zone}. Learn more at https://docs.aws.amazon.com/console/elasticmapreduce/ERROR_noinstancecapacity`;
  const doc = `https://docs.aws.amazon.com/emr/latest/ManagementGuide/${ErrorCode}.html`;
  const ErrorData = [
    { "instance-type": type },
    { "availability-zone": zone },
    { "public-doc": doc },
  ];
  return { ...internal(ErrorMessage), details: [{ ErrorCode, ErrorData, ErrorMessage }] };
}

interface SpotSpecification {
  TimeoutDurationMinutes: number;
  TimeoutAction: "SWITCH_TO_ON_DEMAND" | "TERMINATE_CLUSTER";
}

/** API reference of SpotProvisioningSpecification: what becomes of a fleet that does not get all of its spot capacity in time. */
async function partly(
  faults: Faults,
  cluster: Cluster,
  group: Group,
  wait: Waiting,
): Promise<Trouble | undefined> {
  if (group.kind !== "fleet") return undefined;
  const mine = of(cluster, group);
  const strike = faults.aim(
    ["partial-fleet"],
    aboutGroup(cluster, group, group.type),
    (rule) => mine.length > (rule.instances ?? Math.floor(mine.length / 2)),
  );
  if (!strike) return undefined;
  const count = strike.rule.instances ?? Math.floor(mine.length / 2);
  strike.land(`${count} of ${mine.length}`);
  const missing = new Set<ClusterInstance>(mine.slice(count));
  cluster.instances = cluster.instances.filter((one) => !missing.has(one));
  const marketOf = (market: Group["market"]) =>
    of(cluster, group).filter((one) => one.market === market).length;
  const keep = (): void => {
    group.given = (["ON_DEMAND", "SPOT"] as const).map((market) => [market, marketOf(market)]);
  };
  keep();
  const { LaunchSpecifications: launch } = group.config as {
    LaunchSpecifications?: { SpotSpecification?: SpotSpecification };
  };
  const spot = group.market === "SPOT" ? launch?.SpotSpecification : undefined;
  if (!spot && count === 0 && group.role !== "TASK")
    return noCapacity(group, group.type, zoneOf(cluster));
  if (!spot) return undefined;
  await wait.minutes(spot.TimeoutDurationMinutes);
  if (spot.TimeoutAction === "TERMINATE_CLUSTER")
    return {
      reason: {
        Code: "INSTANCE_FLEET_TIMEOUT",
        Message: `The instance fleet ${group.id} could not get its target capacity within ${spot.TimeoutDurationMinutes} minutes`,
      },
    };
  cluster.instances.push(...instancesFor(group, "ON_DEMAND", missing.size, wait.now()));
  keep();
  return undefined;
}

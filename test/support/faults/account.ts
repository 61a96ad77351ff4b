import type { EmrCluster, EmrStep } from "../../../src/aws/emr.ts";
import { openPlainCluster } from "../emr/plain-cluster.ts";
import { eventually } from "../eventually.ts";
import { CALLER, type SmallAws } from "../servers/small-aws.ts";

/** Of the same words as ours, and not ours: by another owner, or by another tag. */
const OTHER = `${CALLER}-other`;
const RUN = "20260101-000000-abcdef";
const LIKE: Record<string, string>[] = [
  {},
  { "mayfly:run": RUN },
  { "mayfly:run": RUN, "mayfly:owner": OTHER },
  { "mayfly-run": RUN, "mayfly:owner": CALLER },
  { "mayfly:owner": CALLER },
  { "mayfly:run": RUN, "mayfly:owner": CALLER.toUpperCase() },
];

/** What stands in the account beside ours, and must stand there afterwards. */
export async function makeLookAlikes({ emr, ec2 }: SmallAws): Promise<void> {
  for (const [i, tags] of LIKE.entries()) {
    ec2.groups.set(`sg-alike${i}`, { name: `mayfly-${RUN}-primary${i}`, tags });
    ec2.keys.set(`mayfly-${RUN}${i}`, { name: `mayfly-${RUN}${i}`, tags });
    await openPlainCluster({ emr }, `mayfly both ${RUN}`, tags);
  }
  // What is to happen to clusters that start is meant for ours.
  await eventually(
    "look-alikes that wait",
    async () => {
      const { Clusters } = await emr<{ Clusters: EmrCluster[] }>("ListClusters", {
        CreatedAfter: 0,
      });
      return Clusters.every(({ Status }) => Status.State === "WAITING") || undefined;
    },
    5,
  );
}

export interface InAccount {
  clusters: (EmrCluster & { steps: EmrStep[] })[];
  groups: Record<string, string>[];
  keys: Record<string, string>[];
}

const isOurs = (tags: Record<string, string>) =>
  tags["mayfly:run"] !== undefined && tags["mayfly:owner"] === CALLER;
const tagsOf = ({ Tags = [] }: EmrCluster) =>
  Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
const isAlive = ({ Status }: EmrCluster) => !/^TERMINATED/.test(Status.State);

async function clustersOf({ emr }: SmallAws): Promise<InAccount["clusters"]> {
  const { Clusters } = await emr<{ Clusters: EmrCluster[] }>("ListClusters", { CreatedAfter: 0 });
  return Promise.all(
    Clusters.map(async ({ Id: ClusterId }) => {
      const { Cluster } = await emr<{ Cluster: EmrCluster }>("DescribeCluster", { ClusterId });
      const { Steps: steps } = await emr<{ Steps: EmrStep[] }>("ListSteps", { ClusterId });
      return { ...Cluster, steps };
    }),
  );
}

/** Clusters, groups and key pairs of ours that are there, by what they are called. */
export async function oursIn(aws: SmallAws): Promise<string[]> {
  const clusters = (await clustersOf(aws)).filter((one) => isOurs(tagsOf(one)) && isAlive(one));
  const { groups, keys } = aws.ec2;
  return [
    ...clusters.map(({ Id, Name }) => `cluster ${Id} (${Name})`),
    ...[...groups.values()].filter(({ tags }) => isOurs(tags)).map(({ name }) => `group ${name}`),
    ...[...keys.values()].filter(({ tags }) => isOurs(tags)).map(({ name }) => `key ${name}`),
  ];
}

/** What was made twice though it was wanted once: the run's id is in every name. */
export async function duplicatesIn(aws: SmallAws): Promise<string[]> {
  const clusters = (await clustersOf(aws)).filter((one) => isOurs(tagsOf(one)));
  const all = [
    ...aws.ec2.made,
    ...clusters.map(({ Name }) => `cluster ${Name}`),
    ...clusters.flatMap(({ steps }) => steps.map(({ Name }) => `step ${Name}`)),
  ];
  return all.filter((one, i) => all.indexOf(one) !== i);
}

/** What has become of the look-alikes. */
export async function touchedIn(aws: SmallAws): Promise<string[]> {
  const clusters = (await clustersOf(aws)).filter(({ Name }) => Name.endsWith(RUN));
  const same = (tags: Record<string, string> | undefined, i: number) =>
    tags && JSON.stringify(tags) === JSON.stringify(LIKE[i]);
  const { groups, keys } = aws.ec2;
  const texts = LIKE.map((tags) => JSON.stringify(tags)).sort();
  const left = clusters.filter(isAlive).map((one) => JSON.stringify(tagsOf(one)));
  return [
    ...(JSON.stringify(left.sort()) === JSON.stringify(texts) ? [] : ["clusters"]),
    ...LIKE.flatMap((_, i) => (same(groups.get(`sg-alike${i}`)?.tags, i) ? [] : [`group ${i}`])),
    ...LIKE.flatMap((_, i) => (same(keys.get(`mayfly-${RUN}${i}`)?.tags, i) ? [] : [`key ${i}`])),
  ];
}

/** State of each step of a run. */
export async function stepsOf(aws: SmallAws, run: string): Promise<string[]> {
  const all = (await clustersOf(aws)).flatMap(({ steps }) => steps);
  return all.filter(({ Name }) => Name.includes(run)).map(({ Status }) => Status.State);
}

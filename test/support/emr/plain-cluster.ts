import type { SmallAws } from "../servers/small-aws.ts";

/** A cluster of one instance that waits for steps, with these tags, as anybody may ask for one. */
export async function openPlainCluster(
  { emr }: Pick<SmallAws, "emr">,
  name: string,
  tags: Record<string, string>,
  more: object = {},
): Promise<string> {
  const { JobFlowId } = await emr<{ JobFlowId: string }>("RunJobFlow", {
    ...{ Name: name, ReleaseLabel: "emr-7.12.0" },
    ...{ JobFlowRole: "EMR_EC2_DefaultRole", ServiceRole: "EMR_DefaultRole" },
    Instances: {
      ...{ MasterInstanceType: "m5.xlarge", InstanceCount: 1 },
      KeepJobFlowAliveWhenNoSteps: true,
    },
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...more,
  });
  return JobFlowId;
}

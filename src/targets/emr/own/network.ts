import { AwsRefusal, LostReply } from "../../../aws/asking.ts";
import type { Ec2, Subnet } from "../../../aws/ec2.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { EmrSettings } from "../shape/settings.ts";
import type { Maker } from "./names.ts";
import { soon } from "./soon.ts";

/** The subnets among which EMR may choose; of an account without a default VPC one is made, and never removed. */
export async function findSubnets(
  ec2: Ec2,
  { subnets: asked, machines }: Pick<EmrSettings, "subnets" | "machines">,
  { act, region }: Pick<Maker, "act" | "region">,
  clock: Clock = systemClock,
): Promise<{ subnets: Subnet[]; made?: string }> {
  if (asked.length > 0) return { subnets: await namedSubnets(ec2, asked) };
  let defaults = await ec2.subnets({ defaults: true });
  let made: string | undefined;
  if (defaults.length === 0) {
    if (await ec2.defaultVpc())
      throw new MayflyError(
        "missing",
        `cannot place a cluster in ${region}: its default VPC has no default subnet`,
        "name one in mayfly.yaml (subnet: subnet-…), or aws ec2 create-default-subnet --availability-zone ZONE",
      );
    made = await act(
      { do: "make-vpc", id: "vpc", region },
      () =>
        ec2.createDefaultVpc().catch(async (error: unknown) => {
          // There is one of them in a region: whoever made it, it is the one.
          const known = error instanceof LostReply || isThere(error);
          const found = known ? await soon(() => ec2.defaultVpc(), FIND_MS, clock) : undefined;
          if (found) return found;
          throw error;
        }),
      (id) => id,
    );
    const look = async () => {
      const found = await ec2.subnets({ defaults: true });
      return found.length > 0 ? found : undefined;
    };
    defaults = (await soon(look, FIND_MS, clock)) ?? [];
  }
  const chosen = machines.as === "fleets" ? defaults : await fitting(ec2, defaults, machines);
  return { subnets: chosen, ...(made ? { made } : {}) };
}

const FIND_MS = 20_000;
const isThere = (error: unknown) =>
  error instanceof AwsRefusal && error.said === "DefaultVpcAlreadyExists";

async function namedSubnets(ec2: Ec2, asked: string[]): Promise<Subnet[]> {
  const found: Subnet[] = [];
  for (const id of asked) {
    const [one] = await ec2.subnets({ id });
    if (one) found.push(one);
  }
  const [first] = found;
  const other = found.find(({ vpc }) => vpc !== first?.vpc);
  if (other)
    throw new MayflyError(
      "job-file",
      `cannot place a cluster: ${first?.id} is in ${first?.vpc}, and ${other.id} in ${other.vpc}`,
      "name subnets of one VPC",
    );
  return found;
}

/** Instance groups stand in one zone, and not every zone has every type. */
async function fitting(
  ec2: Ec2,
  defaults: Subnet[],
  { parts }: EmrSettings["machines"],
): Promise<Subnet[]> {
  const types = [...new Set(parts.map(({ types: [{ type }] }) => type))];
  // Who may not ask takes the first.
  const zones = await ec2.zonesWith(types).catch((error: unknown): string[] => {
    if (error instanceof AwsRefusal) return [];
    throw error;
  });
  const best = defaults.find(({ zone }) => zones.includes(zone)) ?? defaults[0];
  return best ? [best] : [];
}

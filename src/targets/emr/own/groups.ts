import { AwsRefusal, LostReply } from "../../../aws/asking.ts";
import type { Ec2, Subnet } from "../../../aws/ec2.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { Surroundings } from "../shape/request.ts";
import { type Maker, nameOf, tagsOf } from "./names.ts";
import { soon } from "./soon.ts";

const FIND_MS = 20_000;

/**
 * Security groups of this cluster alone: nobody comes in but the cluster itself, by the rules that EMR adds to them, and `from` to port
 * 22 of the primary. In a private subnet EMR wants a third one (EMR's guide, "Working with Amazon EMR-managed security groups").
 */
export async function makeGroups(
  ec2: Ec2,
  subnets: Subnet[],
  from: string | undefined,
  maker: Maker,
  clock: Clock = systemClock,
): Promise<NonNullable<Surroundings["groups"]>> {
  const { act } = maker;
  const reached = await Promise.all(subnets.map((one) => ec2.isPublic(one)));
  if (reached.includes(true) && reached.includes(false))
    throw new MayflyError(
      "job-file",
      `cannot place a cluster: of ${subnets.map(({ id }) => id).join(", ")} some reach the internet and some do not`,
      "name subnets of one sort: EMR wants other security groups where there is no way out",
    );
  const make = (what: string) => makeGroup(ec2, what, subnets[0]?.vpc ?? "", maker, clock);
  const primary = await make("primary");
  const workers = await make("workers");
  if (from !== undefined)
    await act({ do: "let-in", id: "ssh", group: primary, from, port: 22 }, () =>
      ec2.letIn(primary, { port: 22, from: { cidr: from }, description: "who runs mayfly" }),
    );
  if (!reached.includes(false)) return { primary, workers };
  const service = await make("service");
  // The same page: from 5.30.0 on a group of one's own has to let the primary in to this port.
  await act({ do: "let-in", id: "service", group: service, from: primary, port: 9443 }, () =>
    ec2.letIn(service, { port: 9443, from: { group: primary }, description: "EMR's service" }),
  );
  return { primary, workers, service };
}

async function makeGroup(
  ec2: Ec2,
  what: string,
  vpc: string,
  { run, owner, region, act }: Maker,
  clock: Clock,
): Promise<string> {
  const name = nameOf(run, what);
  const tags = tagsOf(run, owner);
  const find = async () => (await ec2.groups({ "group-name": name, "vpc-id": vpc }))[0]?.id;
  const make = () =>
    ec2
      .createGroup({ name, vpc, tags, description: `${what} of a cluster of mayfly, run ${run}` })
      .catch(async (error: unknown) => {
        if (error instanceof AwsRefusal && /AccessDenied|Unauthorized/.test(error.said))
          throw new MayflyError(
            "permission",
            `cannot make a security group for the cluster: ${error.message}`,
            "security_groups: emr in mayfly.yaml takes the account's own",
          );
        // It may have been made all the same: the run's id is in its name.
        const maybe =
          error instanceof LostReply ||
          (error instanceof AwsRefusal && error.said === "InvalidGroup.Duplicate");
        const found = maybe ? await soon(find, FIND_MS, clock) : undefined;
        if (found) return found;
        throw error;
      });
  const id = await act(
    { do: "make-security-group", id: `group-${what}`, name, vpc, region },
    make,
    (one) => one,
  );
  // EMR looks for it, and must find it.
  await soon(find, FIND_MS, clock);
  return id;
}

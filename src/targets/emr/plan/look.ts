import { openEmr } from "../../../aws/emr.ts";
import type { Session } from "../../../aws/session.ts";
import type { Stores } from "../../../storage/open.ts";
import { IMDSV2 } from "../own/metadata.ts";
import { findSubnets } from "../own/network.ts";
import { clientsOf } from "../own/own.ts";
import { hasFeature } from "../shape/features.ts";
import type { Surroundings } from "../shape/request.ts";
import { DEFAULT_ROLES, type EmrSettings } from "../shape/settings.ts";

/** What of the account a cluster would be given, as far as it is there, and what would be made. */
export interface Around {
  surroundings: Surroundings;
  /** Default roles that are missing; all of the cluster's where nobody has looked. */
  roles: string[];
  /** The default VPC is missing, or nobody has looked. */
  vpc: boolean;
  imdsv2: boolean;
}

/** As it is without a look at the account. */
export function unseenAround(settings: EmrSettings, release: string): Around {
  const { key, groups, securityConfiguration, subnets, roles } = settings;
  const defaults: string[] = Object.values(DEFAULT_ROLES);
  return {
    surroundings: {
      subnets,
      ...(typeof groups === "object" ? { groups } : {}),
      ...(typeof key === "string" ? { key } : {}),
      ...(securityConfiguration === undefined ? {} : { securityConfiguration }),
    },
    roles: Object.values(roles).filter((role) => defaults.includes(role)),
    vpc: subnets.length === 0,
    imdsv2: securityConfiguration === undefined && hasFeature(release, "IMDSv2 alone"),
  };
}

class WouldMake extends Error {}

/** Reads and makes nothing; what may not be read is said in `unseen`. */
export async function lookAround(
  aws: Session,
  settings: EmrSettings,
  release: string,
  unseen: string[],
): Promise<Around> {
  const around = unseenAround(settings, release);
  const { ec2, iam } = clientsOf(aws);
  const look = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WouldMake))
        unseen.push(`${what}: ${(error as Error).message.split("\n")[0]}`);
      return undefined;
    }
  };
  const missing: string[] = [];
  for (const role of around.roles)
    if ((await look(`the role ${role}`, () => iam.hasRole(role))) !== true) missing.push(role);
  const act = () => Promise.reject(new WouldMake());
  const found = await look("subnets", () =>
    findSubnets(ec2, settings, { act, region: aws.region }),
  );
  const has =
    around.imdsv2 &&
    (await look("security configurations", () => openEmr(aws).hasSecurityConfiguration(IMDSV2)));
  return {
    surroundings: {
      ...around.surroundings,
      ...(found ? { subnets: found.subnets.map(({ id }) => id) } : {}),
      ...(has ? { securityConfiguration: IMDSV2 } : {}),
    },
    roles: missing,
    vpc: around.vpc && !found,
    imdsv2: around.imdsv2 && !has,
  };
}

/** Where each bucket lives; the first one is made when it is not there. */
export async function lookAtBuckets(stores: Stores, names: string[], unseen: string[]) {
  const s3 = await stores.s3();
  const regions = new Map<string, string>();
  const missing: string[] = [];
  for (const [index, name] of names.entries()) {
    try {
      const region = await s3.regionOf(name);
      if (region !== undefined) regions.set(name, region);
      else if (index > 0) missing.push(name);
    } catch (error) {
      unseen.push(`the region of s3://${name}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  await stores.close();
  return { regions, missing };
}

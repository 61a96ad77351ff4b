import { unless } from "./asking.ts";
import type { AskQuery } from "./query/ask.ts";
import { items, textOf } from "./query/xml.ts";

/** Of IAM what the default roles of EMR need. What is made twice is refused as being there: nothing needs a token. */
export interface Iam {
  hasRole(name: string): Promise<boolean>;
  createRole(wish: { name: string; service: string }): Promise<void>;
  attachPolicy(role: string, policy: string): Promise<void>;
  /** The roles in it; undefined where there is none of this name. */
  profile(name: string): Promise<string[] | undefined>;
  createProfile(name: string, role: string): Promise<void>;
}

/** IAM is one for all regions of a partition, and signed for one of them (General Reference, "IAM endpoints and quotas"). */
export function iamService(region: string) {
  const gov = region.startsWith("us-gov-");
  return {
    service: "iam",
    version: "2010-05-08",
    everywhere: gov
      ? { host: "iam.us-gov.amazonaws.com", region: "us-gov-west-1" }
      : { host: "iam.amazonaws.com", region: "us-east-1" },
  };
}

export function openIam(ask: AskQuery): Iam {
  const absent = unless("NoSuchEntity");
  const there = unless("EntityAlreadyExists");
  return {
    async hasRole(RoleName) {
      const found = await ask("GetRole", { RoleName }).catch(absent);
      return found !== undefined;
    },
    async createRole({ name, service }) {
      await ask("CreateRole", {
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2008-10-17",
          Statement: [
            {
              Sid: "",
              Effect: "Allow",
              Principal: { Service: service },
              Action: "sts:AssumeRole",
            },
          ],
        }),
      }).catch(there);
    },
    async attachPolicy(RoleName, PolicyArn) {
      await ask("AttachRolePolicy", { RoleName, PolicyArn });
    },
    async profile(InstanceProfileName) {
      const found = await ask("GetInstanceProfile", { InstanceProfileName }).catch(absent);
      if (!found) return undefined;
      const roles = items(found, "GetInstanceProfileResult", "InstanceProfile", "Roles");
      return roles.map((one) => textOf(one, "RoleName") ?? "");
    },
    async createProfile(InstanceProfileName, RoleName) {
      await ask("CreateInstanceProfile", { InstanceProfileName }).catch(there);
      await ask("AddRoleToInstanceProfile", { InstanceProfileName, RoleName }).catch(
        // It holds one role: refused when it is there already.
        unless("LimitExceeded"),
      );
    },
  };
}

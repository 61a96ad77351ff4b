import { type SmallIam, smallIam } from "./small-iam.ts";

/** As much of EC2 as a cluster's surroundings need: one default VPC, security groups, key pairs; and IAM. */
export interface SmallEc2 {
  groups: Map<string, Tagged>;
  keys: Map<string, Tagged>;
  /** Names of the groups and key pairs that were ever made. */
  made: string[];
  iam: SmallIam;
  answer(form: URLSearchParams): { status: number; text: string };
}

export interface Tagged {
  name: string;
  tags: Record<string, string>;
}

const AT = "2026-01-01T00:00:00.000Z";

export function smallEc2({ hasRoles = true } = {}): SmallEc2 {
  const groups = new Map<string, Tagged>();
  const keys = new Map<string, Tagged>();
  const made: string[] = [];
  const iam = smallIam(hasRoles);
  let next = 0;

  const operations: SmallIam["operations"] = {
    DescribeVpcs: () => set("vpcSet", ["<vpcId>vpc-1</vpcId>"]),
    DescribeSubnets: () => {
      const place = "<vpcId>vpc-1</vpcId><availabilityZone>us-east-1a</availabilityZone>";
      return set("subnetSet", [`<subnetId>subnet-1</subnetId>${place}`]);
    },
    DescribeRouteTables: () =>
      set("routeTableSet", [set("routeSet", ["<gatewayId>igw-1</gatewayId>"])]),
    DescribeInstanceTypeOfferings: () => set("instanceTypeOfferingSet", []),
    CreateSecurityGroup(form) {
      const name = form.get("GroupName") ?? "";
      if ([...groups.values()].some((one) => one.name === name))
        return { refused: "InvalidGroup.Duplicate" };
      const id = `sg-${String(++next).padStart(8, "0")}`;
      made.push(`group ${name}`);
      groups.set(id, { name, tags: tagsOf(form) });
      return `<groupId>${id}</groupId>`;
    },
    DescribeSecurityGroups: (form) =>
      set(
        "securityGroupInfo",
        [...groups]
          .filter(([, one]) => fits(one, form, "group-name"))
          .map(
            ([id, one]) =>
              `<groupId>${id}</groupId><groupName>${one.name}</groupName><vpcId>vpc-1</vpcId>${tagSet(one)}`,
          ),
      ),
    DescribeSecurityGroupRules: () => set("securityGroupRuleSet", []),
    AuthorizeSecurityGroupIngress: () => "<return>true</return>",
    DeleteSecurityGroup(form) {
      groups.delete(form.get("GroupId") ?? "");
      return "<return>true</return>";
    },
    ImportKeyPair(form) {
      const name = form.get("KeyName") ?? "";
      if (keys.has(name)) return { refused: "InvalidKeyPair.Duplicate" };
      made.push(`key ${name}`);
      keys.set(name, { name, tags: tagsOf(form) });
      return `<keyName>${name}</keyName>`;
    },
    DescribeKeyPairs: (form) =>
      set(
        "keySet",
        [...keys.values()]
          .filter((one) => fits(one, form, "key-name"))
          .map(
            (one) => `<keyName>${one.name}</keyName><createTime>${AT}</createTime>${tagSet(one)}`,
          ),
      ),
    DeleteKeyPair(form) {
      keys.delete(form.get("KeyName") ?? "");
      return "<return>true</return>";
    },
    ...iam.operations,
  };

  return {
    groups,
    keys,
    made,
    iam,
    answer(form) {
      const action = form.get("Action") ?? "";
      const answer = operations[action]?.(form) ?? { refused: "InvalidAction" };
      if (typeof answer === "string")
        return { status: 200, text: `<${action}Response>${answer}</${action}Response>` };
      const error = `<Error><Code>${answer.refused}</Code><Message>${action}: it says no</Message></Error>`;
      // EC2 has a list of errors, IAM one.
      return Object.hasOwn(iam.operations, action)
        ? { status: 400, text: `<ErrorResponse>${error}</ErrorResponse>` }
        : { status: 400, text: `<Response><Errors>${error}</Errors></Response>` };
    },
  };
}

const set = (name: string, all: string[]) =>
  `<${name}>${all.map((one) => `<item>${one}</item>`).join("")}</${name}>`;

const tagSet = ({ tags }: Tagged) =>
  set(
    "tagSet",
    Object.entries(tags).map(([key, value]) => `<key>${key}</key><value>${value}</value>`),
  );

function tagsOf(form: URLSearchParams): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let i = 1; form.has(`TagSpecification.1.Tag.${i}.Key`); i++)
    tags[form.get(`TagSpecification.1.Tag.${i}.Key`) ?? ""] =
      form.get(`TagSpecification.1.Tag.${i}.Value`) ?? "";
  return tags;
}

/** Filters by name, by a tag's value and by a tag's being there. */
function fits({ name, tags }: Tagged, form: URLSearchParams, byName: string): boolean {
  for (let i = 1; form.has(`Filter.${i}.Name`); i++) {
    const filter = form.get(`Filter.${i}.Name`) ?? "";
    const value = form.get(`Filter.${i}.Value.1`) ?? "";
    if (filter === byName && name !== value) return false;
    if (filter === "tag-key" && tags[value] === undefined) return false;
    if (filter.startsWith("tag:") && tags[filter.slice(4)] !== value) return false;
  }
  return true;
}

import { unless } from "./asking.ts";
import { type AskQuery, numbered, type Parameters } from "./query/ask.ts";
import { type Element, items, textOf } from "./query/xml.ts";

/** Of EC2 what a cluster's surroundings need; its operations and parameters are those of its API reference. */
export interface Ec2 {
  subnets(wish: { id?: string; defaults?: boolean }): Promise<Subnet[]>;
  defaultVpc(): Promise<string | undefined>;
  createDefaultVpc(): Promise<string>;
  /** A subnet from which the internet is reached directly, and whose machines can have public addresses. */
  isPublic(subnet: Subnet): Promise<boolean>;
  /** Availability zones that offer all of these types. */
  zonesWith(types: string[]): Promise<string[]>;
  /** Has no client token: a lost reply may mean a group. */
  createGroup(wish: GroupWish): Promise<string>;
  groups(wanted: Filters): Promise<SecurityGroup[]>;
  letIn(group: string, rule: IngressRule): Promise<void>;
  rules(group: string): Promise<GroupRule[]>;
  revoke(group: string, rules: GroupRule[]): Promise<void>;
  deleteGroup(group: string): Promise<void>;
  /** Has no client token either, but it is our own public key that is taken. */
  importKey(wish: { name: string; publicKey: string; tags: Tags }): Promise<void>;
  keys(wanted: Filters): Promise<KeyPair[]>;
  deleteKey(name: string): Promise<void>;
}

export type Tags = Record<string, string>;
export type Filters = Record<string, string>;

export interface Subnet {
  id: string;
  vpc: string;
  zone: string;
}
export interface SecurityGroup {
  id: string;
  name: string;
  vpc: string;
  tags: Tags;
}
export interface GroupWish {
  name: string;
  description: string;
  vpc: string;
  tags: Tags;
}
export interface GroupRule {
  id: string;
  egress: boolean;
}
export interface IngressRule {
  port: number;
  from: { cidr: string } | { group: string };
  description: string;
}
export interface KeyPair {
  name: string;
  tags: Tags;
  createdAt?: number;
}

export const EC2 = { service: "ec2", version: "2016-11-15" };

export function openEc2(ask: AskQuery): Ec2 {
  /** All pages of a list. */
  const all = async (operation: string, input: Parameters, member: string): Promise<Element[]> => {
    const found: Element[] = [];
    let NextToken: string | undefined;
    do {
      const page = await ask(operation, { ...input, ...(NextToken ? { NextToken } : {}) });
      found.push(...items(page, member));
      NextToken = textOf(page, "nextToken") || undefined;
    } while (NextToken);
    return found;
  };
  const defaultVpc = async () => {
    const vpcs = await all("DescribeVpcs", filters({ "is-default": "true" }), "vpcSet");
    return vpcs.map((one) => textOf(one, "vpcId") ?? "")[0];
  };
  const routes = async (wanted: Filters) =>
    (await all("DescribeRouteTables", filters(wanted), "routeTableSet")).flatMap((table) =>
      items(table, "routeSet"),
    );
  const tagged = (type: string, tags: Tags): Parameters => ({
    "TagSpecification.1.ResourceType": type,
    ...Object.fromEntries(
      Object.entries(tags).flatMap(([key, value], i) => [
        [`TagSpecification.1.Tag.${i + 1}.Key`, key],
        [`TagSpecification.1.Tag.${i + 1}.Value`, value],
      ]),
    ),
  });

  return {
    async subnets({ id, defaults }) {
      const found = await all(
        "DescribeSubnets",
        {
          ...(id ? { "SubnetId.1": id } : {}),
          ...(defaults ? filters({ "default-for-az": "true" }) : {}),
        },
        "subnetSet",
      );
      return found.map((one) => ({
        id: textOf(one, "subnetId") ?? "",
        vpc: textOf(one, "vpcId") ?? "",
        zone: textOf(one, "availabilityZone") ?? "",
      }));
    },
    defaultVpc,
    async createDefaultVpc() {
      const made = await ask("CreateDefaultVpc", {}, { once: true });
      return textOf(made, "vpc", "vpcId") ?? "";
    },
    async isPublic({ id, vpc }) {
      // VPC guide, "Route tables": a subnet without a table of its own has the VPC's main one.
      const own = await routes({ "association.subnet-id": id });
      const its =
        own.length > 0 ? own : await routes({ "vpc-id": vpc, "association.main": "true" });
      return its.some((one) => textOf(one, "gatewayId")?.startsWith("igw-"));
    },
    async zonesWith(types) {
      const offered = await all(
        "DescribeInstanceTypeOfferings",
        {
          LocationType: "availability-zone",
          "Filter.1.Name": "instance-type",
          ...numbered("Filter.1.Value", types),
        },
        "instanceTypeOfferingSet",
      );
      const zones = offered.map((one) => textOf(one, "location") ?? "");
      const has = (zone: string) => zones.filter((one) => one === zone).length === types.length;
      return [...new Set(zones)].filter(has);
    },
    async createGroup({ name, description, vpc, tags }) {
      const made = await ask(
        "CreateSecurityGroup",
        {
          GroupName: name,
          GroupDescription: description,
          VpcId: vpc,
          ...tagged("security-group", tags),
        },
        { once: true },
      );
      return textOf(made, "groupId") ?? "";
    },
    async groups(wanted) {
      const found = await all("DescribeSecurityGroups", filters(wanted), "securityGroupInfo");
      return found.map((one) => ({
        id: textOf(one, "groupId") ?? "",
        name: textOf(one, "groupName") ?? "",
        vpc: textOf(one, "vpcId") ?? "",
        tags: tagsOf(one),
      }));
    },
    async letIn(GroupId, { port, from, description }) {
      const [source, value] =
        "cidr" in from ? ["IpRanges.1.CidrIp", from.cidr] : ["Groups.1.GroupId", from.group];
      const list = source.replace(/\.\w+$/, ".Description");
      await ask("AuthorizeSecurityGroupIngress", {
        GroupId,
        "IpPermissions.1.IpProtocol": "tcp",
        "IpPermissions.1.FromPort": port,
        "IpPermissions.1.ToPort": port,
        [`IpPermissions.1.${source}`]: value,
        [`IpPermissions.1.${list}`]: description,
      }).catch(unless("InvalidPermission.Duplicate"));
    },
    async rules(group) {
      const found = await all(
        "DescribeSecurityGroupRules",
        filters({ "group-id": group }),
        "securityGroupRuleSet",
      );
      return found.map((one) => ({
        id: textOf(one, "securityGroupRuleId") ?? "",
        egress: textOf(one, "isEgress") === "true",
      }));
    },
    async revoke(GroupId, rules) {
      for (const egress of [false, true]) {
        const ids = rules.filter((one) => one.egress === egress).map(({ id }) => id);
        if (ids.length === 0) continue;
        await ask(`RevokeSecurityGroup${egress ? "Egress" : "Ingress"}`, {
          GroupId,
          ...numbered("SecurityGroupRuleId", ids),
        }).catch(unless("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound"));
      }
    },
    async deleteGroup(GroupId) {
      await ask("DeleteSecurityGroup", { GroupId }).catch(unless("InvalidGroup.NotFound"));
    },
    async importKey({ name, publicKey, tags }) {
      await ask(
        "ImportKeyPair",
        {
          KeyName: name,
          // The protocol has bytes as base64.
          PublicKeyMaterial: Buffer.from(publicKey).toString("base64"),
          ...tagged("key-pair", tags),
        },
        { once: true },
      );
    },
    async keys(wanted) {
      const found = await all("DescribeKeyPairs", filters(wanted), "keySet");
      return found.map((one) => {
        const created = Date.parse(textOf(one, "createTime") ?? "");
        return {
          name: textOf(one, "keyName") ?? "",
          tags: tagsOf(one),
          ...(Number.isNaN(created) ? {} : { createdAt: created }),
        };
      });
    },
    async deleteKey(KeyName) {
      await ask("DeleteKeyPair", { KeyName }); // of one that is not there EC2 says the same
    },
  };
}

function filters(wanted: Filters): Parameters {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value], i) => [
      [`Filter.${i + 1}.Name`, name],
      [`Filter.${i + 1}.Value.1`, value],
    ]),
  );
}

function tagsOf(one: Element): Tags {
  return Object.fromEntries(
    items(one, "tagSet").map((tag) => [textOf(tag, "key") ?? "", textOf(tag, "value") ?? ""]),
  );
}

import type { AskCompanion } from "../../companion/ask.ts";

/** EMR's guide, "Tag and categorize Amazon EMR cluster resources": what every instance of a cluster carries. */
export const CLUSTER_TAG = "aws:elasticmapreduce:job-flow-id";
export const ROLE_TAG = "aws:elasticmapreduce:instance-group-role";

export interface Tag {
  Key: string;
  Value: string;
}

/** Where instances of a cluster stand. */
export interface Place {
  subnet: string;
  vpc: string;
  zone: string;
}

export interface Machine {
  id: string;
  state: string;
  address: string;
  volumes: string[];
}

export interface LaunchWish {
  count: number;
  type: string;
  subnet: string;
  key?: string | undefined;
  profile?: string | undefined;
  groups: string[];
  tags: Tag[];
}

/** Of EC2 what EMR itself uses. */
export interface Ec2 {
  /** Undefined where there is no such subnet; without one, a default one of the zone. */
  place(subnet: string | undefined, zone: string | undefined): Promise<Place | undefined>;
  launch(wish: LaunchWish): Promise<Machine[]>;
  /** All of a cluster, or of any; also those that have ended, for as long as EC2 shows them. */
  list(cluster?: string): Promise<Machine[]>;
  /** With their volumes, which EC2 deletes on termination. */
  end(machines: Machine[]): Promise<void>;
  tag(ids: string[], tags: Tag[]): Promise<void>;
  untag(ids: string[], keys: string[]): Promise<void>;
  /** The group of this name in a VPC; made where it is not there. */
  group(name: string, description: string, vpc: string): Promise<string>;
  /** Lets in what comes from these groups: all of TCP, UDP and ICMP. */
  allow(group: string, from: string[]): Promise<void>;
}

/** EC2's API version; its operations and their parameters are in its API reference. */
export const EC2_VERSION = "2016-11-15";

export function openEc2(ask: AskCompanion): Ec2 {
  const must = async (...asked: Parameters<AskCompanion>) => {
    const { ok, text } = await ask(...asked);
    if (ok) return text;
    throw new Error(`EC2's ${asked[0]}: ${one(text, "Message") ?? text}`);
  };
  return {
    async place(subnet, zone) {
      const wanted = { "default-for-az": "true", ...(zone ? { "availability-zone": zone } : {}) };
      const { ok, text } = await ask(
        "DescribeSubnets",
        subnet ? { "SubnetId.1": subnet } : filters(wanted),
      );
      const [found, vpc, at] = ["subnetId", "vpcId", "availabilityZone"].map((name) =>
        ok ? one(text, name) : undefined,
      );
      return found && vpc && at ? { subnet: found, vpc, zone: at } : undefined;
    },
    async launch({ count, type, subnet, key, profile, groups, tags }) {
      const text = await must("RunInstances", {
        ImageId: "ami-00000000",
        MinCount: count,
        MaxCount: count,
        InstanceType: type,
        SubnetId: subnet,
        ...(key ? { KeyName: key } : {}),
        ...(profile
          ? { [`IamInstanceProfile.${profile.startsWith("arn:") ? "Arn" : "Name"}`]: profile }
          : {}),
        ...numbered("SecurityGroupId", groups),
        "TagSpecification.1.ResourceType": "instance",
        ...tagParameters("TagSpecification.1.Tag", tags),
      });
      return machines(text);
    },
    async list(cluster) {
      const by: Record<string, string> = cluster
        ? { [`tag:${CLUSTER_TAG}`]: cluster }
        : { "tag-key": CLUSTER_TAG };
      return machines(await must("DescribeInstances", filters(by)));
    },
    async end(ended) {
      const ids = ended.filter(({ state }) => state !== "terminated").map(({ id }) => id);
      if (ids.length > 0) await must("TerminateInstances", numbered("InstanceId", ids));
      for (const VolumeId of ended.flatMap(({ volumes }) => volumes)) {
        const { ok } = await ask("DetachVolume", { VolumeId });
        if (ok) await ask("DeleteVolume", { VolumeId });
      }
    },
    async tag(ids, tags) {
      if (ids.length === 0 || tags.length === 0) return;
      await must("CreateTags", { ...numbered("ResourceId", ids), ...tagParameters("Tag", tags) });
    },
    async untag(ids, keys) {
      if (ids.length === 0 || keys.length === 0) return;
      const names = Object.fromEntries(keys.map((key, i) => [`Tag.${i + 1}.Key`, key]));
      await must("DeleteTags", { ...numbered("ResourceId", ids), ...names });
    },
    async group(name, description, vpc) {
      const find = async () =>
        one(
          await must("DescribeSecurityGroups", filters({ "group-name": name, "vpc-id": vpc })),
          "groupId",
        );
      const known = await find();
      if (known) return known;
      const wish = { GroupName: name, GroupDescription: description, VpcId: vpc };
      const { text } = await ask("CreateSecurityGroup", wish);
      // Of two clusters that begin at once, the other one may have made it.
      const id = one(text, "groupId") ?? (await find());
      if (id) return id;
      throw new Error(`EC2's CreateSecurityGroup: ${one(text, "Message") ?? text}`);
    },
    async allow(GroupId, from) {
      const rules = from.flatMap((source) => [
        { IpProtocol: "tcp", FromPort: 0, ToPort: 65535, "Groups.1.GroupId": source },
        { IpProtocol: "udp", FromPort: 0, ToPort: 65535, "Groups.1.GroupId": source },
        { IpProtocol: "icmp", FromPort: -1, ToPort: -1, "Groups.1.GroupId": source },
      ]);
      const named = rules.flatMap((rule, i) =>
        Object.entries(rule).map(([name, value]) => [`IpPermissions.${i + 1}.${name}`, value]),
      );
      // Rules that are there already are no reason to end.
      await ask("AuthorizeSecurityGroupIngress", { GroupId, ...Object.fromEntries(named) });
    },
  };
}

function one(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
}

/** Each begins with its id, in the answers of RunInstances and of DescribeInstances. */
function machines(text: string): Machine[] {
  return text
    .split("<instanceId>")
    .slice(1)
    .map((part) => ({
      id: part.slice(0, part.indexOf("<")),
      state: /<instanceState>[\s\S]*?<name>([^<]+)</.exec(part)?.[1] ?? "",
      address: one(part, "privateIpAddress") ?? "",
      volumes: [...part.matchAll(/<volumeId>([^<]+)</g)].map(([, id = ""]) => id),
    }));
}

function numbered(name: string, values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, i) => [`${name}.${i + 1}`, value]));
}

function tagParameters(prefix: string, tags: Tag[]): Record<string, string> {
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }, i) => [
      [`${prefix}.${i + 1}.Key`, Key],
      [`${prefix}.${i + 1}.Value`, Value],
    ]),
  );
}

function filters(wanted: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value], i) => [
      [`Filter.${i + 1}.Name`, name],
      [`Filter.${i + 1}.Value.1`, value],
    ]),
  );
}

import { DEFAULT_ROLES, type EmrSettings } from "../shape/settings.ts";
import type { Around } from "./look.ts";
import type { Statement } from "./policy.ts";

const OWNER = "mayfly:owner";

/** What it takes to find and make what a cluster is given of the account (`own/`). */
export function ownStatements(
  settings: EmrSettings,
  around: Around,
  { region, account, owner }: { region: string; account: string; owner: string },
): Statement[] {
  const { groups, key } = settings;
  const allow = (Sid: string, actions: string, Resource: string[], more = {}): Statement => ({
    ...{ Sid, Effect: "Allow", Action: actions.split(" "), Resource, ...more },
  });
  const ec2 = (...names: string[]) =>
    names.map((name) => `arn:aws:ec2:${region}:${account}:${name}/*`);
  const asked = { Condition: { StringLike: { [`aws:RequestTag/${OWNER}`]: owner } } };
  const ours = { Condition: { StringLike: { [`aws:ResourceTag/${OWNER}`]: owner } } };
  const tagging = (Sid: string, what: string, action: string) =>
    allow(Sid, "ec2:CreateTags", ec2(what), {
      Condition: { StringEquals: { "ec2:CreateAction": action } },
    });
  const roles = Object.values(settings.roles).filter((role) =>
    (Object.values(DEFAULT_ROLES) as string[]).includes(role),
  );
  const iam = (kind: string, names: string[]) =>
    names.map((name) => `arn:aws:iam::${account}:${kind}/${name}`);
  const profile = iam("instance-profile", [settings.roles.instance]);
  const { instance } = DEFAULT_ROLES;
  return [
    // EC2's Describe actions take no resource (Service Authorization Reference, "Amazon EC2").
    allow(
      "LookAtEc2",
      [
        ...["ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeInstanceTypeOfferings"],
        ...(groups === "own" ? ["ec2:DescribeRouteTables", "ec2:DescribeSecurityGroupRules"] : []),
        ...(groups === "own" || typeof key === "object" ? ["ec2:DescribeSecurityGroups"] : []),
        ...(groups === "own" || key !== undefined ? ["ec2:DescribeKeyPairs"] : []),
      ].join(" "),
      ["*"],
    ),
    ...(around.vpc ? [allow("MakeDefaultVpc", "ec2:CreateDefaultVpc", ["*"])] : []),
    ...(groups === "own"
      ? [
          allow("MakeOurGroups", "ec2:CreateSecurityGroup", ec2("security-group"), asked),
          allow("InTheirVpc", "ec2:CreateSecurityGroup", ec2("vpc")),
          tagging("TagOurGroups", "security-group", "CreateSecurityGroup"),
          allow(
            "ChangeOurGroups",
            "ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:DeleteSecurityGroup",
            ec2("security-group"),
            ours,
          ),
        ]
      : []),
    ...(typeof key === "object"
      ? [
          allow("MakeOurKey", "ec2:ImportKeyPair", ec2("key-pair"), asked),
          tagging("TagOurKey", "key-pair", "ImportKeyPair"),
          allow("RemoveOurKey", "ec2:DeleteKeyPair", ec2("key-pair"), ours),
        ]
      : []),
    ...(roles.length > 0 ? [allow("LookAtRoles", "iam:GetRole", iam("role", roles))] : []),
    ...(settings.roles.instance === instance
      ? [allow("LookAtProfile", "iam:GetInstanceProfile", profile)]
      : []),
    ...(around.roles.length > 0
      ? [
          allow("MakeRoles", "iam:CreateRole iam:AttachRolePolicy", iam("role", around.roles)),
          ...(around.roles.includes(instance)
            ? [
                allow(
                  "MakeProfile",
                  "iam:CreateInstanceProfile iam:AddRoleToInstanceProfile",
                  profile,
                ),
              ]
            : []),
        ]
      : []),
    ...(settings.securityConfiguration === undefined
      ? [
          allow(
            "MetadataService",
            `elasticmapreduce:DescribeSecurityConfiguration${around.imdsv2 ? " elasticmapreduce:CreateSecurityConfiguration" : ""}`,
            ["*"],
          ),
        ]
      : []),
  ];
}

import type { EmrSettings } from "../shape/settings.ts";
import type { Flow } from "./flow.ts";
import type { Around } from "./look.ts";
import { ownStatements } from "./permissions-own.ts";
import type { Policy, Statement } from "./policy.ts";
import { ACCOUNT, CALLER } from "./shell.ts";

export interface PolicyWish {
  flow: Flow;
  region: string;
  account: string;
  owner: string;
  /** The staging bucket, and whether Mayfly makes it when it is not there. */
  bucket: string;
  makesBucket: boolean;
  /** Other buckets in which outputs are looked at. */
  reads: string[];
  settings: EmrSettings;
  around: Around;
}

/**
 * What a run on this cluster asks AWS for, and no more. Which resources and conditions an action takes is from AWS's Service
 * Authorization Reference (pages of Amazon EMR, S3, IAM, STS); `test/rehearsal/target/plan.slow.test.ts` holds it against
 * what a run really asks.
 */
export function policyOf(wish: PolicyWish): Policy {
  const { flow, region, bucket, makesBucket, reads, ...who } = wish;
  const account = who.account === ACCOUNT ? "*" : who.account;
  const owner = who.owner === CALLER ? "*" : who.owner;
  const stays = wish.settings.reuse || wish.settings.lingerSeconds !== undefined;
  const clusters = [`arn:aws:elasticmapreduce:${region}:${account}:cluster/*`];
  const ours = { StringLike: { "elasticmapreduce:ResourceTag/mayfly:owner": owner } };
  const asked = { StringLike: { "elasticmapreduce:RequestTag/mayfly:owner": owner } };
  const role = (Sid: string, name: unknown, service: string): Statement[] =>
    typeof name === "string"
      ? [
          {
            ...{ Sid, Effect: "Allow", Action: ["iam:PassRole"] },
            Resource: [name.startsWith("arn:") ? name : `arn:aws:iam::${account}:role/${name}`],
            Condition: { StringLike: { "iam:PassedToService": `${service}.amazonaws.com*` } },
          },
        ]
      : [];
  const statement = (Sid: string, Action: string[], Resource: string[], more = {}): Statement => ({
    ...{ Sid, Effect: "Allow", Action, Resource, ...more },
  });
  const objects = (name: string) => `arn:aws:s3:::${name}/*`;
  return {
    Version: "2012-10-17",
    Statement: [
      statement("WhoAmI", ["sts:GetCallerIdentity"], ["*"]),
      statement("FindClusters", ["elasticmapreduce:ListClusters"], ["*"]),
      statement("MakeOurCluster", ["elasticmapreduce:RunJobFlow"], ["*"], { Condition: asked }),
      statement("TagOurCluster", ["elasticmapreduce:AddTags"], clusters, { Condition: asked }),
      // RunJobFlow is refused without the permission for a policy that it carries.
      ...(flow.AutoTerminationPolicy
        ? [statement("IdleLimit", ["elasticmapreduce:PutAutoTerminationPolicy"], clusters)]
        : []),
      ...(flow.ManagedScalingPolicy
        ? [statement("Scaling", ["elasticmapreduce:PutManagedScalingPolicy"], clusters)]
        : []),
      statement(
        "LookAtClusters",
        [
          ...["DescribeCluster", "DescribeStep", "ListInstances", "ListSteps"],
          flow.Instances.InstanceFleets ? "ListInstanceFleets" : "ListInstanceGroups",
        ].map((one) => `elasticmapreduce:${one}`),
        clusters,
      ),
      statement(
        "WorkOnOurCluster",
        [
          ...["AddJobFlowSteps", "CancelSteps", "TerminateJobFlows"],
          ...(stays ? ["AddTags", "PutAutoTerminationPolicy", "RemoveTags"] : []),
          ...(wish.settings.terminationProtection ? ["SetTerminationProtection"] : []),
        ].map((one) => `elasticmapreduce:${one}`),
        clusters,
        { Condition: ours },
      ),
      ...role("PassServiceRole", flow.ServiceRole, "elasticmapreduce"),
      ...role("PassInstanceRole", flow.JobFlowRole, "ec2"),
      ...role("PassScalingRole", flow.AutoScalingRole, "elasticmapreduce"),
      ...ownStatements(wish.settings, wish.around, { region, account, owner }),
      statement("FindBuckets", ["s3:ListAllMyBuckets"], ["*"]),
      statement(
        "StagingBucket",
        [...(makesBucket ? ["s3:CreateBucket"] : []), "s3:GetBucketLocation", "s3:ListBucket"],
        [`arn:aws:s3:::${bucket}`],
      ),
      statement(
        "StagedFiles",
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        [`arn:aws:s3:::${bucket}/mayfly/*`],
      ),
      ...(reads.length > 0
        ? [
            statement(
              "LookAtOutputs",
              ["s3:GetBucketLocation", "s3:ListBucket"],
              reads.map((name) => `arn:aws:s3:::${name}`),
            ),
            statement("ReadOutputs", ["s3:GetObject"], reads.map(objects)),
          ]
        : []),
    ].map(withAccount(account)),
  };
}

const withAccount = (account: string) => (one: Statement) => ({
  ...one,
  Resource: one.Resource.map((text) => text.replaceAll(ACCOUNT, account)),
});

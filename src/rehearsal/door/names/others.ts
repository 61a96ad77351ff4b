import { refuse } from "../problem.ts";
import { type Asked, decodeBytes } from "../request.ts";

/**
 * What the companion is asked for. It knows many more services; some of them run what they are given
 * as this person, on this machine, and nothing of a rehearsal may do that.
 */
export const PASSED: ReadonlySet<string> = new Set(
  `acm athena autoscaling cloudformation cloudtrail cloudwatch dynamodb ec2 ecr elasticfilesystem
   elasticloadbalancing events firehose glue iam kinesis kms logs monitoring organizations
   resource-groups route53 secretsmanager servicequotas sns sqs ssm states sts tagging`.split(
    /\s+/,
  ),
);

/** The path for a service that is not S3; the companion would take a strange one for a bucket. */
export function otherPath(asked: Asked, service: string): string {
  if (!PASSED.has(service)) {
    throw refuse("notHere", `The service "${service}" is not part of this rehearsal.`);
  }
  const decoded = decodeBytes(asked.path);
  const parts = decoded?.split("/") ?? [];
  const strange = parts.some((part) => part === ".." || part === "." || part.includes("\0"));
  if (!decoded?.startsWith("/") || strange || /^\/(?:_|health(?:\/|$))/.test(decoded)) {
    throw refuse("badUri", `The path "${asked.path}" names nothing of "${service}".`);
  }
  return asked.path;
}

import { Problem, type ProblemName, type Protocol, protocolOf } from "../../door/problem.ts";
import { headerOf } from "../../door/request.ts";
import type { KindName } from "../rules/kinds.ts";
import { type Call, parametersOf } from "../rules/operation.ts";
import { modelOf } from "../rules/services.ts";

type Said = readonly [code: string, status: number, message: string];
type Words = Partial<Record<Protocol, Said>>;

/**
 * What each protocol says. S3: API reference, "List of error codes". EC2: "Error codes for the Amazon EC2 API". Query and JSON:
 * "Common Errors" of each service's reference; "Rate exceeded" of EMR as in cloud-custodian#978.
 */
const WORDS: Partial<Record<KindName, Words>> = {
  throttle: {
    s3: ["SlowDown", 503, "Please reduce your request rate."],
    ec2: ["RequestLimitExceeded", 503, "Request limit exceeded."],
    query: ["Throttling", 400, "Rate exceeded"],
    json: ["ThrottlingException", 400, "Rate exceeded"],
  },
  "server-error": {
    s3: ["InternalError", 500, "We encountered an internal error. Please try again."],
    ec2: ["InternalError", 500, "An internal error has occurred"],
    query: ["InternalFailure", 500, "We encountered an internal error. Please try again."],
  },
  unavailable: {
    s3: ["ServiceUnavailable", 503, "Service is unable to handle request."],
    ec2: ["Unavailable", 503, "The service is unavailable. Please try again shortly."],
    query: ["ServiceUnavailable", 503, "Service is unavailable. Please try again later."],
    json: ["ServiceUnavailableException", 503, "Service is unavailable. Please try again later."],
  },
  // API reference of CompleteMultipartUpload: "the request could return a 200 OK and then the request fails".
  "error-in-200": {
    s3: ["InternalError", 200, "We encountered an internal error. Please try again."],
  },
};

/** The door says these by itself when they are true; their codes are in its table. */
const TRUE_AT_TIMES: Partial<Record<KindName, [ProblemName, string, string]>> = {
  "expired-token": [
    "expiredToken",
    "The security token included in the request is expired",
    "The provided token has expired.",
  ],
  "unknown-key": [
    "unknownKey",
    "The security token included in the request is invalid.",
    "The AWS Access Key Id you provided does not exist in our records.",
  ],
};

/** Services that call the same thing otherwise; Athena API reference, "Common Errors" and TooManyRequestsException. */
const OTHERWISE: Record<string, Partial<Record<KindName, Said>>> = {
  athena: { throttle: ["TooManyRequestsException", 400, "Rate exceeded"] },
};

/** A fault that is an answer with an error in it; undefined for those that are none. */
export function problemOf(kind: KindName, call: Call, account: string): Problem | undefined {
  const protocol = protocolOf(call.service, call.asked);
  const known = TRUE_AT_TIMES[kind];
  if (known) return new Problem(known[0], known[protocol === "s3" ? 2 : 1]);
  if (kind === "clock-skew") return skewed(call, protocol);
  if (kind === "access-denied") return denied(call, protocol, account);
  if (kind === "server-error" && protocol === "json") return problem(serverError(call));
  const said = OTHERWISE[call.service]?.[kind] ?? WORDS[kind]?.[protocol];
  return said && problem(said);
}

export const problem = ([code, status, message]: Said): Problem =>
  new Problem("broken", message, {}, [code, status]);

/** Each operation's model says what it is called there: InternalServerError or InternalServerException. */
function serverError({ service, operation }: Call): Said {
  const errors = modelOf(service)?.operations[operation]?.errors ?? [];
  const shape = errors.map((one) => one.shape).find((one) => one.startsWith("InternalServer"));
  return [shape ?? "InternalFailure", 500, "Internal server error"];
}

/** The service's clock is so far ahead. */
const SKEW_MS = 20 * 60_000;

function skewed({ asked }: Call, protocol: Protocol): Problem {
  const server = new Date(Date.now() + SKEW_MS).toISOString();
  const basic = (text: string) => `${text.slice(0, 19).replace(/[-:]/g, "")}Z`;
  const date = headerOf(asked, "x-amz-date") ?? basic(new Date().toISOString());
  if (protocol === "s3")
    return new Problem(
      "skewed",
      "The difference between the request time and the current time is too large.",
      {
        RequestTime: date,
        ServerTime: `${server.slice(0, 19)}Z`,
        MaxAllowedSkewMilliseconds: "900000",
      },
    );
  const least = basic(new Date(Date.parse(server) - 5 * 60_000).toISOString());
  // As in aws/aws-sdk-java#1764.
  const text = `Signature expired: ${date} is now earlier than ${least} (${basic(server)} - 5 min.)`;
  return new Problem("skewed", protocol === "ec2" ? "Request has expired." : text);
}

/** IAM user guide, "Troubleshoot access denied error messages". */
function denied({ service, operation }: Call, protocol: Protocol, account: string): Problem {
  const action = `${service}:${operation}`;
  const text = `User: arn:aws:iam::${account}:root is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`;
  const said: Record<Protocol, Said> = {
    s3: ["AccessDenied", 403, "Access Denied"],
    ec2: ["UnauthorizedOperation", 403, "You are not authorized to perform this operation."],
    query: ["AccessDenied", 403, text],
    json: ["AccessDeniedException", 400, text],
  };
  return problem(said[protocol]);
}

type Table = [service: string, operation: RegExp, said: (name: string) => Said][];

/** terraform-provider-aws#3027 and hashicorp/terraform#15341 quote them. */
const NO_PROFILE: Table = [
  [
    "elasticmapreduce",
    /^RunJobFlow$/,
    (name) => ["ValidationException", 400, `Invalid InstanceProfile: ${name}.`],
  ],
  [
    "ec2",
    /^(?:RunInstances|AssociateIamInstanceProfile)$/,
    (name) => [
      "InvalidParameterValue",
      400,
      `Value (${name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    ],
  ],
];

/** Codes of each API reference; the message of VcpuLimitExceeded as in aws/amazon-cloudwatch-agent-test#256. */
const QUOTA: Table = [
  [
    "ec2",
    /^RunInstances$/,
    () => [
      "VcpuLimitExceeded",
      400,
      "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
    ],
  ],
  [
    "ec2",
    /^CreateSecurityGroup$/,
    () => [
      "SecurityGroupLimitExceeded",
      400,
      "The maximum number of security groups has been reached.",
    ],
  ],
  [
    "ec2",
    /^CreateVpc$/,
    () => ["VpcLimitExceeded", 400, "The maximum number of VPCs has been reached."],
  ],
  [
    "iam",
    /^Create(?:Role|InstanceProfile|User|Policy)$/,
    (name) => ["LimitExceeded", 409, `Cannot exceed quota for ${name}: 1000`],
  ],
  [
    "s3",
    /^CreateBucket$/,
    () => ["TooManyBuckets", 400, "You have attempted to create more buckets than allowed"],
  ],
  [
    "emr-serverless",
    /^(?:CreateApplication|StartJobRun)$/,
    () => ["ServiceQuotaExceededException", 402, "The maximum number of resources was reached."],
  ],
];

const IN_USE: Table = [
  [
    "ec2",
    /^DeleteSecurityGroup$/,
    (name) => ["DependencyViolation", 400, `resource ${name} has a dependent object`],
  ],
  [
    "ec2",
    /^Delete(?:Vpc|Subnet|InternetGateway|RouteTable|NetworkInterface)$/,
    (name) => [
      "DependencyViolation",
      400,
      `The resource '${name}' has dependencies and cannot be deleted.`,
    ],
  ],
  [
    "iam",
    /^Delete(?:Role|User|Policy|InstanceProfile)$/,
    () => ["DeleteConflict", 409, "Cannot delete entity, must detach all policies first."],
  ],
  [
    "s3",
    /^DeleteBucket$/,
    () => ["BucketNotEmpty", 409, "The bucket you tried to delete is not empty"],
  ],
  [
    "emr-serverless",
    /^DeleteApplication$/,
    () => ["ConflictException", 409, "The application is not in a state to be deleted."],
  ],
];

const SPECIAL: Partial<Record<KindName, Table>> = {
  "no-instance-profile": NO_PROFILE,
  quota: QUOTA,
  "in-use": IN_USE,
};

/** Of the kinds that only some operations can meet: undefined for all others. */
export function specialProblem(kind: KindName, call: Call): Problem | undefined {
  const row = SPECIAL[kind]?.find(
    ([service, operation]) => service === call.service && operation.test(call.operation),
  );
  return row && problem(row[2](nameIn(kind, call)));
}

export const isSpecial = (kind: KindName): boolean => SPECIAL[kind] !== undefined;

/** What the request is about, for the message. */
function nameIn(kind: KindName, { service, operation, asked, body }: Call): string {
  if (service === "iam") return `${operation.replace("Create", "")}sPerAccount`;
  if (service === "elasticmapreduce")
    return /"JobFlowRole"\s*:\s*"([^"]*)"/.exec(body?.toString("utf8") ?? "")?.[1] ?? "";
  const wanted = kind === "no-instance-profile" ? /^IamInstanceProfile\./ : /Id$/;
  return [...parametersOf(asked, body)].find(([name]) => wanted.test(name))?.[1] ?? "";
}

import { Problem } from "../../door/problem.ts";
import type { Reply } from "../../door/reply.ts";
import { readWhole } from "../../door/signature/payload.ts";
import { type Call, parametersOf } from "../rules/operation.ts";
import { problem } from "./words.ts";

/** Where the name of what an operation makes stands, and how its service says that there is none of this name. */
interface Making {
  service: string;
  operation: string;
  /** In the request or in the answer, as the member that holds it. */
  from: "request" | "answer";
  member: string;
  says: (name: string, operation: string) => [string, number, string];
}

const making = (
  service: string,
  operation: string,
  from: Making["from"],
  member: string,
  says: Making["says"],
): Making => ({ service, operation, from, member, says });

const invalid = (message: string): [string, number, string] => [
  "InvalidRequestException",
  400,
  message,
];
/** Operations of EMR's first days say it otherwise (raster-foundry#352). */
const OF_OLD =
  /^(?:AddJobFlowSteps|TerminateJobFlows|SetTerminationProtection|SetVisibleToAllUsers|SetKeepJobFlowAliveWhenNoSteps|AddInstanceGroups)$/;

/** EC2: "Error codes for the Amazon EC2 API", and boto3#620; IAM: API reference, NoSuchEntity of each operation. */
const MAKINGS: Making[] = [
  making("elasticmapreduce", "RunJobFlow", "answer", "JobFlowId", (id, operation) =>
    OF_OLD.test(operation)
      ? ["ValidationException", 400, "Specified job flow ID does not exist."]
      : invalid(`Cluster id '${id}' is not valid.`),
  ),
  making("elasticmapreduce", "AddJobFlowSteps", "answer", "StepIds", (id) =>
    invalid(`Step id '${id}' is not valid.`),
  ),
  making("ec2", "RunInstances", "answer", "instanceId", (id) => [
    "InvalidInstanceID.NotFound",
    400,
    `The instance ID '${id}' does not exist`,
  ]),
  making("ec2", "CreateSecurityGroup", "answer", "groupId", (id) => [
    "InvalidGroup.NotFound",
    400,
    `The security group '${id}' does not exist`,
  ]),
  making("ec2", "CreateVpc", "answer", "vpcId", (id) => [
    "InvalidVpcID.NotFound",
    400,
    `The vpc ID '${id}' does not exist`,
  ]),
  making("ec2", "CreateSubnet", "answer", "subnetId", (id) => [
    "InvalidSubnetID.NotFound",
    400,
    `The subnet ID '${id}' does not exist`,
  ]),
  ...["CreateKeyPair", "ImportKeyPair"].map((operation) =>
    making("ec2", operation, "request", "KeyName", (name) => [
      "InvalidKeyPair.NotFound",
      400,
      `The key pair '${name}' does not exist`,
    ]),
  ),
  making("iam", "CreateRole", "request", "RoleName", (name) => [
    "NoSuchEntity",
    404,
    `The role with name ${name} cannot be found.`,
  ]),
  making("iam", "CreateInstanceProfile", "request", "InstanceProfileName", (name) => [
    "NoSuchEntity",
    404,
    `Instance Profile ${name} cannot be found.`,
  ]),
  making("iam", "CreateUser", "request", "UserName", (name) => [
    "NoSuchEntity",
    404,
    `The user with name ${name} cannot be found.`,
  ]),
  making("emr-serverless", "CreateApplication", "answer", "applicationId", (id) => [
    "ResourceNotFoundException",
    404,
    `Application ${id} does not exist`,
  ]),
  making("emr-serverless", "StartJobRun", "answer", "jobRunId", (id) => [
    "ResourceNotFoundException",
    404,
    `JobRun ${id} does not exist`,
  ]),
];

const S3_MAKES = /^(?:PutObject|CopyObject|CompleteMultipartUpload)$/;
const S3_READS = /^(?:GetObject|HeadObject)/;

interface Made {
  at: number;
  making?: Making;
}

/** What was made lately, as far as its service can be asked for it by name. */
export function openCreated(now: () => number) {
  const made = new Map<string, Made>();
  const fresh = (name: string, ms: number): Made | undefined => {
    const found = made.get(name);
    return found && now() - found.at < ms ? found : undefined;
  };
  const note = (names: string[], by?: Making) => {
    for (const name of names)
      made.set(`${by?.service ?? "s3"} ${name}`, { at: now(), ...(by ? { making: by } : {}) });
  };

  return {
    /** What is said of a request that names something made within this time. */
    problem(call: Call, ms: number): Problem | undefined {
      const { service, operation, bucket, key } = call;
      if (service === "s3") {
        if (S3_READS.test(operation) && fresh(`s3 ${bucket}/${key}`, ms))
          return new Problem("broken", "The specified key does not exist.", { Key: key ?? "" }, [
            "NoSuchKey",
            404,
          ]);
        const isNew = operation !== "CreateBucket" && fresh(`s3 ${bucket}`, ms);
        return isNew
          ? new Problem(
              "broken",
              "The specified bucket does not exist",
              { BucketName: bucket ?? "" },
              ["NoSuchBucket", 404],
            )
          : undefined;
      }
      for (const name of namesIn(call)) {
        const found = fresh(`${service} ${name}`, ms)?.making;
        if (found && operation !== found.operation) return problem(found.says(name, operation));
      }
      return undefined;
    },

    /** Looks at the answer of whatever makes something. */
    watch(call: Call, reply: Reply): Reply {
      const { service, operation, bucket, key } = call;
      const rows = MAKINGS.filter((one) => one.service === service && one.operation === operation);
      const ofS3 = service === "s3" && (S3_MAKES.test(operation) || operation === "CreateBucket");
      if (rows.length === 0 && !ofS3) return reply;
      return async (answer) => {
        if (answer.status >= 300) return await reply(answer);
        if (ofS3) note([key ? `${bucket}/${key}` : `${bucket}`]);
        if (rows.length === 0) return await reply(answer);
        const body = Buffer.isBuffer(answer.body)
          ? answer.body
          : await readWhole(answer.body, Number.POSITIVE_INFINITY);
        for (const row of rows)
          note(row.from === "answer" ? inAnswer(row, body) : inRequest(row, call), row);
        await reply({ ...answer, body });
      };
    },
  };
}

const inRequest = ({ member }: Making, { asked, body }: Call): string[] =>
  [parametersOf(asked, body).get(member)].filter((one) => one !== undefined);

function inAnswer({ member }: Making, body: Buffer): string[] {
  const text = body.toString("utf8");
  const xml = [...text.matchAll(new RegExp(`<${member}>([^<]+)</${member}>`, "g"))];
  const json = new RegExp(`"${member}"\\s*:\\s*(?:"([^"]+)"|\\[([^\\]]*)\\])`).exec(text);
  const list = json?.[2]?.split(",").map((one) => one.trim().replaceAll('"', "")) ?? [];
  return [...xml.map(([, one = ""]) => one), ...(json?.[1] ? [json[1]] : []), ...list];
}

/** Every name that a request gives, wherever its protocol has them; filters are no names. */
function namesIn({ service, asked, body }: Call): string[] {
  const parameters = [...parametersOf(asked, body)].filter(([name]) => !/^Filter\./.test(name));
  const json = parameters.length === 0 ? (body?.toString("utf8") ?? "") : "";
  const texts = [...json.matchAll(/"([\w.-]+)"/g)].map(([, one = ""]) => one);
  const parts = service === "emr-serverless" ? asked.path.split("/") : [];
  return [...parameters.map(([, value]) => value), ...texts, ...parts];
}

import { randomUUID } from "node:crypto";
import type { AwsAnswer } from "../service.ts";
import { type Asked, headerOf } from "./request.ts";

/**
 * What the door refuses, and how each protocol says it. S3's codes are in its API reference, "Error
 * responses"; those of the query and JSON protocols in "Common Errors" of each service's reference
 * and, with the `Exception` at the end, as JSON services answer; EC2's in "Error codes for the
 * Amazon EC2 API".
 */
interface Names {
  s3: [string, number];
  query: [string, number];
  ec2: [string, number];
  json: [string, number];
}

const same = (code: string, status: number): Names => ({
  s3: [code, status],
  query: [code, status],
  ec2: [code, status],
  json: [code, status],
});

const PROBLEMS = {
  signature: {
    s3: ["SignatureDoesNotMatch", 403],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["SignatureDoesNotMatch", 403],
    json: ["InvalidSignatureException", 400],
  },
  unknownKey: {
    s3: ["InvalidAccessKeyId", 403],
    query: ["InvalidClientTokenId", 403],
    ec2: ["AuthFailure", 401],
    json: ["UnrecognizedClientException", 400],
  },
  wrongToken: {
    s3: ["InvalidToken", 400],
    query: ["InvalidClientTokenId", 403],
    ec2: ["AuthFailure", 401],
    json: ["UnrecognizedClientException", 400],
  },
  expiredToken: {
    s3: ["ExpiredToken", 400],
    query: ["ExpiredToken", 403],
    ec2: ["RequestExpired", 400],
    json: ["ExpiredTokenException", 400],
  },
  skewed: {
    s3: ["RequestTimeTooSkewed", 403],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["RequestExpired", 400],
    json: ["InvalidSignatureException", 400],
  },
  expired: {
    s3: ["AccessDenied", 403],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["RequestExpired", 400],
    json: ["InvalidSignatureException", 400],
  },
  noToken: {
    s3: ["AccessDenied", 403],
    query: ["MissingAuthenticationToken", 403],
    ec2: ["MissingAuthenticationToken", 403],
    json: ["MissingAuthenticationTokenException", 400],
  },
  incomplete: {
    s3: ["AuthorizationHeaderMalformed", 400],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
  },
  malformed: {
    s3: ["AuthorizationHeaderMalformed", 400],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
  },
  noDate: {
    s3: ["AccessDenied", 403],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
  },
  notSigned: {
    s3: ["AccessDenied", 403],
    query: ["SignatureDoesNotMatch", 403],
    ec2: ["SignatureDoesNotMatch", 403],
    json: ["InvalidSignatureException", 400],
  },
  badQuery: {
    s3: ["AuthorizationQueryParametersError", 400],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
  },
  mechanism: {
    s3: ["InvalidRequest", 400],
    query: ["IncompleteSignature", 400],
    ec2: ["IncompleteSignature", 400],
    json: ["IncompleteSignatureException", 400],
  },
  onlyOneMechanism: same("InvalidArgument", 400),
  badUri: same("InvalidURI", 400),
  badRequest: same("InvalidRequest", 400),
  badArgument: same("InvalidArgument", 400),
  badXml: same("MalformedXML", 400),
  wrongHash: same("XAmzContentSHA256Mismatch", 400),
  incompleteBody: same("IncompleteBody", 400),
  noLength: same("MissingContentLength", 411),
  noBucketName: same("InvalidBucketName", 400),
  keyTooLong: same("KeyTooLongError", 400),
  tooLarge: {
    s3: ["EntityTooLarge", 400],
    query: ["RequestEntityTooLarge", 413],
    ec2: ["RequestEntityTooLarge", 413],
    json: ["RequestEntityTooLargeException", 413],
  },
  tooSlow: same("RequestTimeout", 400),
  wrongHost: same("AccessDenied", 403),
  notHere: {
    s3: ["NotImplemented", 501],
    query: ["InvalidAction", 400],
    ec2: ["InvalidAction", 400],
    json: ["UnknownOperationException", 404],
  },
  unavailable: {
    s3: ["ServiceUnavailable", 503],
    query: ["ServiceUnavailable", 503],
    ec2: ["Unavailable", 503],
    json: ["ServiceUnavailableException", 503],
  },
  broken: {
    s3: ["InternalError", 500],
    query: ["InternalFailure", 500],
    ec2: ["InternalError", 500],
    json: ["InternalFailure", 500],
  },
} as const satisfies Record<string, Names>;

export type ProblemName = keyof typeof PROBLEMS;
export type Protocol = keyof Names;

export class Problem extends Error {
  readonly problem: ProblemName;
  /** What S3 adds to its answer: the signature that it computed is not among it. */
  readonly more: Record<string, string>;
  /** Code and status where the table has none for it, as of what only one service says. */
  readonly own: readonly [string, number] | undefined;

  constructor(
    problem: ProblemName,
    message: string,
    more: Record<string, string> = {},
    own?: readonly [string, number],
  ) {
    super(message);
    this.problem = problem;
    this.more = more;
    this.own = own;
  }
}

export function refuse(
  problem: ProblemName,
  message: string,
  more: Record<string, string> = {},
): Problem {
  return new Problem(problem, message, more);
}

/** The services that answer in XML; all others of today speak JSON. */
const QUERY =
  /^(?:iam|sts|cloudformation|sns|monitoring|autoscaling|elasticloadbalancing|rds|redshift|elasticache|elasticbeanstalk|route53|cloudfront)$/;

export function protocolOf(service: string | undefined, asked: Asked): Protocol {
  if (service === undefined) return guess(asked);
  if (service === "ec2") return "ec2";
  if (QUERY.test(service)) return "query";
  return /^s3/.test(service) ? "s3" : "json";
}

/** Before anybody has said which service is meant. */
function guess(asked: Asked): Protocol {
  if (headerOf(asked, "x-amz-target") !== undefined) return "json";
  const type = headerOf(asked, "content-type") ?? "";
  if (/json/.test(type)) return "json";
  return /x-www-form-urlencoded/.test(type) && asked.path === "/" ? "query" : "s3";
}

export function answerProblem(problem: Problem, protocol: Protocol, path = "/"): AwsAnswer {
  const [code, status] = problem.own ?? PROBLEMS[problem.problem][protocol];
  const id = randomUUID();
  const { message } = problem;
  if (protocol === "json") {
    return {
      status,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-errortype": code,
        "x-amzn-requestid": id,
      },
      body: JSON.stringify({ __type: code, message }),
    };
  }
  const error = `<Code>${code}</Code><Message>${xmlText(message)}</Message>`;
  if (protocol === "s3") {
    const more = Object.entries({ Resource: path, RequestId: id, ...problem.more })
      .map(([name, text]) => `<${name}>${xmlText(text)}</${name}>`)
      .join("");
    return xml(status, { "x-amz-request-id": id }, `<Error>${error}${more}</Error>`);
  }
  const headers = { "x-amzn-requestid": id };
  return protocol === "ec2"
    ? xml(
        status,
        headers,
        `<Response><Errors><Error>${error}</Error></Errors><RequestID>${id}</RequestID></Response>`,
      )
    : xml(
        status,
        headers,
        `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>${id}</RequestId></ErrorResponse>`,
      );
}

function xml(status: number, headers: Record<string, string>, body: string): AwsAnswer {
  return {
    status,
    headers: { "content-type": "application/xml", ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

/** What XML 1.0 cannot hold becomes a question mark. */
function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, "?")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

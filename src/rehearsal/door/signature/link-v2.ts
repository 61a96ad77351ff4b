import { createHmac, timingSafeEqual } from "node:crypto";
import type { Keys } from "../keys.ts";
import { refuse } from "../problem.ts";
import { type Asked, headerOf, pairsOf } from "../request.ts";
import { checkToken, type Verified } from "./verify.ts";

/**
 * Links of signature version 2: aws-cli and boto3 still make them for a region as old as us-east-1,
 * and S3 still takes them there. From the S3 user guide, "Appendix: Authenticating requests (AWS
 * signature version 2)", "Query string request authentication alternative".
 */
export function isLinkV2(asked: Asked): boolean {
  return (
    /(?:^|&)AWSAccessKeyId=/.test(asked.query) && headerOf(asked, "authorization") === undefined
  );
}

/** Part of the resource that is asked for, and so of what is signed. */
const SUBRESOURCES =
  /^(?:acl|cors|delete|lifecycle|location|logging|notification|partNumber|policy|requestPayment|response-[\w-]+|restore|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website)$/;

export function verifyLinkV2(
  asked: Asked,
  hostBucket: string | undefined,
  keys: Keys,
  now: number,
): Verified {
  const pairs = pairsOf(asked.query);
  if (!pairs) throw refuse("badUri", "Couldn't parse the specified URI.");
  const one = (name: string): string => {
    const [value, second] = pairs.filter(([key]) => key === name).map(([, text]) => text);
    if (value && second === undefined) return value;
    throw refuse(
      "noToken",
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    );
  };
  const [accessKey, given, expires] = [one("AWSAccessKeyId"), one("Signature"), one("Expires")];
  const key = keys.find(accessKey);
  if (!key) {
    throw refuse(
      "unknownKey",
      "The AWS Access Key Id you provided does not exist in our records.",
      {
        AWSAccessKeyId: accessKey,
      },
    );
  }
  const inQuery = pairs.filter(([name]) => name.startsWith("x-amz-"));
  const token = inQuery.find(([name]) => name === "x-amz-security-token")?.[1];
  checkToken(token, key, now);
  if (!/^\d{1,11}$/.test(expires)) throw refuse("noToken", `Invalid date: ${expires}`);
  const text = [
    asked.method,
    headerOf(asked, "content-md5") ?? "",
    headerOf(asked, "content-type") ?? "",
    expires,
    ...amzHeaders([...asked.headers, ...inQuery]),
    resourceOf(asked, hostBucket, pairs),
  ].join("\n");
  const wanted = createHmac("sha1", key.secretKey).update(text, "latin1").digest();
  const bytes = Buffer.from(given, "base64");
  if (
    bytes.toString("base64") !== given ||
    bytes.length !== 20 ||
    !timingSafeEqual(wanted, bytes)
  ) {
    throw refuse(
      "signature",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { AWSAccessKeyId: accessKey, StringToSign: text, SignatureProvided: given },
    );
  }
  if (Number(expires) * 1000 < now) throw refuse("expired", "Request has expired");
  const date = `${new Date(now).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = { day: date.slice(0, 8), region: "us-east-1", service: "s3" };
  const rest = { signedHeaders: [], signature: given, date, token, expires: Number(expires) };
  return { claim: { accessKey, scope, ...rest }, key, payload: "UNSIGNED-PAYLOAD" };
}

/** `x-amz-` headers in their order, values of one name joined, as one line each. */
function amzHeaders(headers: [string, string][]): string[] {
  const names = [...new Set(headers.map(([name]) => name))].filter((name) =>
    name.startsWith("x-amz-"),
  );
  return names.sort().map((name) => {
    const values = headers.filter(([one]) => one === name).map(([, value]) => value.trim());
    return `${name}:${values.join(",")}`;
  });
}

function resourceOf(asked: Asked, hostBucket: string | undefined, pairs: [string, string][]) {
  const parts = pairs
    .filter(([name]) => SUBRESOURCES.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const path = `${hostBucket === undefined ? "" : `/${hostBucket}`}${asked.path}`;
  return parts.length > 0 ? `${path}?${parts.join("&")}` : path;
}

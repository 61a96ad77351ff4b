import { timingSafeEqual } from "node:crypto";
import type { Key, Keys } from "../keys.ts";
import { refuse } from "../problem.ts";
import { type Asked, hasTwice, headerOf } from "../request.ts";
import {
  canonicalRequest,
  EMPTY_HASH,
  hmac,
  isS3,
  sha256,
  signingKey,
  stringToSign,
} from "./canonical.ts";
import { type Claim, timeOf } from "./claim.ts";

/** IAM user guide: a request must arrive "within five minutes of the timestamp"; S3 and most allow fifteen. */
const WINDOW_MS = 15 * 60_000;

/** Who signed this, once all but the body is known to be as it was signed. */
export interface Verified {
  claim: Claim;
  key: Key;
  /** What the signature says of the body. */
  payload: string;
}

/** `bodyHash` is of the body as received; S3 declares it in a header instead and is held to it later. */
export function verify(
  asked: Asked,
  claim: Claim,
  keys: Keys,
  now: number,
  bodyHash?: string,
): Verified {
  const key = keys.find(claim.accessKey);
  if (!key) {
    throw refuse(
      "unknownKey",
      isS3(claim.scope.service)
        ? "The AWS Access Key Id you provided does not exist in our records."
        : "The security token included in the request is invalid.",
      { AWSAccessKeyId: claim.accessKey },
    );
  }
  checkToken(claim.token, key, now);
  checkDates(claim, now);
  checkSigned(asked, claim);
  const payload = payloadOf(asked, claim, bodyHash);
  const canonical = canonicalRequest(asked, claim.signedHeaders, payload, claim.scope.service);
  if (canonical === undefined) throw refuse("badUri", "Couldn't parse the specified URI.");
  const text = stringToSign(claim.date, claim.scope, canonical);
  const wanted = hmac(signingKey(key.secretKey, claim.scope), text);
  if (!sameSignature(wanted, claim.signature)) throw mismatch(claim, text, canonical);
  return { claim, key, payload };
}

/** In constant time: how much of a guess is right must not show in how long the answer takes. */
export function sameSignature(wanted: Buffer, given: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(given)) return false;
  return timingSafeEqual(wanted, Buffer.from(given, "hex"));
}

export function checkToken(token: string | undefined, key: Key, now: number): void {
  if (key.token === undefined && token === undefined) return;
  const wanted = Buffer.from(sha256(key.token ?? ""));
  if (!timingSafeEqual(wanted, Buffer.from(sha256(token ?? "")))) {
    throw refuse("wrongToken", "The provided token is malformed or otherwise invalid.");
  }
  if (key.expires !== undefined && key.expires <= now) {
    throw refuse("expiredToken", "The provided token has expired.");
  }
}

function checkDates({ date, scope, expires }: Claim, now: number): void {
  const time = timeOf(date);
  if (Number.isNaN(time)) throw refuse("noDate", `"${date}" is no date.`);
  if (scope.day !== date.slice(0, 8)) {
    throw refuse(
      isS3(scope.service) ? "malformed" : "signature",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.day}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  const server = () => `${new Date(now).toISOString().slice(0, 19)}Z`;
  if (expires === undefined ? Math.abs(now - time) > WINDOW_MS : time - now > WINDOW_MS) {
    throw refuse(
      "skewed",
      isS3(scope.service)
        ? "The difference between the request time and the current time is too large."
        : `Signature expired: ${date} is too far from ${server()} (15 min.)`,
      { RequestTime: date, ServerTime: server(), MaxAllowedSkewMilliseconds: String(WINDOW_MS) },
    );
  }
  if (expires !== undefined && now > time + expires * 1000) {
    throw refuse("expired", "Request has expired", {
      "X-Amz-Expires": String(expires),
      Expires: `${new Date(time + expires * 1000).toISOString().slice(0, 19)}Z`,
      ServerTime: server(),
    });
  }
}

/** "The host header and any x-amz-* headers that you send must be signed" (IAM user guide, canonical headers). */
function checkSigned(asked: Asked, { signedHeaders }: Claim): void {
  const present = new Set(asked.headers.map(([name]) => name));
  const needed = ["host", ...[...present].filter((name) => name.startsWith("x-amz-"))];
  const unsigned = needed.filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) {
    throw refuse("notSigned", "There were headers present in the request which were not signed", {
      HeadersNotSigned: unsigned.join(", "),
    });
  }
  const absent = signedHeaders.filter((name) => !present.has(name));
  // A proxy that dropped a header, or someone who did: what was signed is not what came.
  if (absent.length > 0)
    throw refuse("signature", `Signed headers are missing: ${absent.join(", ")}`);
}

const STREAMED =
  /^STREAMING-(?:AWS4-HMAC-SHA256-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD-TRAILER|UNSIGNED-PAYLOAD-TRAILER)$/;

function payloadOf(asked: Asked, claim: Claim, bodyHash: string | undefined): string {
  const declared = headerOf(asked, "x-amz-content-sha256");
  if (hasTwice(asked, "x-amz-content-sha256")) {
    throw refuse("badArgument", "x-amz-content-sha256 is given twice");
  }
  if (!isS3(claim.scope.service)) {
    // The hash is of the body that came, whatever a header says of it.
    const actual = bodyHash ?? EMPTY_HASH;
    if (declared !== undefined && declared !== actual) {
      throw refuse("signature", "x-amz-content-sha256 is not the SHA-256 of the body.");
    }
    return actual;
  }
  // "Signature Calculations": links are made before anyone knows the body.
  if (claim.expires !== undefined) return declared ?? "UNSIGNED-PAYLOAD";
  if (declared === undefined) {
    throw refuse("badRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  if (declared === "UNSIGNED-PAYLOAD" || STREAMED.test(declared)) return declared;
  if (/^[0-9a-f]{64}$/.test(declared)) return declared;
  throw refuse(
    "badArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.",
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: declared },
  );
}

function mismatch({ accessKey, scope, signature }: Claim, text: string, canonical: string) {
  const message = isS3(scope.service)
    ? "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    : "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
  return refuse("signature", message, {
    AWSAccessKeyId: accessKey,
    StringToSign: text,
    SignatureProvided: signature,
    CanonicalRequest: canonical,
  });
}

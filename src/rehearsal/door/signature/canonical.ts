import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import { type Asked, decodeBytes, encodeBytes, pairsOf } from "../request.ts";

/**
 * What is signed, written from the IAM user guide, "Create a signed AWS API request", and for S3
 * from its API reference, "Signature Calculations for the Authorization Header". It shares nothing
 * with the signer of this project: the two must not agree with each other only.
 */
export interface Scope {
  /** YYYYMMDD */
  day: string;
  region: string;
  service: string;
}

export const ALGORITHM = "AWS4-HMAC-SHA256";
/** SHA-256 of nothing. */
export const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export function isS3(service: string): boolean {
  return service === "s3" || service === "s3-object-lambda";
}

/** Undefined where path or query cannot be decoded. */
export function canonicalRequest(
  asked: Asked,
  signedHeaders: string[],
  payload: string,
  service: string,
): string | undefined {
  const path = isS3(service) ? pathForS3(asked.path) : pathForOthers(asked.path);
  const query = canonicalQuery(asked.query);
  if (path === undefined || query === undefined) return undefined;
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(asked, name)}\n`);
  return [asked.method, path, query, headers.join(""), signedHeaders.join(";"), payload].join("\n");
}

/** "You do not normalize URI paths for requests to Amazon S3", and each byte is encoded once. */
function pathForS3(path: string): string | undefined {
  const decoded = decodeBytes(path);
  return decoded === undefined ? undefined : encodeBytes(decoded, "/");
}

/** For all others: normalized by RFC 3986, then "each path segment must be URI-encoded twice". */
function pathForOthers(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const last = /(?:^|\/)\.{0,2}$/.test(path) && segments.length > 0 ? "/" : "";
  return encodeBytes(`/${segments.join("/")}${last}`, "/");
}

/** Sorted by name, then by value, after they are encoded; X-Amz-Signature itself stands outside. */
function canonicalQuery(query: string): string | undefined {
  return pairsOf(query)
    ?.filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]): [string, string] => [encodeBytes(name), encodeBytes(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "Trim": spaces at the ends go, those in between become one; values of one name join with a comma. */
function canonicalValue(asked: Asked, name: string): string {
  return asked.headers
    .filter(([one]) => one === name)
    .map(([, value]) => value.trim().replace(/\s+/g, " "))
    .join(",");
}

export function scopeText({ day, region, service }: Scope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

export function stringToSign(date: string, scope: Scope, canonical: string): string {
  return [ALGORITHM, date, scopeText(scope), sha256(canonical)].join("\n");
}

const KEPT = 64;
const signingKeys = new Map<string, KeyObject>();

/**
 * Derived from the secret, a day, a region and a service; kept, since it is four of five hashes, and
 * as a key of Node's: from bytes it would make one each time, which takes longer than the hash.
 */
export function signingKey(secret: string, { day, region, service }: Scope): KeyObject {
  const name = [secret, day, region, service].join("\n");
  const known = signingKeys.get(name);
  if (known) return known;
  if (signingKeys.size >= KEPT) signingKeys.clear();
  const bytes = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request");
  const key = createSecretKey(bytes);
  signingKeys.set(name, key);
  return key;
}

export function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text, "latin1").digest();
}

export function sha256(text: string | Uint8Array): string {
  return hash("sha256", typeof text === "string" ? Buffer.from(text, "latin1") : text, "hex");
}

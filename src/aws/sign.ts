import { createHash, createHmac } from "node:crypto";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** A request as it will stand on the wire: path and query are encoded already. */
export interface Unsigned {
  method: string;
  host: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  /** SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  payload: string;
}

export interface Scope {
  region: string;
  service: string;
  now: Date;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
export const UNSIGNED = "UNSIGNED-PAYLOAD";
/** SHA-256 of nothing. */
export const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Signature version 4 in the headers, as the IAM user guide describes it ("Create a signed AWS API
 * request"); for S3 the path is encoded once and never normalized.
 */
export function signHeaders(
  request: Unsigned,
  credentials: Credentials,
  scope: Scope,
): Record<string, string> {
  const date = amzDate(scope.now);
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.host,
    "x-amz-date": date,
    "x-amz-content-sha256": request.payload,
    ...(credentials.sessionToken ? { "x-amz-security-token": credentials.sessionToken } : {}),
  };
  const names = Object.keys(headers).sort();
  const signature = signatureOf({ ...request, headers }, names, credentials, scope, date);
  headers.authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scopeText(scope, date)}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return headers;
}

function signatureOf(
  request: Unsigned,
  names: string[],
  credentials: Credentials,
  scope: Scope,
  date: string,
): string {
  const canonical = [
    request.method,
    request.path,
    queryText(request.query),
    ...names.map((name) => `${name}:${request.headers[name]?.trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    request.payload,
  ].join("\n");
  const text = [ALGORITHM, date, scopeText(scope, date), sha256(canonical)].join("\n");
  return hmac(keyFor(credentials, scope, date.slice(0, 8)), text).toString("hex");
}

/** A request whose query says that it may be made by whoever has it, for a while. */
export function presign(
  request: Unsigned,
  credentials: Credentials,
  scope: Scope,
  seconds: number,
): string {
  const date = amzDate(scope.now);
  const query: Record<string, string> = {
    ...request.query,
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${credentials.accessKeyId}/${scopeText(scope, date)}`,
    "X-Amz-Date": date,
    "X-Amz-Expires": String(seconds),
    "X-Amz-SignedHeaders": "host",
    ...(credentials.sessionToken ? { "X-Amz-Security-Token": credentials.sessionToken } : {}),
  };
  const whole = { ...request, query, headers: { host: request.host }, payload: UNSIGNED };
  const signature = signatureOf(whole, ["host"], credentials, scope, date);
  return `${request.path}?${queryText(query)}&X-Amz-Signature=${signature}`;
}

export function queryText(query: Record<string, string>): string {
  return Object.keys(query)
    .map((name): [string, string] => [encode(name), encode(query[name] ?? "")])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** All but the unreserved characters of RFC 3986. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function sha256(body: string | Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

function amzDate(now: Date): string {
  return `${now.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function scopeText({ region, service }: Scope, date: string): string {
  return `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

const keys = new Map<string, Buffer>();

/** Holds for a day; making it anew costs four of the five hashes of a signature. */
function keyFor({ secretAccessKey }: Credentials, { region, service }: Scope, day: string): Buffer {
  const name = [secretAccessKey, day, region, service].join("\n");
  let key = keys.get(name);
  if (!key) {
    key = [day, region, service, "aws4_request"].reduce<string | Buffer>(
      hmac,
      `AWS4${secretAccessKey}`,
    ) as Buffer;
    // A few services take turns; yesterday's keys need not be kept.
    if (keys.size >= 16) keys.clear();
    keys.set(name, key);
  }
  return key;
}

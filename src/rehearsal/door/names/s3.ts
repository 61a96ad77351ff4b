import { refuse } from "../problem.ts";
import { type Asked, decodeBytes, encodeBytes, headerOf, pairsOf } from "../request.ts";
import { checkBucket, checkKey, namesOf, type S3Names } from "./s3-names.ts";

/**
 * The path of a request to S3 as the companion gets it, `//bucket/key`. It looks at some paths, such
 * as `/health` or `/iceberg…`, before it looks whom a request is for; none of them begins with two
 * slashes, and of a bucket's path it drops those in front.
 */
export function s3Path(asked: Asked, hostBucket: string | undefined): string {
  const decoded = decodeBytes(asked.path);
  if (decoded === undefined || !decoded.startsWith("/")) throw badUri();
  const { bucket, key } = namesOf(decoded, hostBucket);
  if (bucket === undefined && key !== "") {
    throw refuse("noBucketName", "The specified bucket is not valid.", { BucketName: "" });
  }
  if (bucket === undefined) return "/";
  checkNames({ bucket, key });
  const source = headerOf(asked, "x-amz-copy-source");
  if (source !== undefined) checkSource(source);
  checkVersion(asked);
  checkLength(asked);
  return `//${bucket}/${encodeBytes(key, "/")}`.replace(/\/$/, key === "" ? "" : "/");
}

function checkNames({ bucket, key }: S3Names): void {
  checkBucket(bucket ?? "");
  checkKey(key);
}

/** `bucket/key?versionId=…`, encoded, with or without a slash before it. */
function checkSource(source: string): void {
  if (source.startsWith("arn:")) return;
  const decoded = decodeBytes(source.replace(/\?versionId=[\w.-]*$/, ""));
  if (decoded === undefined) throw badUri();
  const names = namesOf(decoded, undefined);
  if (names.bucket === undefined || names.key === "") {
    throw refuse(
      "badArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    );
  }
  checkNames(names);
}

/** It names a folder of the companion's. */
function checkVersion(asked: Asked): void {
  const pairs = pairsOf(asked.query);
  if (!pairs) throw badUri();
  const wrong = pairs.find(([name, value]) => name === "versionId" && !/^[\w-]*$/.test(value));
  if (wrong) throw refuse("badArgument", "Invalid version id specified");
}

function checkLength(asked: Asked): void {
  if (asked.method !== "PUT" && asked.method !== "POST") return;
  if (headerOf(asked, "transfer-encoding") === undefined) return;
  throw refuse("noLength", "You must provide the Content-Length HTTP header.");
}

/** DeleteObjects names its keys in the body. */
export function namesKeysInBody(asked: Asked): boolean {
  return asked.method === "POST" && /(?:^|&)delete(?:=|&|$)/.test(asked.query);
}

export function checkKeysInBody(body: Buffer): void {
  const xml = body.toString("latin1");
  // Comments, CDATA and entities of its own: another reader could see other names in it.
  if (/<!|<\?(?!xml )/.test(xml)) {
    throw refuse(
      "badXml",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  for (const [, text = ""] of xml.matchAll(/<(?:\w+:)?Key(?:\s[^>]*)?>([^<]*)</g)) {
    checkKey(plainText(text));
  }
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function plainText(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (all, ten, sixteen, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? all;
    const code = ten === undefined ? Number.parseInt(sixteen as string, 16) : Number(ten);
    if (code > 0x10ffff) throw badUri();
    return Buffer.from(String.fromCodePoint(code)).toString("latin1");
  });
}

function badUri() {
  return refuse("badUri", "Couldn't parse the specified URI.");
}

import { refuse } from "../problem.ts";
import { utf8Of } from "../request.ts";

/** "Bucket names must be between 3 and 63 characters…" (S3 user guide, general purpose bucket naming rules). */
export function checkBucket(name: string): void {
  const shaped = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  const dotted = /\.\.|\.-|-\./.test(name) || /^\d+(?:\.\d+){3}$/.test(name);
  if (
    !shaped ||
    dotted ||
    /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(name)
  ) {
    throw refuse("noBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
}

/**
 * A key as its bytes. "The name for a key is a sequence of Unicode characters whose UTF-8 encoding
 * is up to 1,024 bytes long"; "objects with … relative path elements (for example, ../) … must
 * never exceed the number of non-relative path elements" (S3 user guide, object key names). A null
 * ends a name on every disk.
 */
export function checkKey(bytes: string): void {
  if (bytes.length > 1024) {
    throw refuse("keyTooLong", "Your key is too long", {
      Size: String(bytes.length),
      MaxSizeAllowed: "1024",
    });
  }
  const key = utf8Of(bytes);
  if (key === undefined || key.includes("\0")) {
    throw refuse("badUri", "Couldn't parse the specified URI.");
  }
  let depth = 0;
  for (const part of key.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) throw refuse("badUri", "Couldn't parse the specified URI.");
  }
}

export interface S3Names {
  bucket: string | undefined;
  key: string;
}

/** Of a decoded path: `/bucket/key`, or `/key` where the host names the bucket. */
export function namesOf(path: string, hostBucket: string | undefined): S3Names {
  const rest = path.replace(/^\//, "");
  if (hostBucket !== undefined) return { bucket: hostBucket, key: rest };
  const slash = rest.indexOf("/");
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  return {
    bucket: bucket === "" ? undefined : bucket,
    key: slash < 0 ? "" : rest.slice(slash + 1),
  };
}

import { join, resolve, sep } from "node:path";
import { MayflyError } from "../base/errors.ts";

/** Folders that stand for buckets and for HDFS on the laptop. */
export interface Roots {
  s3: string;
  hdfs: string;
  mounts: Record<string, string>;
}

export function rootsOf(state: string, mounts: Record<string, string>): Roots {
  return { s3: join(state, "s3"), hdfs: join(state, "hdfs"), mounts };
}

export interface Uri {
  scheme: "s3" | "hdfs" | "file";
  bucket: string;
  /** Without a leading slash. */
  key: string;
  /** Of S3, where a name may begin with one. */
  objectKey?: string;
}

const URI = /^(s3|s3a|s3n|hdfs|file):\/\/([^/]*)\/?(.*)$/s;

/** `s3a` and `s3n` are other names of `s3`; anything without a known scheme is a local path. */
export function parseUri(text: string): Uri {
  const match = URI.exec(text);
  if (!match) return { scheme: "file", bucket: "", key: text };
  const [, scheme = "", bucket = "", objectKey = ""] = match;
  const key = objectKey.replace(/^\/+/, "");
  if (scheme === "hdfs") return { scheme, bucket, key };
  if (scheme === "file") return { scheme, bucket: "", key: `/${key}` };
  if (bucket === "") {
    throw new MayflyError(
      "usage",
      `cannot read "${text}": it names no bucket`,
      "write s3://BUCKET/KEY",
    );
  }
  return { scheme: "s3", bucket, key, ...(objectKey === key ? {} : { objectKey }) };
}

export function bucketFolder(bucket: string, roots: Roots): string {
  return roots.mounts[bucket] ?? join(roots.s3, bucket);
}

/** Where a URI lies on this machine; names that would leave their folder are refused. */
export function localPath(text: string, roots: Roots, cwd: string): string {
  const uri = parseUri(text);
  if (uri.scheme === "file") return resolve(cwd, uri.key);
  const base = uri.scheme === "hdfs" ? roots.hdfs : bucketFolder(uri.bucket, roots);
  const path = resolve(base, uri.key);
  const parent = uri.scheme === "hdfs" ? roots.hdfs : resolve(roots.s3);
  const bucketLeaves =
    uri.scheme === "s3" && !roots.mounts[uri.bucket] && resolve(base, "..") !== parent;
  if (bucketLeaves || (path !== resolve(base) && !path.startsWith(resolve(base) + sep))) {
    throw new MayflyError(
      "refused",
      `cannot use "${text}": it leaves its folder "${base}"`,
      "leave out the ..",
    );
  }
  return path;
}

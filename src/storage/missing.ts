import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { nearest } from "../base/nearest.ts";
import { bucketFolder, localPath, parseUri, type Roots } from "./places.ts";

/** For a path that is not there: the part that is missing, and what lies nearest to it. */
export function suggestPath(uri: string, roots: Roots, cwd: string): string | undefined {
  const parsed = parseUri(uri);
  if (parsed.scheme === "s3" && !existsSync(bucketFolder(parsed.bucket, roots))) {
    const buckets = [...Object.keys(roots.mounts), ...foldersIn(roots.s3)];
    const near = nearest(parsed.bucket, buckets);
    return near.length > 0
      ? `there is no bucket "${parsed.bucket}"; nearest: ${near.map((b) => `s3://${b}`).join(", ")}`
      : `there is no bucket "${parsed.bucket}"; make it with: mkdir -p ${join(roots.s3, parsed.bucket)}`;
  }
  const base = localPath(uri.slice(0, uri.length - parsed.key.length) || "/", roots, cwd);
  const whole = localPath(uri, roots, cwd);
  if (existsSync(whole)) return undefined;
  let missing = whole;
  while (dirname(missing) !== missing && !existsSync(dirname(missing))) missing = dirname(missing);
  const parent = dirname(missing);
  const name = missing.slice(parent.length).replace(/^\//, "");
  const siblings = existsSync(parent) && statSync(parent).isDirectory() ? readdirSync(parent) : [];
  const near = nearest(name, siblings);
  if (near.length === 0) return undefined;
  const prefix = parsed.scheme === "file" ? `${parent}/` : uriOf(parsed, parent.slice(base.length));
  return `"${name}" does not exist; nearest: ${near.map((n) => prefix + n).join(", ")}`;
}

function uriOf(parsed: { scheme: string; bucket: string }, below: string): string {
  const path = below.replace(/^\/*/, "/");
  return `${parsed.scheme}://${parsed.bucket}${path.endsWith("/") ? path : `${path}/`}`;
}

function foldersIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

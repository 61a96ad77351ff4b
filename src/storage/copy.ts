import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { MayflyError } from "../base/errors.ts";
import { suggestPath } from "./missing.ts";
import { bucketFolder, localPath, parseUri, type Roots } from "./places.ts";

export interface Copied {
  files: number;
  bytes: number;
}

/**
 * Copies a file or what a folder holds, between local paths, `s3://` and `hdfs://` of the laptop. Each
 * file appears under its name only when it is whole.
 */
export async function copy(
  from: string,
  to: string,
  roots: Roots,
  cwd: string,
  signal?: AbortSignal,
): Promise<Copied> {
  const source = localPath(from, roots, cwd);
  const stat = statSync(source, { throwIfNoEntry: false });
  if (!stat) {
    throw new MayflyError(
      "not-found",
      `cannot copy "${from}": it does not exist`,
      suggestPath(from, roots, cwd),
    );
  }
  requireBucket(to, roots);
  let target = localPath(to, roots, cwd);
  if (!stat.isDirectory()) {
    const intoFolder =
      to.endsWith("/") || statSync(target, { throwIfNoEntry: false })?.isDirectory();
    if (intoFolder) target = join(target, basename(source));
  } else if (target === source || target.startsWith(`${source}/`)) {
    throw new MayflyError("refused", `cannot copy "${from}" to "${to}": the one lies in the other`);
  }
  requireInside(source, from, roots);
  requireInside(existing(target), to, roots);
  const copied = { files: 0, bytes: 0 };
  await copyInto(source, target, copied, signal);
  if (stat.isDirectory()) removeStaleParts(source, target);
  return copied;
}

/** Spark names its part files anew each time: those of an earlier copy would count twice. */
function removeStaleParts(source: string, target: string): void {
  const kept = new Set(readdirSync(source));
  for (const name of readdirSync(target)) {
    if (/^part-/.test(name) && !kept.has(name)) rmSync(join(target, name), { recursive: true });
  }
}

/** A link in a bucket must not lead out of it. */
function requireInside(path: string, uri: string, roots: Roots): void {
  const { scheme, bucket } = parseUri(uri);
  if (scheme === "file") return;
  const root = realpathSync(scheme === "hdfs" ? roots.hdfs : bucketFolder(bucket, roots));
  const real = realpathSync(path);
  if (real === root || real.startsWith(`${root}/`)) return;
  throw new MayflyError(
    "refused",
    `cannot copy "${uri}": a link in it leads out of "${root}"`,
    "copy what the link points to",
  );
}

/** The deepest folder of a path that is there. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

/** Above this a file is copied in pieces, so that nobody waits for its end who interrupts it. */
const LARGE = 64 * 1024 * 1024;

async function copyInto(
  source: string,
  target: string,
  copied: Copied,
  signal: AbortSignal | undefined,
): Promise<void> {
  const interrupted = () => new MayflyError("interrupted", "the copy was interrupted");
  if (signal?.aborted) throw interrupted();
  const stat = statSync(source);
  if (stat.isDirectory()) {
    mkdirSync(target, { recursive: true });
    for (const name of readdirSync(source))
      await copyInto(join(source, name), join(target, name), copied, signal);
    return;
  }
  if (!stat.isFile()) return; // a pipe or a socket has no content to copy
  mkdirSync(dirname(target), { recursive: true });
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    if (stat.size < LARGE) copyFileSync(source, temporary);
    else {
      await pipeline(
        createReadStream(source, { highWaterMark: 1024 * 1024 }),
        createWriteStream(temporary, { mode: stat.mode }),
        { ...(signal ? { signal } : {}) },
      );
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw signal?.aborted ? interrupted() : error;
  }
  copied.files++;
  copied.bytes += stat.size;
}

function requireBucket(uri: string, roots: Roots): void {
  const { scheme, bucket } = parseUri(uri);
  if (scheme !== "s3") return;
  const folder = bucketFolder(bucket, roots);
  if (lstatSync(folder, { throwIfNoEntry: false })) return;
  throw new MayflyError(
    "not-found",
    `cannot write to "${uri}": there is no bucket "${bucket}"`,
    suggestPath(uri, roots, "/") ?? `make it with: mkdir -p ${folder}`,
  );
}

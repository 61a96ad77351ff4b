import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { isSpark, type Job, mergeOptions } from "../../../model/job.ts";
import type { Stores } from "../../../storage/open.ts";

const AWAY = /^(?:s3[an]?|hdfs|https?|local|ivy):/;

/** Every file of this machine that the job's steps name: program, jars, files, archives. */
export function localFiles(job: Job): string[] {
  const named = job.steps.flatMap((step) => {
    if (!isSpark(step)) return step.kind === "python" ? [step.main] : [];
    const { jars, pyFiles, files, archives } = mergeOptions(job.options, step.options);
    return [step.main, ...[...jars, ...pyFiles, ...files, ...archives].map(withoutName)];
  });
  return [...new Set(named)].filter((one) => !AWAY.test(one));
}

/** `data.csv#name`: what Spark calls it beside the program. */
const withoutName = (one: string) => one.split("#")[0] ?? one;

/** Where a file of this machine lies for the cluster; what lies elsewhere stays where it is. */
export type Staged = (named: string) => string;

export type Put = (uri: string, work: () => Promise<void>) => Promise<void>;

/**
 * Puts each file under a name made of its content, so that what has not changed is not put again, and what has is never
 * taken for what was there.
 */
export async function stage(job: Job, bucket: string, stores: Stores, put: Put): Promise<Staged> {
  const uris = new Map<string, string>();
  for (const named of localFiles(job)) {
    uris.set(named, await putOnce(resolve(job.folder, named), bucket, stores, put));
  }
  return (named) => {
    const [plain = "", name] = named.split("#");
    const uri = uris.get(plain) ?? plain;
    return name === undefined ? uri : `${uri}#${name}`;
  };
}

/** One file; its address there. */
export async function putOnce(
  file: string,
  bucket: string,
  stores: Stores,
  put: Put,
): Promise<string> {
  const uri = `s3://${bucket}/mayfly/code/${await digestOf(file)}/${basename(file)}`;
  const { store, path } = await stores.at(uri);
  if (!(await store.stat(path))) await put(uri, () => store.put(path, file));
  return uri;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex").slice(0, 20);
}

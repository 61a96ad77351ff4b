import { statSync } from "node:fs";
import { basename } from "node:path";
import { isSpark, type Job, mergeOptions } from "../../../model/job.ts";
import type { Stores } from "../../../storage/open.ts";
import { inParallel } from "../../../storage/parallel.ts";
import type { Store } from "../../../storage/store.ts";
import { OWN_JAR } from "../../own-jar.ts";
import { inputsOf } from "./arguments.ts";
import { digestOf, localFilesBelow } from "./folder.ts";
import { isElsewhere, pathOf } from "./there.ts";

/** Every file of this machine that the job's steps name: program, jars, files, archives. */
export function localFiles(job: Job): string[] {
  const named = job.steps.flatMap((step) => {
    if (!isSpark(step)) return step.kind === "python" ? [step.main] : [];
    const { jars, pyFiles, files, archives } = mergeOptions(job.options, step.options);
    const own = step.kind === "scala" ? [OWN_JAR] : [];
    return [...own, step.main, ...[...jars, ...pyFiles, ...files, ...archives].map(withoutName)];
  });
  return [...new Set(named)].filter((one) => !isElsewhere(one));
}

/** `data.csv#name`: what Spark calls it beside the program. */
const withoutName = (one: string) => one.split("#")[0] ?? one;

/** Where a file of this machine lies for the cluster; what lies elsewhere stays where it is. */
export type Staged = (named: string) => string;

export type Put = (uri: string, work: () => Promise<void>) => Promise<void>;

export interface StagedJob {
  staged: Staged;
  /** What a step's arguments name of this machine → where it lies for the cluster. */
  inputs: ReadonlyMap<string, string>;
}

/**
 * Puts each file under a name made of its content, so that what has not changed is not put again, and what has is never
 * taken for what was there; of a folder the name is made of all that it holds.
 */
export async function stage(
  job: Job,
  bucket: string,
  stores: Stores,
  put: Put,
): Promise<StagedJob> {
  const bring = (path: string, kind: "code" | "inputs") => putOnce(path, bucket, stores, put, kind);
  const uris = new Map<string, string>();
  for (const named of localFiles(job))
    uris.set(named, await bring(pathOf(named, job.folder), "code"));
  const inputs = new Map<string, string>();
  for (const step of job.steps)
    for (const { named, path } of inputsOf(step, job))
      if (!inputs.has(named)) inputs.set(named, await bring(path, "inputs"));
  return {
    inputs,
    staged: (named) => {
      const [plain = "", name] = named.split("#");
      const uri = uris.get(plain) ?? plain;
      return name === undefined ? uri : `${uri}#${name}`;
    },
  };
}

/** A file or a folder; its address there. */
export async function putOnce(
  path: string,
  bucket: string,
  stores: Stores,
  put: Put,
  kind: "code" | "inputs" = "code",
): Promise<string> {
  const files = await localFilesBelow(path);
  const folder = statSync(path).isDirectory();
  const digest = await digestOf(files, folder);
  const uri = `s3://${bucket}/mayfly/${kind}/${digest}/${basename(path)}`;
  const { store, path: key } = await stores.at(uri);
  // An earlier run may have been ended while it put them.
  const there = folder ? await namesBelow(store, `${key}/`) : new Set<string>();
  if (!folder && (await store.stat(key))) there.add(files[0]?.name ?? "");
  const missing = files.filter(({ name }) => !there.has(name));
  if (missing.length > 0)
    await put(uri, () =>
      inParallel(missing, AT_ONCE, (file) =>
        store.put(folder ? `${key}/${file.name}` : key, file.path),
      ),
    );
  return uri;
}

const AT_ONCE = 16;

async function namesBelow(store: Store, folder: string): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const page of store.list(folder, true))
    for (const { path } of page) found.add(path.slice(folder.length));
  return found;
}

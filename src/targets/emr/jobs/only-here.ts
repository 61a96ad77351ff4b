import { existsSync } from "node:fs";
import { MayflyError } from "../../../base/errors.ts";
import type { Job, Step } from "../../../model/job.ts";
import type { Stores } from "../../../storage/open.ts";
import { bucketFolder, localPath, parseUri } from "../../../storage/places.ts";
import { splitArgument } from "./there.ts";

const isS3 = (text: string) => /^s3[an]?:\/\/[^/]/.test(text);

/** Patterns end where they begin to be ones. */
const plain = (uri: string) => uri.replace(/[^/]*[*?[{].*$/s, "");

/** What a step reads or writes on S3, as far as its words tell. */
function named(step: Step): string[] {
  if (step.kind === "copy") return [step.from];
  return step.args.map((arg) => splitArgument(arg)[1]);
}

/**
 * On the laptop a bucket is a folder: what lies in that alone is not on S3. Told before there is a cluster; a program
 * that is not there ends it.
 */
export async function onlyHere(job: Job, stores: Stores): Promise<string[]> {
  const { roots } = stores.wish;
  const written = Object.values(job.outputs).map((uri) => uri.replace(/\/*$/, "/"));
  const isOutput = (uri: string) => written.some((one) => `${uri}/`.startsWith(one));
  const isThere = async (uri: string) => {
    try {
      const { store, path } = await stores.at(uri);
      if (path !== "") return (await store.stat(path.replace(/\/+$/, ""))) !== undefined;
      for await (const page of store.list("", false)) if (page.length > 0) return true;
      return false;
    } catch (error) {
      // Where nobody here may look, a role may.
      return error instanceof MayflyError && error.code === "not-found" ? false : undefined;
    }
  };
  const remedy = (uri: string) => {
    const { bucket } = parseUri(uri);
    return `mayfly fs sync --live-s3 ${bucketFolder(bucket, roots)} s3://${bucket}`;
  };
  const notes: string[] = [];
  const seen = new Set<string>();
  for (const [index, step] of job.steps.entries()) {
    // What an earlier step may make cannot be asked for now.
    if (index === 0 && "main" in step && isS3(step.main) && (await isThere(step.main)) === false)
      throw new MayflyError(
        "not-found",
        `cannot run "${job.name}": "${step.main}" (step ${index}) is not on S3`,
        existsSync(localPath(step.main, roots, job.folder))
          ? `it is in a folder of this machine alone: ${remedy(step.main)}`
          : "put it there, or correct its name: mayfly fs ls --live-s3 shows what there is",
      );
    for (const uri of named(step).filter(isS3).map(plain)) {
      if (seen.has(uri) || isOutput(uri.replace(/\/+$/, ""))) continue;
      seen.add(uri);
      if (!existsSync(localPath(uri, roots, job.folder)) || (await isThere(uri)) !== false)
        continue;
      notes.push(
        `"${uri}" is in a folder of this machine alone, and nothing is there on S3; ${remedy(uri)}`,
      );
    }
  }
  return notes;
}

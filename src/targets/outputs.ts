import { basename } from "node:path";
import { MayflyError } from "../base/errors.ts";
import type { Job } from "../model/job.ts";
import { formatOf } from "../storage/dataset/describe.ts";
import { isHidden } from "../storage/glob.ts";
import { copy } from "../storage/move/copy.ts";
import type { Stores } from "../storage/open.ts";
import { parseUri } from "../storage/places.ts";
import type { FoundOutput } from "./target.ts";

/** The declared outputs on S3, with what lies there; those in a cluster's HDFS go with it. */
export async function lookAtOutputs(
  job: Job,
  stores: Stores,
  homes: Record<string, string> = {},
): Promise<FoundOutput[]> {
  const found: FoundOutput[] = [];
  for (const [name, uri] of Object.entries(job.outputs)) {
    if (parseUri(uri).scheme !== "s3") continue;
    const { store, path } = await stores.at(uri);
    const names: string[] = [];
    let bytes = 0;
    for await (const page of store.list(path.replace(/\/*$/, "/"), true))
      for (const item of page) {
        // Names that begin with _ or . are not data, as for Spark.
        if (item.kind !== "file" || isHidden(item.path.slice(path.length))) continue;
        names.push(basename(item.path));
        bytes += item.bytes;
      }
    found.push({
      name,
      uri,
      path: "",
      ...(homes[name] === undefined ? {} : { home: homes[name] }),
      holds: { files: names.length, bytes, format: formatOf(names) },
    });
  }
  return found;
}

/** As `mayfly fs cp --recursive` does it: files appear when they are whole, and large ones go on where they broke off. */
export async function bringOutput(
  uri: string,
  to: string,
  stores: Stores,
  signal: AbortSignal,
): Promise<void> {
  const request = {
    from: [uri.replace(/\/+$/, "")],
    to,
    recursive: true,
    filter: { rules: [] },
    // Spark names its part files anew each time: those of an earlier run would count twice.
    replaceParts: true,
  };
  const { failed } = await copy(request, stores, { signal });
  const [first] = failed;
  if (first)
    throw new MayflyError(
      "cluster",
      `cannot bring "${uri}": ${first.uri}: ${first.reason}`,
      `it is still there: mayfly fs cp --live-s3 --recursive ${uri} ${to}`,
    );
}

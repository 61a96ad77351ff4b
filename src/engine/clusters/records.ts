import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { listIfThere, readIfThere, writeAtomic } from "../../base/files.ts";
import { didYouMean } from "../../base/nearest.ts";
import { stateFolder } from "../../base/places.ts";
import type { ClusterRecord } from "../../model/cluster.ts";

/** Clusters outlive a project's folder: what is known of them lies in the person's state folder, under their names. */
export const clustersFolder = () => join(stateFolder(), "clusters");

export const clusterFolder = (name: string) => join(clustersFolder(), name);

/** What a name may be: it stands in tags, in paths and on command lines. */
const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,62}$/;

export function checkName(name: string): string {
  if (NAME.test(name)) return name;
  throw new MayflyError(
    "usage",
    `cannot call a cluster "${name}"`,
    "a name begins with a letter, and has letters, digits, '.', '_' and '-', 63 at most",
  );
}

export function readCluster(name: string): ClusterRecord | undefined {
  if (!NAME.test(name)) return undefined;
  try {
    // One that cannot be read holds up none of the others.
    const text = readIfThere(join(clusterFolder(name), "cluster.json"));
    const record = JSON.parse(text ?? "") as ClusterRecord;
    const sound = record?.version === 1 && record.name === name && typeof record.id === "string";
    return sound && typeof record.kind === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}

export const knownClusters = (): ClusterRecord[] =>
  listIfThere(clustersFolder())
    .sort()
    .flatMap((name) => readCluster(name) ?? []);

export function rememberCluster(record: ClusterRecord): void {
  const path = join(clusterFolder(record.name), "cluster.json");
  writeAtomic(path, `${JSON.stringify(record, null, 1)}\n`, 0o600);
}

/** Only when its place has said that it is gone, or that it never was. */
export function forgetCluster(name: string): void {
  const folder = clusterFolder(name);
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}

/** One that is known here, by its name or its id. */
export function clusterNamed(word: string | undefined): ClusterRecord {
  const known = knownClusters();
  const found = known.find(({ name, id }) => name === word || id === word);
  if (found) return found;
  const names = known.map(({ name }) => name);
  throw new MayflyError(
    word === undefined ? "usage" : "not-found",
    word === undefined ? "no cluster is named" : `cannot find the cluster "${word}"`,
    (word === undefined ? undefined : didYouMean(word, names)) ??
      (names.length > 0
        ? `open: ${names.join(", ")}`
        : "mayfly up NAME opens one; mayfly ls --account finds those that other machines have opened"),
  );
}

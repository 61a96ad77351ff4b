import { MayflyError } from "../../base/errors.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import type { ClusterKeeper } from "../../targets/clusters.ts";
import { kinds, makeTarget } from "../../targets/index.ts";
import { loadProject, projectFolder } from "../project.ts";

/** Who does what is done with an open cluster. */
export async function keeperOf({
  kind,
  target,
  entry,
  name,
}: ClusterRecord): Promise<ClusterKeeper> {
  const { clusters } = await makeTarget(kind, target, entry);
  if (clusters) return clusters;
  throw new MayflyError("damaged", `cannot use "${name}": the kind ${kind} has no clusters`);
}

export interface KeptTarget {
  name: string;
  keeper: ClusterKeeper;
}

/** Every target whose clusters can stay: those of mayfly.yaml, and each kind as it is without a word. */
export async function ourTargets(cwd: string): Promise<KeptTarget[]> {
  const { file } = await loadProject(projectFolder(cwd));
  const named = Object.entries(file?.targets ?? {});
  const all = await Promise.all([
    ...named.map(([name, entry]) => makeTarget(entry.kind, name, entry)),
    ...kinds().map((kind) => makeTarget(kind, kind)),
  ]);
  return all.flatMap(({ name, clusters }) => (clusters ? [{ name, keeper: clusters }] : []));
}

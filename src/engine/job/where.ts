import { MayflyError } from "../../base/errors.ts";
import { didYouMean } from "../../base/nearest.ts";
import type { TargetEntry } from "../../model/file/project.ts";
import { kinds, makeTarget } from "../../targets/index.ts";
import type { Target } from "../../targets/target.ts";
import { knownClusters, readCluster } from "../clusters/records.ts";
import type { Project } from "../project.ts";
import type { TargetWish } from "./request.ts";

/** Of the README's table of targets. */
const PLANNED = ["standalone", "yarn", "hosts", "ec2", "serverless"];

/** `--on WHERE`: a target of mayfly.yaml, an open cluster or a kind. A word with two meanings is an error. */
export async function chooseTarget(
  on: string | undefined,
  project: Project,
  wish: TargetWish = {},
): Promise<Target> {
  const targets = project.file?.targets ?? {};
  const over = (entry: TargetEntry): TargetEntry => {
    const [word] = Object.keys(wish);
    const { reuse, ...said } = wish;
    if (word === undefined || entry.kind === "emr")
      return { ...entry, ...said, ...(reuse ? { reuse: "true" } : {}) } as TargetEntry;
    throw new MayflyError(
      "usage",
      `cannot use --${word} on "${on ?? "local"}": its kind ${entry.kind} has no clusters`,
      "it is for targets of kind emr",
    );
  };
  if (on === undefined) return makeTarget("local", "local", over({ kind: "local" }));
  const named = Object.hasOwn(targets, on) ? targets[on] : undefined;
  const isKind = kinds().includes(on);
  if (named && isKind && named.kind !== on) {
    throw new MayflyError(
      "ambiguous",
      `cannot tell where "${on}" is: a target of mayfly.yaml (kind ${named.kind}) and a kind have this name`,
      "rename the target",
    );
  }
  const opened = readCluster(on);
  if (opened && (named || isKind)) {
    throw new MayflyError(
      "ambiguous",
      `cannot tell where "${on}" is: an open cluster and a ${named ? "target of mayfly.yaml" : "kind"} have this name`,
      `the cluster by its id: --on ${opened.id}; to end it: mayfly down ${on}`,
    );
  }
  const cluster = opened ?? knownClusters().find(({ id }) => id === on);
  if (cluster) {
    const [word] = Object.keys(wish);
    if (word !== undefined)
      throw new MayflyError(
        "usage",
        `cannot use --${word} on "${on}": it is open already, and stays as it is`,
        `to let it live longer: mayfly extend ${cluster.name} 1h`,
      );
    return makeTarget(cluster.kind, cluster.name, cluster.entry, cluster);
  }
  if (named) return makeTarget(named.kind, on, over(named));
  if (isKind) return makeTarget(on, on, over({ kind: on } as TargetEntry));
  const known = [...Object.keys(targets), ...kinds(), ...knownClusters().map(({ name }) => name)];
  if (PLANNED.includes(on)) {
    throw new MayflyError(
      "usage",
      `cannot run on "${on}": this kind is planned and not built yet`,
      `what there is: ${[...new Set(known)].join(", ")}`,
    );
  }
  throw new MayflyError(
    "usage",
    `cannot run on "${on}": no target, no open cluster and no kind has this name`,
    didYouMean(on, known) ?? `known: ${[...new Set(known)].join(", ")}`,
  );
}

import { MayflyError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { ClusterRecord } from "../model/cluster.ts";
import type { TargetEntry } from "../model/file/project.ts";
import type { Target } from "./target.ts";

/** The one registry of kinds; each is loaded only when it is used. */
const KINDS: Record<TargetEntry["kind"], Load> = {
  local: async (name) => (await import("./local/local.ts")).localTarget(name),
  emr: async (name, entry, opened) => {
    const { emrTarget } = await import("./emr/emr.ts");
    return emrTarget(name, entry?.kind === "emr" ? entry : { kind: "emr" }, opened);
  },
};

type Load = (
  name: string,
  entry: TargetEntry | undefined,
  opened: ClusterRecord | undefined,
) => Promise<Target>;

export function kinds(): string[] {
  return Object.keys(KINDS);
}

/** `entry` is what mayfly.yaml says of it, `opened` a cluster of it that is there. */
export async function makeTarget(
  kind: string,
  name: string,
  entry?: TargetEntry,
  opened?: ClusterRecord,
): Promise<Target> {
  const load = Object.hasOwn(KINDS, kind) ? KINDS[kind as TargetEntry["kind"]] : undefined;
  if (!load) {
    throw new MayflyError(
      "usage",
      `cannot run on "${kind}": no such kind of target`,
      didYouMean(kind, kinds()) ?? `kinds: ${kinds().join(", ")}`,
    );
  }
  return load(name, entry, opened);
}

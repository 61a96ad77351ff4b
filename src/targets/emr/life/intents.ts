import type { ClusterRecord } from "../../../model/cluster.ts";
import type { Json } from "../../../model/json.ts";
import type { Attempt, Intent } from "../../../model/run.ts";
import type { Where } from "../account.ts";

/** What the journal calls what is done to clusters and their steps; recovery reads the same words. */
export const DO = {
  create: "create-cluster",
  terminate: "terminate-cluster",
  /** EMR has said that it is gone. */
  gone: "confirm-gone",
  /** It stays after the run, as was asked for. */
  keep: "keep-cluster",
  unprotect: "unprotect-cluster",
  step: "add-step",
  lock: "lock-cluster",
  unlock: "unlock-cluster",
} as const;

/** Whoever reads it when its writer was killed knows the cluster by its name. */
export const keepIntent = (record: ClusterRecord): Intent => ({
  ...{ do: DO.keep, id: `keep-${record.id}`, cluster: record.id, name: record.name },
  kept: record as unknown as Json,
});

export function keptOf({ intent }: Attempt): ClusterRecord | undefined {
  return intent.kept as unknown as ClusterRecord | undefined;
}

/** Stands in the journal for "refused": nothing was made. */
export const REFUSED = "refused";

export const placed = (intent: Intent, where: Where): Intent => ({
  ...intent,
  where: { ...where },
});

export function whereOf(holder: object): Where | undefined {
  const one = (holder as { where?: Where }).where;
  return typeof one?.region === "string" ? one : undefined;
}

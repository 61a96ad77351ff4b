import { AwsRefusal } from "../../../aws/ask-json.ts";
import type { Emr, EmrCluster } from "../../../aws/emr.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { TargetContext } from "../../target.ts";

/** How often a cluster's state is looked at. */
const LOOK_MS = 1000;
/** EMR may not show at once what it has just made. */
const FIND_MS = 10_000;
/** What EMR does not find so soon after it was made may be there all the same. */
export const UNSURE_MS = 5 * 60_000;

export const hasEnded = (state: string) => /^TERMINATED/.test(state);

/** The newest one with this name. */
export async function findCluster(
  emr: Emr,
  name: string,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const all = await emr.listClusters({ createdAfter: clock.now() - 7 * 86_400_000 });
  return all.find((one) => one.Name === name)?.Id;
}

/** The same after a reply that was lost: it may show a little later. */
export async function findLost(
  emr: Emr,
  name: string,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  const until = clock.now() + FIND_MS;
  for (;;) {
    const found = await findCluster(emr, name, clock);
    if (found || clock.now() >= until) return found;
    await clock.sleep(LOOK_MS);
  }
}

/** Undefined where EMR does not know it: what was made just now may not show yet. */
export async function lookAt(emr: Emr, id: string): Promise<EmrCluster | undefined> {
  try {
    return await emr.describeCluster(id);
  } catch (error) {
    if (error instanceof AwsRefusal && /InvalidRequest/.test(error.said)) return undefined;
    throw error;
  }
}

export async function waitUntilReady(
  emr: Emr,
  id: string,
  { signal, emit }: Pick<TargetContext, "signal" | "emit">,
  clock: Clock = systemClock,
): Promise<void> {
  const began = clock.now();
  let shown = "STARTING";
  for (;;) {
    const found = await lookAt(emr, id);
    const state = found?.Status.State ?? shown;
    if (state !== shown) {
      shown = state;
      emit({ code: "note", text: `cluster ${id} is ${shown}` });
    }
    if (/^(WAITING|RUNNING)$/.test(state)) return;
    if (found && /^TERMINAT/.test(state)) throw ended(id, found.Status);
    if (!found && clock.now() - began > UNSURE_MS)
      throw new MayflyError("cluster", `EMR does not know the cluster ${id} that it has made`);
    await clock.sleep(LOOK_MS, signal);
    if (signal.aborted)
      throw new MayflyError(
        signal.reason === "SIGTERM" ? "terminated" : "interrupted",
        `interrupted while the cluster ${id} was starting`,
      );
  }
}

/** Why a cluster is gone, in EMR's words. */
export function ended(id: string, { State, StateChangeReason }: EmrCluster["Status"]): MayflyError {
  const { Code, Message } = StateChangeReason ?? {};
  return new MayflyError(
    "cluster",
    `the cluster ${id} ended (${State}${Code ? `, ${Code}` : ""}): ${Message ?? "EMR gives no reason"}`,
    `aws emr describe-cluster --cluster-id ${id} shows all that EMR says`,
  );
}

import { AwsRefusal } from "../../../aws/asking.ts";
import type { Emr, EmrCluster } from "../../../aws/emr.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { TargetContext } from "../../target.ts";
import type { Poll } from "../poll.ts";

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

export function waitUntilReady(
  poll: Poll,
  id: string,
  { signal, emit }: Pick<TargetContext, "signal" | "emit">,
): Promise<void> {
  let shown = "STARTING";
  const want = ({ Status }: EmrCluster) => {
    if (Status.State !== shown) {
      shown = Status.State;
      emit({ code: "note", text: `cluster ${id} is ${shown}` });
    }
    if (/^TERMINAT/.test(Status.State)) throw ended(id, Status);
    return /^(WAITING|RUNNING)$/.test(Status.State) || undefined;
  };
  return poll.cluster(want, { signal }).then(() => {});
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

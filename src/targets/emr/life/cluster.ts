import { AwsRefusal } from "../../../aws/ask-json.ts";
import type { Emr, EmrCluster } from "../../../aws/emr.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import type { TargetContext } from "../../target.ts";
import { isPassing, openPoll, type Poll } from "../poll.ts";
import { RUN_TAG } from "../shape/request.ts";

/** How often a cluster's state is looked at. */
const LOOK_MS = 1000;
/** EMR may not show at once what it has just made. */
const FIND_MS = 10_000;

const hasEnded = (state: string) => /^TERMINATED/.test(state);

/** The one with this name, after a reply that was lost; a refusal has made none. */
export async function findCluster(
  emr: Emr,
  name: string,
  error?: unknown,
  clock: Clock = systemClock,
): Promise<string | undefined> {
  if (error instanceof AwsRefusal) return undefined;
  const until = clock.now() + (error === undefined ? 0 : FIND_MS);
  for (;;) {
    const all = await emr.listClusters({ createdAfter: clock.now() - 7 * 86_400_000 });
    const found = all.find((one) => one.Name === name);
    if (found || clock.now() >= until) return found?.Id;
    await clock.sleep(LOOK_MS);
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

/** What EMR does not find so soon after it was made may be there all the same. */
const UNSURE_MS = 5 * 60_000;

/** Somebody waits for the command to end: what AWS does not say by then stays, and is told. */
const PATIENCE_MS = 60_000;

/** Ends a cluster of this run and waits until EMR says that it is gone; also when it ended meanwhile. */
export async function terminate(
  emr: Emr,
  id: string,
  { act, run, emit, signal }: Pick<TargetContext, "act" | "run"> & Partial<TargetContext>,
  clock: Clock = systemClock,
  poll: Poll = openPoll(emr, id, emit ?? (() => {}), clock),
): Promise<void> {
  const until = clock.now() + UNSURE_MS;
  const hurried = !signal || signal.aborted;
  const look = () =>
    poll
      .cluster((found) => found, hurried ? { patienceMs: PATIENCE_MS } : {})
      .catch((error) => {
        if (error instanceof AwsRefusal && /InvalidRequest/.test(error.said) && clock.now() < until)
          return undefined;
        throw error;
      });
  await act({ do: "terminate-cluster", id: "cluster-gone", cluster: id }, async () => {
    for (;;) {
      const found = await look();
      if (found) {
        const { State } = found.Status;
        if (hasEnded(State)) return;
        requireOurs(found, run);
        if (State !== "TERMINATING")
          await emr.terminate(id).catch((error: unknown) => {
            if (!isPassing(error)) throw error;
          });
      }
      await clock.sleep(LOOK_MS);
    }
  });
}

/** Only what carries this run's tag is ever ended. */
function requireOurs({ Id, Tags = [] }: EmrCluster, run: string): void {
  if (Tags.some(({ Key, Value }) => Key === RUN_TAG && Value === run)) return;
  throw new MayflyError(
    "refused",
    `cannot end the cluster ${Id}: it does not carry the tag ${RUN_TAG}=${run}`,
    `if it is yours: aws emr terminate-clusters --cluster-ids ${Id}`,
  );
}

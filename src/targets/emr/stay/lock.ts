import { randomInt } from "node:crypto";
import type { EmrCluster } from "../../../aws/emr.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import type { Act } from "../../../model/run.ts";
import type { Account } from "../account.ts";
import { lookAt } from "../life/cluster.ts";
import { DO, placed } from "../life/intents.ts";
import { TAGS, tagsOf } from "../life/tags.ts";

/** After so long a lock says nothing: whoever held it may be gone. The holder renews it well before. */
export const LOCK_MS = 10 * 60_000;
/** Two that lock at once both write; after this each sees whose word stayed. */
const SETTLE_MS = 1500;

/** `RUN until MILLISECONDS`, in a tag that everyone reads. */
const lockText = (run: string, now: number) => `${run} until ${now + LOCK_MS}`;

/** The run that holds it just now. */
export function lockedBy(cluster: Pick<EmrCluster, "Tags">, now: number): string | undefined {
  const [, run, until] = /^(\S+) until (\d+)$/.exec(tagsOf(cluster).get(TAGS.lock) ?? "") ?? [];
  return run !== undefined && Number(until) > now ? run : undefined;
}

/**
 * Takes a cluster for a run. EMR has no tag that is written only if nobody else has: who finds its own word
 * still there after a while has it, as the last one to write is one alone.
 */
export async function lock(
  { emr, where }: Account,
  cluster: string,
  run: string,
  act: Act,
  clock: Clock = systemClock,
): Promise<boolean> {
  const free = async () => {
    const found = await lookAt(emr, cluster);
    const holder = found && lockedBy(found, clock.now());
    return found !== undefined && (holder === undefined || holder === run);
  };
  if (!(await free())) return false;
  await act(placed({ do: DO.lock, id: `lock-${cluster}`, cluster }, where), () =>
    emr.tag(cluster, { [TAGS.lock]: lockText(run, clock.now()) }),
  );
  await clock.sleep(SETTLE_MS + randomInt(500));
  return free();
}

/** As long as the run goes on, its lock does not end; returns what lets it. */
export function holdLock({ emr }: Account, cluster: string, run: string): () => void {
  const renew = () =>
    // The next one comes well before the lock ends.
    void emr.tag(cluster, { [TAGS.lock]: lockText(run, Date.now()) }).catch(() => {});
  const timer = setInterval(renew, LOCK_MS / 3);
  timer.unref();
  return () => clearInterval(timer);
}

/** Gives it back; the lock of another stays. */
export async function unlock({ emr, where }: Account, cluster: string, run: string, act: Act) {
  const found = await lookAt(emr, cluster);
  if (!found || !tagsOf(found).get(TAGS.lock)?.startsWith(`${run} `)) return;
  if (/^TERMINAT/.test(found.Status.State)) return;
  await act(placed({ do: DO.unlock, id: `unlock-${cluster}`, cluster }, where), () =>
    emr.untag(cluster, [TAGS.lock]),
  );
}

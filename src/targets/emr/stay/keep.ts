import { AwsRefusal } from "../../../aws/asking.ts";
import { type Clock, systemClock } from "../../../base/clock.ts";
import type { ClusterRecord } from "../../../model/cluster.ts";
import type { Act } from "../../../model/run.ts";
import type { Account } from "../account.ts";
import { seen } from "../life/find.ts";
import { keepIntent, placed } from "../life/intents.ts";
import { TAGS } from "../life/tags.ts";

/** Leaves a cluster under a name: EMR ends it when it is idle for so long; who lingers sets its timer to that, too. */
export async function keepCluster(
  { emr, where }: Account,
  record: ClusterRecord,
  { idleSeconds, lingers }: { idleSeconds: number; lingers: boolean },
  act: Act,
  clock: Clock = systemClock,
): Promise<void> {
  const { id, name } = record;
  const { createdAt } = seen(await emr.describeCluster(id));
  const age = Math.max(0, Math.ceil((clock.now() - createdAt) / 1000));
  await act(placed(keepIntent(record), where), async () => {
    await emr
      .setIdle(id, Math.max(60, idleSeconds))
      // Releases before 5.30 and 6.1 have no such policy: the timer is there all the same.
      .catch((error: unknown) => {
        if (!(error instanceof AwsRefusal)) throw error;
      });
    await emr.tag(id, {
      [TAGS.cluster]: name,
      ...(lingers ? { [TAGS.ttl]: String(age + idleSeconds) } : {}),
    });
  });
}

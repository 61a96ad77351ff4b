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
  const { createdAt, endsAt } = seen(await emr.describeCluster(id));
  // By EMR's clock as well: one here that was set back must not end it at once.
  const ends = (await emr.listSteps(id)).map(({ Status }) => Status.Timeline?.EndDateTime ?? 0);
  const age = Math.ceil((Math.max(clock.now(), ...ends.map((at) => at * 1000)) - createdAt) / 1000);
  // Never longer than it was to live at all.
  const most = endsAt === undefined ? Number.POSITIVE_INFINITY : (endsAt - createdAt) / 1000;
  const ttl = Math.min(most, Math.max(0, age) + idleSeconds);
  await act(placed(keepIntent(record), where), async () => {
    await emr
      .setIdle(id, Math.max(60, idleSeconds))
      // Releases before 5.30 and 6.1 have no such policy: the timer is there all the same.
      .catch((error: unknown) => {
        if (!(error instanceof AwsRefusal)) throw error;
      });
    await emr.tag(id, {
      [TAGS.cluster]: name,
      ...(lingers ? { [TAGS.ttl]: String(ttl) } : {}),
    });
  });
}

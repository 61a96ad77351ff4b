import { hourOf, hourOfOne } from "../../../aws/prices/cost.ts";
import { loadPrices } from "../../../aws/prices/kept.ts";
import type { Prices } from "../../../aws/prices/layers.ts";
import { openSession } from "../../../aws/session.ts";
import { MayflyError } from "../../../base/errors.ts";
import { formatDuration } from "../../../base/format.ts";
import {
  budgetHours,
  formatCost,
  formatUsd,
  type Money,
  sum,
  times,
} from "../../../model/money/money.ts";
import { wishOf } from "../account.ts";
import { machinesOf } from "../plan/machines.ts";
import { BOOT_HOURS } from "../plan/quote.ts";
import { clusterRequest } from "../shape/request.ts";
import type { EmrSettings } from "../shape/settings.ts";

/**
 * A budget becomes hours before anything is made: the timer on the primary then ends the cluster before the money is
 * spent, with the laptop off. While a run goes on its meter looks as well.
 */
export async function withinBudget(
  settings: EmrSettings,
  release: string,
  env: NodeJS.ProcessEnv,
): Promise<{ settings: EmrSettings; note?: string }> {
  const { budgetUsd: budget } = settings;
  if (budget === undefined) return { settings };
  const { region } = await openSession(wishOf(settings, env));
  const perHour = perHourAtMost(settings, release, region, await loadPrices(env));
  const hours = budgetHours(budget, perHour);
  if (hours === undefined)
    throw new MayflyError(
      "refused",
      `cannot keep to the budget of ${formatUsd(budget)}: what the cluster costs an hour is ${formatCost(perHour)}`,
      "mayfly prices --update asks AWS for its prices; or say --ttl 2h in place of a budget",
    );
  const seconds = Math.max(60, Math.floor(paidSeconds(hours)));
  const lasts = `the budget of ${formatUsd(budget)} lasts for ${formatDuration(hours * 3_600_000)} at ${formatCost(perHour)} an hour`;
  if (seconds >= settings.ttlSeconds)
    return { settings, note: `${lasts}; its time to live ends before` };
  const ends = `the cluster ends itself ${formatDuration(seconds * 1000)} after its start`;
  return { settings: { ...settings, ttlSeconds: seconds }, note: `${lasts}: ${ends}` };
}

/** The timer counts from the primary's start, when some minutes are paid; of a small budget half is left to them. */
const paidSeconds = (hours: number) => (hours - Math.min(BOOT_HOURS, hours / 2)) * 3600;

/** As it is asked for; where EMR may make it larger, as large as it may. */
export function perHourAtMost(
  settings: EmrSettings,
  release: string,
  region: string,
  prices: Prices,
): Money {
  const { machines } = machinesOf(
    clusterRequest({
      ...{ label: "", run: "", owner: "", bucket: "", tags: {}, release, settings },
      ...{ surroundings: { subnets: [] }, configurations: [], staged: (path: string) => path },
    }),
  );
  const [primary, ...workers] = machines;
  const units = workers.reduce((all, { count }) => all + count, 0);
  if (!primary || !settings.scaling || settings.scaling.max <= units)
    return hourOf(machines, region, prices);
  const dearest = workers
    .map((one) => hourOfOne(one, region, prices))
    .reduce((most, one) => (one.atLeast > most.atLeast || one.usd === undefined ? one : most));
  return sum(hourOf([primary], region, prices), times(dearest, settings.scaling.max));
}

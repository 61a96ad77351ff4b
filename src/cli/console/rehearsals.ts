import type { RehearsalView } from "../../console/api.ts";
import { listRehearsals, withFaults } from "../../rehearsal/control/status.ts";

/** The console may not know the rehearsal, which is a test bed; what it shows of it comes from here. */
export async function rehearsalViews(env: NodeJS.ProcessEnv): Promise<RehearsalView[]> {
  const all = await Promise.all(listRehearsals(env).map((one) => withFaults(one, env)));
  return all.map(({ name, running, endpoint, since, memory, speed, unsafe, faults, buckets }) => ({
    ...{ name, running, endpoint, speed, unsafe, buckets },
    ...(since === undefined ? {} : { since }),
    ...(memory ? { memory: memory.mayfly + memory.companion } : {}),
    faults: (faults ?? []).map(({ rule, struck }) => ({ kind: rule.kind, struck })),
  }));
}

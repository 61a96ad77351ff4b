import type { Clock } from "../../../base/clock.ts";
import type { About, Faults, Strike } from "../../faults/faults.ts";
import type { Cluster, ClusterInstance, Step } from "../cluster.ts";
import { zoneOf } from "../view.ts";

interface Hands {
  clock: Clock;
  /** The cluster's own end. */
  stop: AbortSignal;
  /** An instance is gone. */
  lost(why: string, instance: ClusterInstance): void;
}

/** What befalls a cluster while one of its steps runs; the signal that ends the step's program is the answer. */
export function befall(
  faults: Faults,
  cluster: Cluster,
  step: Step,
  hands: Hands,
): { killed: AbortSignal; over(): void } {
  const over = new AbortController();
  const killed = new AbortController();
  const ended = AbortSignal.any([over.signal, hands.stop]);
  const about = { cluster: cluster.name, step: step.name };

  const failure = faults.aim(["step-failure"], about);
  if (failure)
    void wait(failure, ended, hands.clock).then((inTime) => {
      if (!inTime) return failure.miss();
      failure.land();
      killed.abort();
    });
  for (const kind of ["spot-reclaim", "node-lost"] as const) {
    const loss = faults.aim([kind], candidates(cluster, step, kind === "spot-reclaim"));
    if (!loss) continue;
    // An instance is lost as well when the step is over by then.
    void wait(loss, hands.stop, hands.clock).then((inTime) => {
      const instance = cluster.instances.find(({ ec2Id }) => ec2Id === loss.about.id);
      if (!inTime || instance?.state !== "RUNNING") return loss.miss();
      loss.land();
      hands.lost(WHY[kind], instance);
    });
  }
  return { killed: killed.signal, over: () => over.abort() };
}

const WHY = {
  "spot-reclaim": "The Spot Instance was reclaimed by Amazon EC2.",
  "node-lost": "The instance was terminated by Amazon EC2.",
};

async function wait(strike: Strike, signal: AbortSignal, clock: Clock): Promise<boolean> {
  await clock.sleep(strike.ms, signal);
  return !signal.aborted;
}

/** Those that run, the primary last: whoever does not say which one wants the cluster to live. */
function candidates(cluster: Cluster, step: Step, onlySpot: boolean): About[] {
  const zone = zoneOf(cluster);
  const roleOf = (id: string) => cluster.groups.find((group) => group.id === id)?.role ?? "CORE";
  return cluster.instances
    .filter(({ state, market }) => state === "RUNNING" && (!onlySpot || market === "SPOT"))
    .map(({ ec2Id, group, type, market }) => ({
      cluster: cluster.name,
      step: step.name,
      id: ec2Id,
      role: roleOf(group),
      type,
      market,
      zone,
    }))
    .sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
}

const ORDER = ["TASK", "CORE", "MASTER"];

import { isSpark, type Job } from "../../model/job.ts";
import type { Runtime } from "../../spark/runtime.ts";
import type { SpareWish } from "../../spark/warm/pool.ts";
import type { TargetContext } from "../target.ts";
import { adoptSpare, type Driver, endDriver, settingsOf, startDriver } from "./driver.ts";
import type { Guardian } from "./guardian.ts";
import type { Prepared } from "./prepare.ts";
import type { StartOptions } from "./process.ts";

/**
 * The JVMs of a run, one at a time. The first may be a spare that was started ahead; a step takes over
 * that of an earlier one when their settings agree.
 */
export interface Drivers {
  take(ready: Prepared, options: StartOptions): Promise<Driver>;
  /** A step has ended that left its JVM fit for another one. */
  putBack(driver: Driver, ready: Prepared): Promise<void>;
  /** What stays between two steps. */
  kept(): number[];
  /** Marks of processes that are this run's though they were started before it. */
  marks(): string[];
  /** The spares that this run has used go; the next run gets a new one where that is wanted. */
  close(): Promise<string[]>;
}

export function makeDrivers(
  job: Job,
  runtime: Runtime | undefined,
  guardian: Guardian,
  context: TargetContext,
): Drivers {
  const marks: string[] = [];
  let kept: Driver | undefined;
  let last: SpareWish | undefined;

  const claim = async (wish: SpareWish, ready: Prepared, options: StartOptions) => {
    if (!context.warm.use) return undefined;
    const { claimSpare, hasOtherSpare } = await import("../../spark/warm/pool.ts");
    const spare = await context.act(
      { do: "claim-spare", id: `driver-${ready.index}` },
      // Whatever is wrong with a spare, a run can do without one.
      () => claimSpare(wish, context.run).catch(() => undefined),
      (found) => found?.id ?? null,
    );
    if (!spare) {
      if (hasOtherSpare(wish)) context.emit({ code: "note", text: OTHER_SETTINGS });
      return undefined;
    }
    marks.push(spare.id);
    guardian.also(spare.id);
    return adoptSpare(spare, ready, options);
  };

  return {
    async take(ready, options) {
      const found = kept;
      kept = undefined;
      last = wishOf(ready, runtime);
      if (found?.settings === settingsOf(ready)) {
        found.printTo(options.output);
        return found;
      }
      if (found) await endDriver(found, ready);
      return (last && (await claim(last, ready, options))) ?? startDriver(ready, options);
    },

    async putBack(driver, ready) {
      driver.printTo(undefined);
      const another = job.steps.slice(ready.index + 1).some(isSpark);
      if (another && !driver.hasEnded()) kept = driver;
      else await endDriver(driver, ready);
    },

    kept: () => kept?.pids ?? [],
    marks: () => marks,

    async close() {
      if (marks.length === 0 && !(context.warm.keep && last)) return [];
      const { removeSpare, startSpare } = await import("../../spark/warm/pool.ts");
      for (const mark of marks) await removeSpare(mark, context.env).catch(() => {});
      const wish = last;
      if (!context.warm.keep || !wish || context.signal.aborted) return [];
      const start = context.act(
        { do: "start-spare", id: "spare" },
        () => startSpare(wish),
        (started) => started?.id ?? null,
      );
      // On a full disk, for one: the run has ended as it has, with or without.
      const spare = await start.catch(() => undefined);
      return spare ? [`a warm driver for the next run, ${IDLE} (mayfly warm stop)`] : [];
    },
  };
}

const OTHER_SETTINGS =
  "the warm driver here has other settings that only a new one can honour: this run starts its own";
const IDLE = "for 5 minutes";

export function wishOf(ready: Prepared, runtime: Runtime | undefined): SpareWish | undefined {
  if (!runtime) return undefined;
  const { python, pythonPath, spark } = runtime;
  return { jvm: ready.jvm, env: ready.env, cwd: ready.cwd, python, pythonPath, spark };
}

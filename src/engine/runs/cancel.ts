import { MayflyError } from "../../base/errors.ts";
import type { RunRecord } from "../../model/run.ts";
import { activeRuns, type Located } from "./records.ts";
import { waitForRun } from "./wait.ts";

/** Asks the process that runs it to end; one that is gone is recovered instead. */
export async function cancelRun(run: Located): Promise<RunRecord> {
  const active = activeRuns(run.project).find((one) => one.id === run.record.id);
  if (!active) {
    throw new MayflyError(
      "refused",
      `cannot cancel run ${run.record.id}: it is not running (${run.record.state})`,
      "mayfly ls shows what runs",
    );
  }
  if (active.alive && active.runner) process.kill(active.runner.pid, "SIGINT");
  return waitForRun(run, 15_000);
}

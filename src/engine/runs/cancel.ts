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
  const runner = active.alive ? active.runner : undefined;
  if (runner) {
    process.kill(runner.pid, "SIGINT");
    process.kill(runner.pid, "SIGCONT"); // one that was stopped (Ctrl-Z) hears of it only so
  }
  return waitForRun(run, 15_000).catch((error: unknown) => {
    if (!runner || !(error instanceof MayflyError) || error.code !== "busy") throw error;
    throw new MayflyError(
      "busy",
      `cannot cancel run ${run.record.id}: process ${runner.pid}, which runs it, has not ended in 15 s`,
      `end it by force: kill -9 ${runner.pid}; the next command ends what it left`,
    );
  });
}

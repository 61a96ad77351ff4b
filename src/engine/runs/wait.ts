import { type Clock, systemClock } from "../../base/clock.ts";
import { MayflyError } from "../../base/errors.ts";
import type { RunRecord } from "../../model/run.ts";
import { activeRuns, findRun, type Located } from "./records.ts";
import { settleRun } from "./recover.ts";

/** Returns the record of a run once it has ended, whoever runs it; a killed one is recovered on the way. */
export async function waitForRun(
  run: Located,
  timeoutMs?: number,
  clock: Clock = systemClock,
): Promise<RunRecord> {
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
  for (;;) {
    await settleRun(findRun(run.record.id, run.project));
    const { record } = findRun(run.record.id, run.project);
    const active = activeRuns(run.project).some((one) => one.id === record.id);
    if (record.state !== "running" && !active) return record;
    if (clock.now() >= deadline) {
      throw new MayflyError(
        "busy",
        `stopped waiting for run ${record.id}: it is still running`,
        "wait longer with --timeout, or end it with mayfly cancel",
      );
    }
    await clock.sleep(200);
  }
}

/** The exit code that a run's state stands for. */
export function exitCodeOf(record: RunRecord): number {
  return (
    record.exitCode ??
    { succeeded: 0, running: 0, failed: 1, killed: 1, cancelled: 130 }[record.state]
  );
}

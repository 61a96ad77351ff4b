import { type JobRun, lastAttempt } from "../job-run.ts";

const HOUR = 3_600_000;
/** EMR Serverless's guide, "Job resiliency": of streaming jobs, in one hour. */
const FAILED_PER_HOUR = 5;

/** Whether a run of which an attempt has failed is tried again. */
export function attemptsLeft(run: JobRun, now: number): boolean {
  const { mode, retryPolicy: policy } = run.request;
  if (mode !== "STREAMING") return lastAttempt(run).number < (policy?.maxAttempts ?? 1);
  const failed = run.attempts.filter(({ times }) => (times.ended ?? 0) > now - HOUR);
  return failed.length < (policy?.maxFailedAttemptsPerHour ?? FAILED_PER_HOUR);
}

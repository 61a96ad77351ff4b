import type { Attempt, JobRun } from "../job-run.ts";

export interface Usage {
  vCPUHour: number;
  memoryGBHour: number;
  storageGBHour: number;
}

/** Included in the price of a worker. */
const FREE_DISK = 20;

/**
 * What a run that is over has used, and what AWS would bill (API reference of JobRun: "a 1-minute minimum usage for workers,
 * plus additional storage over 20 GB per worker"). Workers are counted as AWS would have had them while the driver ran.
 */
export function usageOf({ attempts }: JobRun): { total: Usage; billed: Usage; seconds: number } {
  const ms = (one: Attempt) =>
    one.times.started === undefined || one.times.ended === undefined
      ? 0
      : one.times.ended - one.times.started;
  const add = (least: number, free: number): Usage => {
    const sum = { vCPUHour: 0, memoryGBHour: 0, storageGBHour: 0 };
    for (const attempt of attempts) {
      const spent = ms(attempt);
      const hours = spent === 0 ? 0 : Math.max(least, spent) / 3_600_000;
      for (const { cpu, memory, disk, count = 1 } of attempt.workers ?? []) {
        sum.vCPUHour += cpu * count * hours;
        sum.memoryGBHour += memory * count * hours;
        sum.storageGBHour += Math.max(0, disk - free) * count * hours;
      }
    }
    // As recorded answers have them.
    return {
      vCPUHour: round(sum.vCPUHour),
      memoryGBHour: round(sum.memoryGBHour),
      storageGBHour: round(sum.storageGBHour),
    };
  };
  return {
    total: add(0, 0),
    billed: add(60_000, FREE_DISK),
    seconds: Math.round(attempts.reduce((all, one) => all + ms(one), 0) / 1000),
  };
}

const round = (value: number) => Math.round(value * 1000) / 1000;

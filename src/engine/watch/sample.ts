import { MayflyError } from "../../base/errors.ts";
import { isSpark, type Job, mergeOptions, noOptions, type SparkOptions } from "../../model/job.ts";

const EXTENSIONS = "spark.sql.extensions";

/** "1000" rows or "1%" of them, of each table that a program reads: java/src/mayfly/Sample.java. */
export function sampleOf(text: string): number {
  const [, number = "", percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(number) / (percent ? 100 : 1);
  const fits = percent ? value > 0 && value < 1 : Number.isInteger(value) && value >= 1;
  if (number !== "" && fits && value < 2 ** 31) return value;
  throw new MayflyError(
    "usage",
    `cannot take a sample of "${text}"`,
    "write a number of rows, --sample 1000, or a part of them, --sample 1%",
  );
}

/** Extensions add up in Spark, but not in its settings. */
export function withSample(options: SparkOptions, sample: number, job: Job): SparkOptions {
  const own = [job.options, ...job.steps.filter(isSpark).map((step) => step.options), options];
  const names = own.flatMap((one) => (one.conf[EXTENSIONS] ?? "").split(",")).filter(Boolean);
  return mergeOptions(options, {
    ...noOptions(),
    conf: {
      [EXTENSIONS]: [...new Set([...names, "mayfly.Sample"])].join(","),
      "spark.mayfly.sample": String(sample),
    },
  });
}

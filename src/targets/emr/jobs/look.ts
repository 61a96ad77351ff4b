import { existsSync } from "node:fs";
import { MayflyError } from "../../../base/errors.ts";
import type { CopyStep, Job } from "../../../model/job.ts";
import { isElsewhere, pathOf } from "./there.ts";

/** What would fail on a cluster that costs money is refused before there is one. */
export function requireKnown(job: Job): void {
  for (const step of job.steps) {
    if (step.kind === "copy") {
      requireCopy(step, job);
      continue;
    }
    const long = step.args.find((arg) => arg.length > LONGEST);
    if (long !== undefined)
      throw new MayflyError(
        "usage",
        `cannot run the step "${step.name}" on EMR: an argument has ${long.length} characters, beginning "${long.slice(0, 40)}…"`,
        `EMR takes ${LONGEST} at most; put it into a file and pass its name`,
      );
  }
}

/** Of a step's argument: API reference, HadoopJarStepConfig (XmlString). */
const LONGEST = 10_280;

/** What this machine cannot reach, and what the cluster cannot. */
function requireCopy({ name, from, to }: CopyStep, job: Job): void {
  if (from.startsWith("hdfs:") && !isElsewhere(to))
    throw new MayflyError(
      "usage",
      `cannot run the copy "${name}" on EMR: "${from}" is the cluster's HDFS, which this machine does not reach`,
      "copy it to s3://…, and declare that as an output: --fetch brings it here",
    );
  if (!isElsewhere(from) && to.startsWith("hdfs:") && !existsSync(pathOf(from, job.folder)))
    throw new MayflyError(
      "not-found",
      `cannot run the copy "${name}": "${from}" does not exist`,
      "it is brought to the cluster before the first step runs",
    );
}

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { MayflyError } from "../../../base/errors.ts";
import type { Job } from "../../../model/job.ts";

/** What would fail on a cluster that costs money is refused before there is one. */
export function requireKnown(job: Job): void {
  const { requirements, pyproject } = job.python ?? {};
  const file = requirements ?? pyproject;
  if (file !== undefined)
    throw new MayflyError(
      "usage",
      `cannot run "${job.name}" on EMR: what "${file}" asks for is not brought there yet`,
      "install it by a bootstrap action of a cluster of your own, or run the job on the laptop",
    );
  const step = job.steps.find(({ kind }) => !/^(pyspark|jar|command|copy)$/.test(kind));
  if (step)
    throw new MayflyError(
      "usage",
      `cannot run the ${step.kind} step "${step.name}" on EMR: this kind of step is not there yet`,
      "on EMR run Python and jars of Spark, commands and copies",
    );
}

/** A word that names a file here names nothing there. */
export function localArguments(job: Job): string[] {
  return job.steps.flatMap(({ args }) =>
    args
      .filter(
        (arg) => /[./]/.test(arg) && !arg.includes(":") && existsSync(resolve(job.folder, arg)),
      )
      .map(
        (arg) =>
          `"${arg}" is a file of this machine, which the cluster does not see; mayfly fs cp ${arg} s3://…`,
      ),
  );
}

import { projectFolder } from "../../engine/project.ts";
import { findRun, type Located } from "../../engine/runs/records.ts";
import { recoverRuns, settleRun } from "../../engine/runs/recover.ts";
import type { Io } from "../command.ts";

/** The run someone names; whatever was killed meanwhile is told as such first. */
export async function locateRun(wanted: string | undefined, io: Io): Promise<Located> {
  const project = projectFolder(io.cwd);
  await recoverRuns(project);
  const run = findRun(wanted, project);
  if (run.project === project && run.record.state !== "running") return run;
  await settleRun(run);
  return findRun(run.record.id, run.project);
}

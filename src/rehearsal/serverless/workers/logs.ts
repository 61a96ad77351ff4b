import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { asFolder, logShipper, type Put } from "../../logs.ts";
import type { Application } from "../application.ts";
import type { Attempt, JobRun } from "../job-run.ts";
import { monitoringOf } from "./settings.ts";

/**
 * Logs as EMR Serverless lays them out below the logUri ("Storing logs", and recorded listings of such a bucket):
 * `applications/<id>/jobs/<id>/SPARK_DRIVER/stdout.gz`, the event log in `sparklogs/eventlog_v2_<job>/`. Attempts after the
 * first one have a folder of their own.
 */
export async function shipLogs(
  application: Application,
  run: JobRun,
  attempt: Attempt,
  folder: string,
  put: Put,
): Promise<void> {
  const { logUri } = monitoringOf(run, application).s3MonitoringConfiguration ?? {};
  if (!logUri) return;
  const of = attempt.number === 1 ? "" : `attempts/${attempt.number}/`;
  const { ship, shipPlain } = logShipper(
    `${asFolder(logUri)}applications/${application.id}/jobs/${run.id}/${of}`,
    put,
  );
  await ship("SPARK_DRIVER/stdout", join(folder, "stdout"));
  await ship("SPARK_DRIVER/stderr", join(folder, "stderr"));
  const events = `sparklogs/eventlog_v2_${run.id}`;
  await shipPlain(`${events}/events_1_${run.id}`, join(folder, "events"));
  // Without it Spark's History Server takes the folder for none of its own.
  const status = join(folder, "appstatus");
  writeFileSync(status, "");
  await shipPlain(`${events}/appstatus_${run.id}`, status);
}

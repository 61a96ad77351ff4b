import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AwsError } from "../../protocol/errors.ts";
import type { Workers } from "../workers/workers.ts";
import type { Dashboard } from "../world.ts";
import { dashboardPage } from "./page.ts";
import { readStages } from "./stages.ts";

export interface Pages {
  /** Puts a page where it can be read by whoever has its address, for so long. */
  publish(key: string, file: string, seconds: number): Promise<string>;
}

/** EMR Serverless's guide: links to a dashboard live an hour. */
const SECONDS = 3600;

/** A page as of now, behind a link that needs no signature but its own. */
export function realDashboard(folder: string, workers: Workers, pages: Pages): Dashboard {
  return async (application, run, attempt) => {
    // On AWS, too, there is nothing to see of a job that has not begun.
    if (attempt.times.started === undefined)
      throw new AwsError(
        "ValidationException",
        `JobRun ${run.id} is in ${attempt.state} state: there is no dashboard of what has not run.`,
      );
    const events = workers.events(run, attempt);
    const stages = events ? await readStages(events) : [];
    // Several may ask for it at once.
    const file = join(folder, `${randomUUID()}.html`);
    mkdirSync(folder, { recursive: true });
    const logs = {
      stdout: workers.printed(run, attempt, "stdout"),
      stderr: workers.printed(run, attempt, "stderr"),
    };
    writeFileSync(file, dashboardPage({ run, attempt, stages, logs, now: Date.now() }), {
      mode: 0o600,
    });
    try {
      return await pages.publish(
        `applications/${application.id}/jobs/${run.id}/attempts/${attempt.number}/dashboard.html`,
        file,
        SECONDS,
      );
    } finally {
      rmSync(file, { force: true });
    }
  };
}

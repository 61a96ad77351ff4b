import type { Records } from "../records.ts";
import type { Application } from "./application.ts";
import type { Attempt, JobRun } from "./job-run.ts";
import type { ApplicationLife } from "./life/applications.ts";
import type { RunLife } from "./life/runs.ts";

/** What the operations of EMR Serverless work with. */
export interface Serverless {
  applications: Records<Application>;
  runs: Records<JobRun>;
  applicationLife: ApplicationLife;
  runLife: RunLife;
  dashboard: Dashboard;
  where: { region: string; account: string };
  now: () => number;
}

/** An address at which a browser sees an attempt, for an hour. */
export type Dashboard = (
  application: Application,
  run: JobRun,
  attempt: Attempt,
) => Promise<string>;

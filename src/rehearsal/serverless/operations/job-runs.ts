import { compareVersions } from "../../../spark/versions.ts";
import { AwsError, validation } from "../../protocol/errors.ts";
import type { Application } from "../application.ts";
import {
  findApplication,
  findAttempt,
  findRun,
  type Paged,
  pageOf,
  requireState,
} from "../find.ts";
import { newId, runArn } from "../ids.ts";
import { type JobRun, type JobRunRequest, lastAttempt } from "../job-run.ts";
import { madeBefore, tokenOf } from "../tokens.ts";
import { summaryOfAttempt, summaryOfRun, viewRun } from "../view.ts";
import type { Serverless } from "../world.ts";

interface Named {
  applicationId: string;
  jobRunId: string;
}

export function jobRunOperations(world: Serverless) {
  const { runs, runLife, applicationLife, where, now, dashboard } = world;
  const find = ({ applicationId, jobRunId }: Named) => findRun(world, applicationId, jobRunId);
  const of = (id: string) => runs.all().filter(({ application }) => application === id);

  return {
    StartJobRun(request: JobRunRequest) {
      const application = findApplication(world, request.applicationId);
      const token = tokenOf(request);
      const before = madeBefore(of(application.id), token);
      if (before) return started(before);
      requireJob(request, application);
      const run: JobRun = {
        id: newId("jobrun"),
        application: application.id,
        ...where,
        request,
        releaseLabel: application.settings.releaseLabel,
        created: now(),
        attempts: [
          { number: 1, state: "SUBMITTED", details: "", times: { created: now(), updated: now() } },
        ],
        tags: request.tags ?? {},
        token,
      };
      runs.save(run);
      runLife.begin(application, run);
      if (application.state === "CREATED" || application.state === "STOPPED")
        applicationLife.start(application, AUTOMATIC);
      return started(run);
    },
    GetJobRun(asked: Named & { attempt?: number }) {
      const run = find(asked);
      const attempt = findAttempt(run, asked.attempt);
      return { jobRun: viewRun(run, attempt, findApplication(world, run.application)) };
    },
    ListJobRuns(
      asked: Paged & {
        applicationId: string;
        states?: string[];
        mode?: string;
        createdAtAfter?: number;
        createdAtBefore?: number;
      },
    ) {
      const { id } = findApplication(world, asked.applicationId);
      const fitting = of(id).filter(
        (run) =>
          (!asked.states?.length || asked.states.includes(lastAttempt(run).state)) &&
          (asked.mode ?? run.request.mode ?? "BATCH") === (run.request.mode ?? "BATCH") &&
          run.created >= (asked.createdAtAfter ?? 0) * 1000 &&
          run.created <= (asked.createdAtBefore ?? Number.POSITIVE_INFINITY) * 1000,
      );
      const { items, more } = pageOf(fitting, asked);
      return { jobRuns: items.map(summaryOfRun), ...more };
    },
    ListJobRunAttempts(asked: Paged & Named) {
      const run = find(asked);
      const { items, more } = pageOf(run.attempts, asked);
      return { jobRunAttempts: items.map((one) => summaryOfAttempt(run, one)), ...more };
    },
    CancelJobRun(asked: Named) {
      const run = find(asked);
      // opensearch-project/sql#2986: ValidationException; the words are our own.
      if (!runLife.cancel(run))
        throw validation(
          `JobRun ${run.id} is in ${lastAttempt(run).state} state and cannot be cancelled.`,
        );
      return { applicationId: run.application, jobRunId: run.id };
    },
    async GetDashboardForJobRun(asked: Named & { attempt?: number }) {
      const run = find(asked);
      const attempt = findAttempt(run, asked.attempt);
      return { url: await dashboard(findApplication(world, run.application), run, attempt) };
    },
  };
}

/** What an application is started by that nobody has started. */
export const AUTOMATIC = "Auto-started: a job run was submitted.";

const started = (run: JobRun) => ({
  applicationId: run.application,
  jobRunId: run.id,
  arn: runArn(run),
});

/** What AWS refuses before a job run is there. */
function requireJob(request: JobRunRequest, application: Application): void {
  const { executionRoleArn: role, executionTimeoutMinutes: minutes, jobDriver = {} } = request;
  // Both as moto's authors have recorded them.
  if (role.split(":")[4] !== application.account)
    throw new AwsError("AccessDeniedException", "Cross-account pass role is not allowed.", 403);
  if (minutes !== undefined && minutes !== 0 && minutes < 5)
    throw validation("RunTimeout must be at least 5 minutes.");
  if (application.state === "TERMINATED" || !application.settings.autoStartConfiguration.enabled)
    requireState(application, "STARTED");
  if (jobDriver.hive)
    throw validation(
      "The rehearsal does not run Hive: of a job driver it takes sparkSubmit; docs/rehearsal-coverage.md says what it has",
    );
  if (!jobDriver.sparkSubmit) throw validation("The job driver must have sparkSubmit.");
  if (!/^SPARK$/i.test(application.settings.type))
    throw validation(
      `Application ${application.id} is of type ${application.settings.type}: it takes no sparkSubmit.`,
    );
  requireRetries(request, application.settings.releaseLabel);
}

/** EMR Serverless's guide, "Job resiliency"; the words are our own. */
function requireRetries({ retryPolicy, mode }: JobRunRequest, label: string): void {
  if (!retryPolicy) return;
  const version = /(\d+\.\d+\.\d+)$/.exec(label)?.[1] ?? "0";
  if (compareVersions(version, "7.1.0") < 0)
    throw validation(`A retry policy needs release emr-7.1.0 or later; this one is ${label}.`);
  const { maxAttempts, maxFailedAttemptsPerHour: perHour } = retryPolicy;
  for (const [name, value] of Object.entries({ maxAttempts, maxFailedAttemptsPerHour: perHour }))
    if (value !== undefined && value > 10) throw validation(`${name} must be between 1 and 10.`);
  if (maxAttempts !== undefined && mode === "STREAMING")
    throw validation(
      "maxAttempts is for batch jobs; of streaming jobs, set maxFailedAttemptsPerHour.",
    );
  if (perHour !== undefined && mode !== "STREAMING")
    throw validation(
      "maxFailedAttemptsPerHour is for streaming jobs; of batch jobs, set maxAttempts.",
    );
}

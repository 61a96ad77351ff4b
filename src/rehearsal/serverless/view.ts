import { seconds } from "../protocol/times.ts";
import type { Application } from "./application.ts";
import { applicationArn, runArn } from "./ids.ts";
import { type Attempt, isActive, type JobRun, lastAttempt, timeoutMinutes } from "./job-run.ts";
import { usageOf } from "./life/usage.ts";

/** What EMR Serverless shows of what it has; JSON leaves out what is undefined. */

/** EMR Serverless writes Spark and Hive small where clients write them large (recorded answers of GetApplication). */
const typeOf = (type: string) => type.charAt(0).toUpperCase() + type.slice(1).toLowerCase();

export function viewApplication(one: Application) {
  return { ...one.settings, applicationId: one.id, ...common(one), tags: one.tags };
}

export function summaryOfApplication(one: Application) {
  const { name, architecture } = one.settings;
  return { id: one.id, name, architecture, ...common(one) };
}

const common = (one: Application) => ({
  arn: applicationArn(one),
  releaseLabel: one.settings.releaseLabel,
  type: typeOf(one.settings.type),
  state: one.state,
  stateDetails: one.details,
  createdAt: seconds(one.times.created),
  updatedAt: seconds(one.times.updated),
});

const createdBy = ({ account }: JobRun) => `arn:aws:iam::${account}:root`;
const modeOf = ({ request }: JobRun) => request.mode ?? "BATCH";

const ofRun = (run: JobRun, attempt: Attempt) => ({
  applicationId: run.application,
  name: run.request.name,
  arn: runArn(run),
  createdBy: createdBy(run),
  executionRole: run.request.executionRoleArn,
  state: attempt.state,
  stateDetails: attempt.details,
  releaseLabel: run.releaseLabel,
  mode: modeOf(run),
  attempt: attempt.number,
});

export function viewRun(run: JobRun, attempt: Attempt, { settings }: Application) {
  const { request } = run;
  const { created, updated, started, ended, queued } = attempt.times;
  return {
    jobRunId: run.id,
    ...ofRun(run, attempt),
    createdAt: seconds(run.created),
    updatedAt: seconds(lastAttempt(run).times.updated),
    jobDriver: request.jobDriver ?? {},
    configurationOverrides: request.configurationOverrides,
    executionIamPolicy: request.executionIamPolicy,
    tags: run.tags,
    networkConfiguration: settings.networkConfiguration,
    executionTimeoutMinutes: timeoutMinutes(request),
    retryPolicy: request.retryPolicy,
    attemptCreatedAt: seconds(created),
    attemptUpdatedAt: seconds(updated),
    startedAt: seconds(started),
    endedAt: seconds(ended),
    queuedDurationMilliseconds: queued,
    ...(isActive(run) ? {} : usage(run)),
  };
}

/** API reference of JobRun: only of a run that is over. */
function usage(run: JobRun) {
  const { total, billed, seconds: spent } = usageOf(run);
  return {
    totalResourceUtilization: total,
    billedResourceUtilization: billed,
    totalExecutionDurationSeconds: spent,
  };
}

export function summaryOfRun(run: JobRun) {
  const attempt = lastAttempt(run);
  return {
    id: run.id,
    ...ofRun(run, attempt),
    type: "Spark",
    createdAt: seconds(run.created),
    updatedAt: seconds(attempt.times.updated),
    attemptCreatedAt: seconds(attempt.times.created),
    attemptUpdatedAt: seconds(attempt.times.updated),
  };
}

export function summaryOfAttempt(run: JobRun, attempt: Attempt) {
  return {
    id: run.id,
    ...ofRun(run, attempt),
    type: "Spark",
    jobCreatedAt: seconds(run.created),
    createdAt: seconds(attempt.times.created),
    updatedAt: seconds(attempt.times.updated),
  };
}

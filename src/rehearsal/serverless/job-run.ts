import type { Monitoring, ServerlessClassification, Token } from "./application.ts";

/** What is kept of a job run: the request as it came, and its attempts. Times are milliseconds. */
export interface JobRun {
  id: string;
  application: string;
  region: string;
  account: string;
  request: JobRunRequest;
  releaseLabel: string;
  created: number;
  /** The last one says in what state the run is. */
  attempts: [Attempt, ...Attempt[]];
  tags: Record<string, string>;
  token: Token;
}

export interface Attempt {
  number: number;
  state: JobRunState;
  details: string;
  times: { created: number; updated: number; queued?: number; started?: number; ended?: number };
  /** What it was given while it ran. */
  workers?: Worker[];
}

export type JobRunState =
  | "SUBMITTED"
  | "QUEUED"
  | "PENDING"
  | "SCHEDULED"
  | "RUNNING"
  | "SUCCESS"
  | "FAILED"
  | "CANCELLING"
  | "CANCELLED";

/** In vCPU and GB. */
export interface Worker {
  cpu: number;
  memory: number;
  disk: number;
  /** So many like this one; one where nothing is said. */
  count?: number;
}

export interface SparkSubmit {
  entryPoint: string;
  entryPointArguments?: string[];
  sparkSubmitParameters?: string;
}

/** The members that we look at; the others are kept and shown as they came. */
export interface JobRunRequest {
  applicationId: string;
  clientToken: string;
  executionRoleArn: string;
  jobDriver?: { sparkSubmit?: SparkSubmit; hive?: object };
  configurationOverrides?: {
    applicationConfiguration?: ServerlessClassification[];
    monitoringConfiguration?: Monitoring;
    [more: string]: unknown;
  };
  executionTimeoutMinutes?: number;
  name?: string;
  mode?: "BATCH" | "STREAMING";
  retryPolicy?: { maxAttempts?: number; maxFailedAttemptsPerHour?: number };
  tags?: Record<string, string>;
  [more: string]: unknown;
}

export const lastAttempt = ({ attempts }: JobRun) => attempts.at(-1) ?? attempts[0];
export const isOver = ({ state }: Attempt) => /^(SUCCESS|FAILED|CANCELLED)$/.test(state);
export const isActive = (run: JobRun) => !isOver(lastAttempt(run));

/** API reference of StartJobRun: 12 hours; a streaming job runs until it is cancelled. 0 is none. */
export function timeoutMinutes({ executionTimeoutMinutes, mode }: JobRunRequest): number {
  return executionTimeoutMinutes ?? (mode === "STREAMING" ? 0 : 720);
}

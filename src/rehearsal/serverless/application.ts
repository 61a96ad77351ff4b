import type { Classification } from "../instances/inside/classifications.ts";

/** What is kept of an application: how it was set up, and what has become of it since. Times are milliseconds. */
export interface Application {
  id: string;
  region: string;
  account: string;
  /** As CreateApplication and UpdateApplication have set it. */
  settings: ApplicationSettings;
  state: ApplicationState;
  details: string;
  times: { created: number; updated: number };
  tags: Record<string, string>;
  token: Token;
}

export type ApplicationState =
  | "CREATING"
  | "CREATED"
  | "STARTING"
  | "STARTED"
  | "STOPPING"
  | "STOPPED"
  | "TERMINATED";

/** What a request that is repeated is known by. */
export interface Token {
  value: string;
  /** Of what was asked with it. */
  digest: string;
}

/** The members that we look at; the others are kept and shown as they came. */
export interface ApplicationSettings {
  name?: string;
  releaseLabel: string;
  type: string;
  architecture?: "ARM64" | "X86_64";
  maximumCapacity?: { cpu: string; memory: string; disk?: string };
  autoStartConfiguration: { enabled: boolean };
  autoStopConfiguration: { enabled: boolean; idleTimeoutMinutes: number };
  runtimeConfiguration?: ServerlessClassification[];
  monitoringConfiguration?: Monitoring;
  schedulerConfiguration?: { maxConcurrentRuns?: number; queueTimeoutMinutes?: number };
  [more: string]: unknown;
}

/** Serverless writes small what EMR writes large. */
export interface ServerlessClassification {
  classification: string;
  properties?: Record<string, string>;
  configurations?: ServerlessClassification[];
}

export interface Monitoring {
  s3MonitoringConfiguration?: { logUri?: string };
  [more: string]: unknown;
}

export function asClassification(one: ServerlessClassification): Classification {
  const { classification, properties, configurations } = one;
  return {
    Classification: classification,
    ...(properties ? { Properties: properties } : {}),
    ...(configurations ? { Configurations: configurations.map(asClassification) } : {}),
  };
}

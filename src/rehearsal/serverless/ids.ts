import { randomText } from "../protocol/random.ts";
import type { Application } from "./application.ts";
import type { JobRun } from "./job-run.ts";

/** As EMR Serverless names its things in public logs: 00g0p82hrv8ild09 is an application, 00g0p8a7dhcpqo0b a job run. */
export function newId(kind: "application" | "jobrun"): string {
  const end = kind === "application" ? "09" : "0b";
  return `00g${randomText("0123456789abcdefghijklmnopqrstuv", 11)}${end}`;
}

export const applicationArn = ({
  id,
  region,
  account,
}: Pick<Application, "id" | "region" | "account">) =>
  `arn:aws:emr-serverless:${region}:${account}:/applications/${id}`;

export const runArn = ({ id, application, region, account }: JobRun) =>
  `${applicationArn({ id: application, region, account })}/jobruns/${id}`;

import { AwsError, validation } from "../protocol/errors.ts";
import { cut } from "../protocol/pages.ts";
import type { Application, ApplicationState } from "./application.ts";
import { type Attempt, type JobRun, lastAttempt } from "./job-run.ts";
import type { Serverless } from "./world.ts";

const notFound = (what: string) =>
  // Moto's words, as its authors have recorded them.
  new AwsError("ResourceNotFoundException", `${what} does not exist`, 404);

export function findApplication({ applications }: Serverless, id: string): Application {
  const found = applications.find(id);
  if (!found) throw notFound(`Application ${id}`);
  return found;
}

export function findRun(world: Serverless, application: string, id: string): JobRun {
  findApplication(world, application);
  const found = world.runs.find(id);
  if (found?.application !== application) throw notFound(`JobRun ${id}`);
  return found;
}

export function findAttempt(run: JobRun, number: number | undefined): Attempt {
  if (number === undefined) return lastAttempt(run);
  const found = run.attempts.find((one) => one.number === number);
  if (!found) throw notFound(`Attempt ${number} of JobRun ${run.id}`);
  return found;
}

/** Moto's words for DeleteApplication and UpdateApplication, as its authors have recorded them. */
export function requireState({ id, state }: Application, ...may: ApplicationState[]): void {
  if (may.includes(state)) return;
  throw validation(
    `Application ${id} must be in one of the following statuses [${may.join(", ")}]. Current status: ${state}`,
  );
}

export interface Paged {
  nextToken?: string;
  maxResults?: number;
}

/** API reference: 50 at most, and 50 where nothing is said. */
export function pageOf<T>(items: readonly T[], { nextToken, maxResults = 50 }: Paged) {
  const found = cut(items, nextToken, maxResults);
  if (!found) throw validation("The next token is not valid.");
  return { items: found.items, more: found.next ? { nextToken: found.next } : {} };
}

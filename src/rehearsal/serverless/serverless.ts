import { join } from "node:path";
import { type Clock, systemClock } from "../../base/clock.ts";
import { loadModel } from "../models/model.ts";
import type { Operations } from "../protocol/call.ts";
import { answerRest } from "../protocol/rest-json.ts";
import { openRecords, type Records } from "../records.ts";
import type { Service } from "../service.ts";
import type { Application } from "./application.ts";
import { isOver, type JobRun, lastAttempt } from "./job-run.ts";
import { openApplicationLife } from "./life/applications.ts";
import { INTERRUPTED, type Machines, openRunLife } from "./life/runs.ts";
import { openWaiting } from "./life/waiting.ts";
import { applicationOperations } from "./operations/applications.ts";
import { AUTOMATIC, jobRunOperations } from "./operations/job-runs.ts";
import { tagOperations } from "./operations/tags.ts";
import type { Dashboard, Serverless } from "./world.ts";

export interface ServerlessOptions {
  folder: string;
  machines: Machines;
  dashboard: Dashboard;
  where: { region: string; account: string };
  /** How long an application is on its way from one state to the next. */
  stepMs: number;
  /** How many times as fast it waits; programs take their time. */
  speed?: number;
  clock?: Clock;
}

/** What of the model is there; docs/rehearsal-coverage.md lists it. */
export function serverlessOperations(world: Serverless): Operations {
  return {
    ...applicationOperations(world),
    ...jobRunOperations(world),
    ...tagOperations(world),
  } as Operations;
}

/** Amazon EMR Serverless: applications that start and stop, and job runs that really run. */
export function openServerless(options: ServerlessOptions): Service {
  const { folder, machines, dashboard, where, stepMs, speed = 1, clock = systemClock } = options;
  const applications = openRecords<Application>(
    join(folder, "applications"),
    ({ state, settings, times }) => typeof state === "string" && isObject(settings, times),
    ({ times }) => times.created,
  );
  const runs = openRecords<JobRun>(
    join(folder, "jobruns"),
    // A run without its application could never be asked for.
    ({ attempts, request, application }) =>
      Array.isArray(attempts) &&
      isObject(request, ...attempts, attempts[0]) &&
      applications.find(application) !== undefined,
    ({ created }) => created,
  );
  endInterrupted(runs, clock.now());
  const waiting = openWaiting();
  const runLife = openRunLife({
    runs,
    machines,
    clock,
    speed,
    waiting,
    ended: (application) => applicationLife.watchIdle(application),
  });
  const applicationLife = openApplicationLife({
    applications,
    stepMs,
    clock,
    speed,
    isBusy: runLife.isBusy,
    arrived(one) {
      // It stopped, or was created, while somebody waited for it.
      if (/^(CREATED|STOPPED)$/.test(one.state) && runLife.isBusy(one))
        applicationLife.start(one, AUTOMATIC);
      waiting.stir();
    },
  });
  for (const one of applications.all()) applicationLife.resume(one);
  const world: Serverless = {
    ...{ applications, runs, applicationLife, runLife, dashboard, where },
    now: () => clock.now(),
  };
  const operations = serverlessOperations(world);
  const model = loadModel("emr-serverless");
  return {
    handle: (asked) => answerRest(model, operations, asked),
    remember() {
      const [one, two] = [applications.asTheyAre(), runs.asTheyAre()];
      const then = serverlessOperations({ ...world, applications: one, runs: two });
      return (asked) => answerRest(model, then, asked);
    },
    async close() {
      applicationLife.close();
      await runLife.close();
    },
  };
}

const isObject = (...all: unknown[]) => all.every((one) => typeof one === "object" && one !== null);

/** Their machines were processes of a rehearsal that is gone. */
function endInterrupted(runs: Records<JobRun>, now: number): void {
  for (const run of runs.all()) {
    const attempt = lastAttempt(run);
    if (isOver(attempt)) continue;
    attempt.state = "FAILED";
    attempt.details = INTERRUPTED;
    attempt.times.ended = now;
    attempt.times.updated = now;
    runs.note(run);
  }
}

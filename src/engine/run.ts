import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { MayflyError, toMayflyError } from "../base/errors.ts";
import { makeQueue } from "../base/queue.ts";
import { attemptsOf, openJournal, readJournal } from "../journal/journal.ts";
import type { Emit, Event, EventBody } from "../model/event.ts";
import { formatMoney } from "../model/money/money.ts";
import type { Plan } from "../model/plan.ts";
import type { Receipt, RunRecord } from "../model/run.ts";
import type { Closing, FoundOutput, Target, TargetContext } from "../targets/target.ts";
import { recoverOpenings } from "./clusters/opening.ts";
import { rememberCluster } from "./clusters/records.ts";
import { checkJob } from "./job/check.ts";
import { type Found, findJob } from "./job/find.ts";
import { applyRequest, type RunRequest, storedRequest } from "./job/request.ts";
import { chooseTarget } from "./job/where.ts";
import { createState, loadProject, projectFolder, rememberProject, stateOf } from "./project.ts";
import { receiptOf } from "./runs/receipt.ts";
import {
  markActive,
  newRunId,
  projectOf,
  readRecord,
  runFolder,
  timesOfLast,
  unmarkActive,
  writeRecord,
} from "./runs/records.ts";
import { recoverRuns } from "./runs/recover.ts";
import { runSteps } from "./steps.ts";

/** What comes of a run: its record, and the exit code it stands for. */
export interface Outcome {
  id: string;
  folder: string;
  record: RunRecord;
  exitCode: number;
}

export interface RunHandle {
  id: string;
  folder: string;
  events: AsyncIterable<Event>;
  outcome: Promise<Outcome>;
  /** Ends everything the run started; the outcome comes as always. */
  cancel(signal?: "SIGINT" | "SIGTERM"): void;
}

export interface RunOptions {
  /** Ask for progress of stages; costs the driver a little. */
  progress?: boolean;
  /** Leave a spare driver for the next run; `MAYFLY_WARM=0` or `1` has the last word. */
  keepWarm?: boolean;
  env?: NodeJS.ProcessEnv;
}

/** Runs a job. Rejects before anything is touched when the request is wrong. */
export async function run(request: RunRequest, options: RunOptions = {}): Promise<RunHandle> {
  const env = options.env ?? process.env;
  const target = await targetOf(request);
  const found = await prepareJob(request, target);
  const plan = await target.plan(found.job, {
    places: found.places,
    strictRelease: request.strictRelease === true,
    env,
  });
  const notes = await lookAtInputs(found, env);
  await recoverRuns(found.project.folder);
  if (target.remote) await recoverOpenings(env);
  const noted = notes.length > 0 ? { ...plan, notes: [...plan.notes, ...notes] } : plan;
  return begin(request, found, target, noted, options, env);
}

/** The same checks and the same plan, and nothing more. */
export async function plan(
  request: RunRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Plan> {
  const target = await targetOf(request);
  const found = await prepareJob(request, target);
  return target.plan(found.job, {
    places: found.places,
    strictRelease: request.strictRelease === true,
    env,
  });
}

const targetOf = async ({ on, cwd, target }: RunRequest): Promise<Target> =>
  chooseTarget(on, await loadProject(projectFolder(cwd)), target);

/** What is asked for, found and looked at; nothing is touched. */
export async function prepareJob(request: RunRequest, target?: Target): Promise<Found> {
  const remote = target?.remote === true;
  const found = await findJob({
    job: request.job,
    cwd: request.cwd,
    small: request.small === true,
    liveS3: remote || request.liveS3 === true,
  });
  const job = applyRequest(found.job, request);
  checkJob(job, found.places, remote);
  return { ...found, job };
}

/** Only a job that declares any pays for a look at them. */
async function lookAtInputs({ job, places }: Found, env: NodeJS.ProcessEnv): Promise<string[]> {
  if (Object.keys(job.inputs).length === 0) return [];
  return (await import("./data/inputs.ts")).checkInputs(job, places, env);
}

function begin(
  request: RunRequest,
  found: Found,
  target: Target,
  plan: Plan,
  options: RunOptions,
  env: NodeJS.ProcessEnv,
): RunHandle {
  const project = found.project.folder;
  const id = newRunId();
  const folder = runFolder(project, id);
  const record: RunRecord = {
    version: 1,
    id,
    job: found.job.name,
    source: request.job,
    target: target.name,
    kind: target.kind,
    state: "running",
    createdAt: Date.now(),
    steps: found.job.steps.map((step, index) => ({
      index,
      name: step.name,
      kind: step.kind,
      state: "waiting",
    })),
    request: storedRequest(request),
  };
  try {
    createState(project);
    markActive(project, id);
    // What a program prints and the settings of a job are nobody else's.
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { mode: 0o700 });
    writeRecord(folder, record);
    rememberProject(project);
  } catch (error) {
    throw toMayflyError(error, `begin a run in "${stateOf(project)}"`);
  }
  const abort = new AbortController();
  const queue = makeQueue<Event>();
  const tell = emitter(id, folder, queue.push);
  const emit: Emit = (event) => {
    // The last figure stays, should no better one be had in the end.
    if (event.code === "cost") record.cost = event.cost;
    tell(event);
  };
  const context: TargetContext = {
    run: id,
    folder,
    places: found.places,
    strictRelease: request.strictRelease === true,
    progress: options.progress === true,
    expectedMs: timesOfLast(project, record),
    warm: {
      use: env.MAYFLY_WARM !== "0",
      keep: env.MAYFLY_WARM === "1" || (options.keepWarm === true && env.MAYFLY_WARM !== "0"),
    },
    act: openJournal(folder),
    attempts: () => attemptsOf(readJournal(folder)),
    emit,
    backlog: queue.waiting,
    signal: abort.signal,
    stop: (why) => abort.abort(why),
    env,
  };
  const work = execute(plan, target, record, context, request.fetch).finally(() => queue.close());
  const outcome = work.then((exitCode) => ({
    id,
    folder,
    record: readRecord(folder) ?? record,
    exitCode,
  }));
  outcome.catch(() => {}); // whoever awaits it hears of it; nobody is made to
  return {
    id,
    folder,
    events: queue,
    outcome,
    cancel: (signal = "SIGINT") => abort.abort(signal),
  };
}

async function execute(
  plan: Plan,
  target: Target,
  record: RunRecord,
  context: TargetContext,
  fetch = false,
): Promise<number> {
  const { folder, emit } = context;
  emit({
    code: "run.started",
    job: plan.job.name,
    target: target.name,
    folder,
    project: projectOf(folder),
    steps: plan.job.steps.map((step) => step.name),
  });
  for (const text of plan.notes) emit({ code: "note", text });
  let session: Awaited<ReturnType<Target["open"]>>;
  try {
    session = await target.open(plan, context);
  } catch (error) {
    const problem =
      whyStopped(context.signal) ?? toMayflyError(error, `open the target "${target.name}"`);
    throw notOpened(problem, record, context, await endWhatOpened(target, context, record));
  }
  if (session.spark) record.spark = session.spark;
  let problem: unknown;
  let coming: FoundOutput[] = [];
  try {
    coming = await runSteps(plan.job, session, record, context, fetch);
  } catch (error) {
    problem = error;
    record.state = "failed";
  }
  problem ??= whyStopped(context.signal);
  record.exitCode = exitCodeOf(record, problem, context.signal);
  const closed = await closeSession(session, record, context).catch((error: unknown) => {
    problem ??= error;
    return undefined;
  });
  const receipt = closed?.receipt;
  // What costs money is gone by now: a slow line to here costs nothing.
  if (problem === undefined && coming.length > 0) {
    const { bringOutputs } = await import("./bring.ts");
    await bringOutputs(coming, session, record, context).catch((error: unknown) => {
      problem = error;
    });
  }
  emit({
    code: "run.finished",
    state: record.state,
    ms: (record.endedAt ?? Date.now()) - record.createdAt,
    failed: record.steps.filter((step) => step.state === "failed").length,
    ...(record.time ? { time: record.time } : {}),
    ...(record.cost ? { cost: record.cost } : {}),
    receipt: receipt ?? { created: [record.id], gone: [], remains: [], usdPerMonth: 0 },
  });
  problem ??= closed?.left;
  if (problem !== undefined) throw asError(problem, record);
  return record.exitCode;
}

/** What opening has made before it failed goes again; what cannot be ended now stays for the next command to end. */
async function endWhatOpened(
  target: Target,
  context: TargetContext,
  { cost }: RunRecord,
): Promise<Closing> {
  const { run, folder, places, act, env, emit } = context;
  const left = { run, folder, places, act, env, emit, attempts: context.attempts, wait: true };
  if (context.attempts().length === 0) return { gone: [], remains: [] };
  return target.recover(left).catch((error: unknown) => {
    const { message } = toMayflyError(error, "end what was opened");
    emit({ code: "note", text: `${message}; the next command tries again` });
    const hourly = cost ? `, which costs ${formatMoney(cost.perHour)} an hour` : "";
    return { gone: [], remains: [], pending: [`what was opened${hourly} (${message})`] };
  });
}

/** Not by a signal of this machine: something of the run itself has ended it. */
const whyStopped = ({ reason }: AbortSignal): MayflyError | undefined =>
  reason instanceof MayflyError ? reason : undefined;

/** Its id has been told: who looks for the run finds why nothing of it ran. */
function notOpened(
  error: MayflyError,
  record: RunRecord,
  context: TargetContext,
  closing: Closing,
) {
  const { folder, emit } = context;
  const stopped = ["interrupted", "terminated", "budget"].includes(error.code);
  record.state = stopped ? "cancelled" : "failed";
  record.exitCode = error.exitCode;
  record.endedAt = Date.now();
  for (const step of record.steps) step.state = "skipped";
  record.receipt = receiptOf(record, context.attempts(), closing);
  if (closing.cost) record.cost = closing.cost;
  if (!stopped) record.failure = { step: 0, message: error.message, exitCode: error.exitCode };
  emit({
    code: "run.finished",
    state: record.state,
    ms: record.endedAt - record.createdAt,
    failed: 0,
    ...(record.cost ? { cost: record.cost } : {}),
    receipt: record.receipt,
  });
  try {
    writeRecord(folder, record);
  } catch {
    // on a full disk: what is there is told as killed by the next command
  }
  if ((closing.pending ?? []).length === 0) unmarkActive(projectOf(folder), record.id);
  return error;
}

const notEnded = ({ job }: RunRecord, pending: string[]) =>
  new MayflyError(
    "cluster",
    `"${job}" is over, and not all that it made is known to be gone: ${pending.join("; ")}`,
    "the next command looks again; mayfly reap ends what is left",
  );

function asError(problem: unknown, record: RunRecord): MayflyError {
  return toMayflyError(problem, `run "${record.job}"`);
}

function exitCodeOf(record: RunRecord, problem: unknown, signal: AbortSignal): number {
  if (problem !== undefined) return asError(problem, record).exitCode;
  if (record.state === "cancelled") return signal.reason === "SIGTERM" ? 143 : 130;
  return record.state === "succeeded" ? 0 : 1;
}

/**
 * What runs is ended first, whatever else fails. The marker goes last: as long as the record is not
 * whole on the disk, the next command closes the run again.
 */
async function closeSession(
  session: Awaited<ReturnType<Target["open"]>>,
  record: RunRecord,
  context: TargetContext,
): Promise<{ receipt: Receipt; left?: MayflyError }> {
  const { cost, ...closing } = await session.close();
  if (closing.kept) rememberCluster(closing.kept);
  record.endedAt = Date.now();
  if (cost) record.cost = cost;
  record.receipt = receiptOf(record, context.attempts(), closing);
  const pending = closing.pending ?? [];
  const left = pending.length > 0 ? notEnded(record, pending) : undefined;
  if (left && record.exitCode === 0) record.exitCode = left.exitCode;
  else if (left) context.emit({ code: "note", text: left.message });
  writeRecord(context.folder, record);
  if (!left) unmarkActive(projectOf(context.folder), record.id);
  const told = left && record.exitCode === left.exitCode ? { left } : {};
  return { receipt: record.receipt, ...told };
}

/** Output and download progress are not kept: the one lies in the logs, the other helps nobody later. */
function emitter(run: string, folder: string, push: (event: Event) => void): Emit {
  return (body: EventBody) => {
    const event: Event = { at: Date.now(), run, ...body };
    push(event);
    if (body.code === "step.output" || body.code === "fetch.progress") return;
    try {
      appendFileSync(join(folder, "events.jsonl"), `${JSON.stringify(event)}\n`);
    } catch {
      // a full disk must not hide the event that tells of it
    }
  };
}

import { join } from "node:path";
import type { Job, Step } from "../model/job.ts";
import type { OutputRecord, RunRecord, StepRecord, TimeSplit } from "../model/run.ts";
import { rootsOf } from "../storage/places.ts";
import type {
  AppTime,
  FoundOutput,
  Session,
  StepResult,
  TargetContext,
} from "../targets/target.ts";
import { writeRecord } from "./runs/records.ts";

/** The steps of a job in order; fills the record and keeps it on the disk as it goes. What is still to be brought comes back. */
export async function runSteps(
  job: Job,
  session: Session,
  record: RunRecord,
  context: TargetContext,
  fetch = false,
): Promise<FoundOutput[]> {
  const { signal, folder, emit } = context;
  const time: TimeSplit = { startMs: 0, workMs: 0, stopMs: 0 };
  let state: RunRecord["state"] = "succeeded";
  for (const [index, step] of job.steps.entries()) {
    const one = record.steps[index] as StepRecord;
    if (state !== "succeeded" || signal.aborted) {
      one.state = "skipped";
      continue;
    }
    const result = await runStep(step, index, one, session, record, context);
    addTime(time, one, result?.apps ?? []);
    if (signal.aborted) one.state = "cancelled";
    else if (one.state === "failed") {
      const { explainFailure } = await import("../explain/failure.ts");
      const failure = explainFailure({
        index,
        step,
        exitCode: one.exitCode ?? 1,
        ...(result?.signal ? { signal: result.signal } : {}),
        logs: join(folder, "logs", String(index)),
        cwd: job.folder,
        roots: rootsOf(context.places.state, context.places.mounts),
        liveS3: context.places.liveS3,
      });
      record.failure = failure;
      emit({ code: "step.failed", failure });
      if (step.onFailure === "stop") state = "failed";
      else emit({ code: "note", text: `${step.name} failed; on_failure: continue goes on` });
    }
    writeRecord(folder, record);
  }
  if (signal.aborted) state = "cancelled";
  record.state = state;
  record.time = time;
  if (state !== "succeeded") return [];
  const coming: FoundOutput[] = [];
  record.outputs = await describeOutputs(session, emit, fetch ? coming : undefined);
  return coming;
}

async function runStep(
  step: Step,
  index: number,
  one: StepRecord,
  session: Session,
  record: RunRecord,
  context: TargetContext,
): Promise<StepResult | undefined> {
  const { emit, signal } = context;
  one.state = "running";
  one.startedAt = Date.now();
  writeRecord(context.folder, record);
  emit({ code: "step.started", step: index, name: step.name, kind: step.kind });
  const stop = () => void session.cancel({ step, index });
  signal.addEventListener("abort", stop);
  try {
    const submitted = await session.submit(step, index);
    if (signal.aborted) stop();
    const result = await session.watch(submitted);
    one.exitCode = result.exitCode;
    one.state = signal.aborted ? "cancelled" : result.exitCode === 0 ? "succeeded" : "failed";
    one.appIds = result.apps.map((app) => app.id);
    return result;
  } catch (error) {
    one.state = signal.aborted ? "cancelled" : "failed";
    if (!signal.aborted) throw error;
    return undefined;
  } finally {
    signal.removeEventListener("abort", stop);
    one.endedAt = Date.now();
    const ms = one.endedAt - one.startedAt;
    emit({
      code: "step.finished",
      step: index,
      name: step.name,
      state: one.state,
      exitCode: one.exitCode ?? 1,
      ms,
    });
  }
}

/** Start-up ends when Spark says that its application began; stopping begins when it says that it ended. */
function addTime(time: TimeSplit, one: StepRecord, apps: AppTime[]): void {
  const started = one.startedAt ?? 0;
  const ended = one.endedAt ?? started;
  const first = apps[0]?.startedAt ?? started;
  const last = apps.at(-1)?.endedAt ?? ended;
  const startMs = Math.max(0, first - started);
  const stopMs = Math.max(0, ended - last);
  time.startMs += startMs;
  time.stopMs += stopMs;
  time.workMs += Math.max(0, ended - started - startMs - stopMs);
}

async function describeOutputs(
  session: Session,
  emit: TargetContext["emit"],
  coming?: FoundOutput[],
): Promise<OutputRecord[]> {
  const records: OutputRecord[] = [];
  for (const found of await session.outputs()) {
    const { name, uri, path, holds } = found;
    const output = holds
      ? { name, uri, path, ...holds, ...(holds.files === 0 ? { missing: true as const } : {}) }
      : await describeOutput({ name, uri, path });
    records.push(output);
    if (coming && session.bring && holds && holds.files > 0) coming.push(found);
    else emit({ code: "output", output });
  }
  return records;
}

/** What lies at an output now. */
export async function describeOutput(
  found: Pick<OutputRecord, "name" | "uri" | "path">,
): Promise<OutputRecord> {
  const { describeDataset } = await import("../storage/dataset/describe.ts");
  const dataset = await describeDataset(found.path);
  return { ...found, ...dataset, ...(dataset.files === 0 ? { missing: true } : {}) };
}

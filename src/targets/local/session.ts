import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { type MayflyError, toMayflyError } from "../../base/errors.ts";
import { plural } from "../../base/format.ts";
import { endMarked } from "../../base/processes.ts";
import type { Job } from "../../model/job.ts";
import { outputsFile } from "../../spark/defaults.ts";
import { appIds, readAppLogs } from "../../spark/eventlog.ts";
import { readProgress } from "../../spark/progress.ts";
import type { Runtime } from "../../spark/runtime.ts";
import type { Stores } from "../../storage/open.ts";
import { localPath, parseUri, rootsOf } from "../../storage/places.ts";
import { copyHere } from "../copy.ts";
import { type Output, openOutput } from "../output.ts";
import type {
  Closing,
  FoundOutput,
  Session,
  StepResult,
  Submitted,
  TargetContext,
} from "../target.ts";
import { makeDrivers } from "./drivers.ts";
import type { Guardian } from "./guardian.ts";
import { logsOf, stagingOf } from "./prepare.ts";
import type { Ended } from "./process.ts";
import { type StartedStep, startStep } from "./steps.ts";

interface Live extends Submitted {
  ended: Promise<Ended>;
  ui: string | undefined;
  /** Applications that earlier steps wrote into the same event log folder. */
  before: Set<string>;
}

/** A session on the laptop: steps are our child processes, and end with it. */
export function makeSession(
  job: Job,
  runtime: Runtime | undefined,
  guardian: Guardian,
  context: TargetContext,
): Session {
  const roots = rootsOf(context.places.state, context.places.mounts);
  const eventLogs = join(context.folder, "eventlog");
  const drivers = makeDrivers(job, runtime, guardian, context);
  const marks = () => [context.run, ...drivers.marks()];
  let broken: MayflyError | undefined;

  const withStores = async <T>(work: (stores: Stores) => Promise<T>): Promise<T> => {
    const { env, places } = context;
    const { openStores } = await import("../../storage/open.ts");
    const wish = { roots, cwd: job.folder, liveS3: places.liveS3, aws: { env } };
    const stores = openStores(wish);
    try {
      return await work(stores);
    } finally {
      await stores.close();
    }
  };
  const onS3 = (uri: string) => context.places.liveS3 && parseUri(uri).scheme === "s3";

  /** What was written to S3 itself. The job is done, whatever becomes of this question. */
  const lookAtS3 = async (): Promise<FoundOutput[]> => {
    if (!Object.values(job.outputs).some(onS3)) return [];
    const { lookAtOutputs } = await import("../outputs.ts");
    return withStores((stores) => lookAtOutputs(job, stores)).catch((error: unknown) => {
      const { message } = toMayflyError(error, "list the outputs on S3");
      context.emit({ code: "note", text: `the outputs on S3 are not known: ${message}` });
      return [];
    });
  };

  return {
    ...(runtime ? { spark: runtime.spark } : {}),

    async submit(step, index) {
      const before = new Set(appIds(eventLogs));
      if (step.kind === "copy") {
        const ended = context.act(
          { do: "copy", id: `step-${index}`, from: step.from, to: step.to },
          () => withStores((stores) => copyHere(step, index, stores, context)),
        );
        return { step, index, ended, ui: undefined, before } satisfies Live;
      }
      const output = openOutput(logsOf(context, index), show(context, index));
      const onError = (error: MayflyError) => {
        broken ??= error;
        void endMarked(marks());
      };
      const started: StartedStep = await context.act(
        { do: "start-process", id: `step-${index}`, marker: context.run },
        () =>
          startStep(step, index, { job, runtime, context, drivers, output, onError }).catch(
            (error: unknown) => notStarted(error, output),
          ),
        (result) => ({ pids: result.pids }),
      );
      const ended = started.ended.then((result) => {
        output.close();
        return result;
      });
      return { step, index, ended, ui: started.ui, before } satisfies Live;
    },

    async watch(submitted) {
      const live = submitted as Live;
      const stop = new AbortController();
      const looking = lookOn(live, eventLogs, context, stop.signal);
      const result = await live.ended;
      stop.abort();
      await looking;
      // What the step left running in the background ends with it, as on a cluster that closes.
      await endMarked(marks(), { spare: drivers.kept() });
      if (broken) throw broken;
      return {
        ...result,
        apps: readAppLogs(eventLogs).filter((app) => !live.before.has(app.id)),
      } satisfies StepResult;
    },

    async cancel() {
      await endMarked(marks());
    },

    async outputs() {
      const found = new Map<string, FoundOutput>();
      for (const [name, uri] of Object.entries(job.outputs)) {
        if (onS3(uri)) continue;
        const path = localPath(uri, roots, job.folder);
        found.set(path, { name, uri, path });
      }
      for (const uri of written(stagingOf(context))) {
        const path = localPath(uri, roots, job.folder);
        const declared = [...found.keys()].some(
          (known) => path === known || path.startsWith(`${known}/`),
        );
        if (!declared)
          found.set(path, { name: uri.replace(/\/+$/, "").split("/").at(-1) ?? uri, uri, path });
      }
      return [...found.values(), ...(await lookAtS3())];
    },

    async bring({ uri }, to) {
      const { bringOutput } = await import("../outputs.ts");
      await withStores((stores) => bringOutput(uri, to, stores, context.signal));
    },

    async close() {
      const ended = await endMarked(marks());
      const path = stagingOf(context);
      const remove = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
      // On a full disk not even the intent can be written: what is removed makes room for it.
      await context.act({ do: "remove-folder", id: "staging-gone", path }, remove).catch(remove);
      const remains = await drivers.close();
      await guardian.dismiss();
      return { ...closing(ended), remains };
    },
  };
}

/** As a shell has it: 127 for a program that is not there, 126 for one that may not be started. */
function notStarted(error: unknown, output: Output): StartedStep {
  const { message, remedy, code } = toMayflyError(error, "start the step");
  if (code === "disk-full" || code === "bug") throw error;
  output.write("stderr", Buffer.from(`${remedy ? `${remedy}\n` : ""}${message}\n`));
  return { pids: [], ended: Promise.resolve({ exitCode: code === "not-found" ? 127 : 126 }) };
}

export function closing(ended: number): Closing {
  return {
    gone: [ended > 0 ? plural(ended, "process", "processes") : "all processes", "staging folder"],
    remains: [],
  };
}

export function makeStaging(context: TargetContext): void {
  mkdirSync(join(stagingOf(context), "tmp"), { recursive: true, mode: 0o700 });
  mkdirSync(join(context.folder, "eventlog"), { recursive: true });
}

function show(context: TargetContext, step: number) {
  return (stream: "stdout" | "stderr", text: string) =>
    context.emit({ code: "step.output", step, stream, text });
}

function written(staging: string): string[] {
  const file = outputsFile(staging);
  return existsSync(file)
    ? [...new Set(readFileSync(file, "utf8").split("\n").filter(Boolean))]
    : [];
}

/** Asking a driver for progress makes it load its REST service: small jobs are spared that. */
const FIRST_ASK_MS = 3000;

async function lookOn(
  live: Live,
  eventLogs: string,
  context: TargetContext,
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set(live.before);
  let current: { app: string; since: number } | undefined;
  let shown = "";
  while (!signal.aborted) {
    await systemClock.sleep(current ? 500 : 150, signal);
    if (!live.ui || signal.aborted) continue;
    for (const app of appIds(eventLogs).filter((id) => !seen.has(id))) {
      seen.add(app);
      current = { app, since: Date.now() };
      context.emit({ code: "step.app", step: live.index, app, ui: live.ui });
    }
    if (!context.progress || !current || Date.now() - current.since < FIRST_ASK_MS) continue;
    const progress = await readProgress(live.ui, current.app, signal);
    const text = JSON.stringify(progress);
    if (progress && text !== shown && !signal.aborted) {
      shown = text;
      context.emit({ code: "step.progress", step: live.index, progress });
    }
  }
}

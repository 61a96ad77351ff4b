import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { formatBytes } from "../../base/format.ts";
import { isSpark, type Job, noOptions, type SparkStep } from "../../model/job.ts";
import { systemEffects } from "../../spark/install/effects.ts";
import { ensureRuntime } from "../../spark/runtime.ts";
import { type KnownSpare, startSpare } from "../../spark/warm/pool.ts";
import type { WarmContext } from "../target.ts";
import { wishOf } from "./drivers.ts";
import { prepare } from "./prepare.ts";

/** What `mayfly run some.py` would start in this folder. */
function anyProgram(cwd: string): Job {
  const step: SparkStep = {
    kind: "pyspark",
    name: "any program",
    main: "any.py",
    args: [],
    onFailure: "stop",
    options: noOptions(),
  };
  return {
    name: "any",
    folder: cwd,
    steps: [step],
    inputs: {},
    outputs: {},
    options: noOptions(),
    env: {},
  };
}

/** A spare driver for the first Spark step of a job, made as a run of it would make its driver. */
export async function warmFor(
  given: Job | undefined,
  context: WarmContext,
  wishFor: (job: Job) => Parameters<typeof ensureRuntime>[0],
): Promise<KnownSpare | undefined> {
  const job = given ?? anyProgram(context.cwd);
  const index = job.steps.findIndex(isSpark);
  const step = job.steps[index];
  if (!step || !isSpark(step)) {
    throw new MayflyError(
      "refused",
      `cannot keep a driver warm for "${job.name}": no step of it is Spark`,
      "name another job, or none for any program in this folder",
    );
  }
  const runtime = await ensureRuntime(
    wishFor(job),
    (news) => {
      if (news.kind === "note") context.say(news.text);
      else if (news.bytes === news.total) context.say(`${news.what}: ${formatBytes(news.bytes)}`);
    },
    { ...systemEffects, env: context.env },
  );
  const folder = mkdtempSync(join(tmpdir(), "mayfly-warm-"));
  try {
    const run = { ...context, run: "", folder, expectedMs: () => undefined };
    const wish = wishOf(
      await prepare(job, { ...step, main: "any.py" }, index, runtime, run),
      runtime,
    );
    return wish && (await startSpare(wish));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

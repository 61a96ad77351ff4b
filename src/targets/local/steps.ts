import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { MayflyError } from "../../base/errors.ts";
import type { Job, PythonStep, SparkStep, Step } from "../../model/job.ts";
import { submitCommand } from "../../spark/jvm.ts";
import type { Runtime } from "../../spark/runtime.ts";
import type { TargetContext } from "../target.ts";
import { waitForGateway } from "./gateway.ts";
import { type Prepared, prepare, stagingOf, stepEnvironment } from "./prepare.ts";
import { type Ended, type Output, type Running, start } from "./process.ts";

export interface StepContext {
  job: Job;
  runtime: Runtime | undefined;
  context: TargetContext;
  output: Output;
  onError: (error: MayflyError) => void;
}

export interface StartedStep {
  pids: number[];
  ui?: string;
  ended: Promise<Ended>;
}

/** Starts the program of a step; a step may be two processes, a JVM and the Python that drives it. */
export async function startStep(
  step: Exclude<Step, { kind: "copy" }>,
  index: number,
  at: StepContext,
): Promise<StartedStep> {
  if (step.kind === "command") return plain(step.command, step.args, at);
  if (!at.runtime) throw new Error(`step ${index} needs a runtime`);
  if (step.kind === "python") {
    return plain(
      at.runtime.python,
      [resolve(at.job.folder, (step as PythonStep).main), ...step.args],
      at,
    );
  }
  const ready = await prepare(at.job, step, index, at.runtime, at.context);
  return step.kind === "pyspark" ? startPython(step, index, ready, at) : startJvm(step, ready, at);
}

/** What every process of a step has in common. */
function surroundings({ job, output, onError, context }: StepContext) {
  return { cwd: job.folder, output, onError, backlog: context.backlog };
}

async function plain(command: string, args: string[], at: StepContext): Promise<StartedStep> {
  const running = await start(command, args, {
    ...surroundings(at),
    env: stepEnvironment(at.job, at.runtime, at.context),
  });
  running.closeInput();
  return { pids: [running.id.pid], ended: running.ended };
}

async function startJvm(step: SparkStep, ready: Prepared, at: StepContext): Promise<StartedStep> {
  const running = await start(
    ...lineOf(submitCommand(ready.jvm, programOf(step, ready.main, ready.jvm.ownJar))),
    { ...surroundings(at), env: ready.env },
  );
  running.closeInput();
  return { pids: [running.id.pid], ui: ready.ui, ended: running.ended };
}

function programOf(step: SparkStep, main: string, ownJar: string): string[] {
  switch (step.kind) {
    case "sql":
      return [
        "--class",
        "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver",
        "spark-internal",
        "-f",
        main,
        ...step.args,
      ];
    case "scala":
      return ["--class", "mayfly.ScalaScript", ownJar, main, ...step.args];
    default: {
      const { className } = step.options;
      return [...(className ? ["--class", className] : []), main, ...step.args];
    }
  }
}

/**
 * PySpark's own way to meet a JVM that was started for it: the script itself is unchanged, its two
 * streams stay apart (spark-submit mixes them), and its traceback is its own.
 */
async function startPython(
  step: SparkStep,
  index: number,
  ready: Prepared,
  at: StepContext,
): Promise<StartedStep> {
  const { runtime } = at;
  if (!runtime) throw new Error("unreachable");
  const info = join(stagingOf(at.context), `gateway-${index}`);
  rmSync(info, { force: true });
  const options = surroundings(at);
  const jvm = await start(...lineOf(submitCommand(ready.jvm, ["pyspark-shell"])), {
    ...options,
    env: { ...ready.env, _PYSPARK_DRIVER_CONN_INFO_PATH: info },
  });
  at.output.quiet = true;
  const gateway = await waitForGateway(jvm, info);
  at.output.quiet = false;
  if ("exitCode" in gateway) return { pids: [jvm.id.pid], ended: Promise.resolve(gateway) };
  const path = [...ready.pythonPath, ...runtime.pythonPath, ready.env.PYTHONPATH ?? ""];
  const python = await start(runtime.python, [ready.main, ...step.args], {
    ...options,
    env: {
      ...ready.env,
      PYTHONPATH: path.filter((part) => part !== "").join(":"),
      PYSPARK_GATEWAY_PORT: String(gateway.port),
      PYSPARK_GATEWAY_SECRET: gateway.secret,
    },
  });
  python.closeInput();
  return { pids: [jvm.id.pid, python.id.pid], ui: ready.ui, ended: endBoth(python, jvm) };
}

/** The script's end is the step's end; its JVM then stops by itself, which closes the event log. */
async function endBoth(python: Running, jvm: Running): Promise<Ended> {
  let jvmEnd: Ended | undefined;
  void jvm.ended.then((ended) => {
    jvmEnd = ended;
    // A script whose JVM died can only wait for answers that never come.
    setTimeout(() => python.signal("SIGKILL"), 3000).unref();
  });
  const result = await python.ended;
  if (jvmEnd !== undefined && result.exitCode !== 0) {
    return (jvmEnd as Ended).exitCode !== 0 ? jvmEnd : result;
  }
  jvm.closeInput();
  const late = setTimeout(() => jvm.signal("SIGKILL"), 15_000);
  await jvm.ended;
  clearTimeout(late);
  return result;
}

function lineOf(line: { command: string; args: string[] }): [string, string[]] {
  return [line.command, line.args];
}

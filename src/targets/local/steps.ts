import { resolve } from "node:path";
import type { MayflyError } from "../../base/errors.ts";
import type { Job, PythonStep, SparkStep, Step } from "../../model/job.ts";
import type { Runtime } from "../../spark/runtime.ts";
import type { Output } from "../output.ts";
import type { TargetContext } from "../target.ts";
import { closeGateway, type Driver, openGateway, runLast } from "./driver.ts";
import type { Drivers } from "./drivers.ts";
import { type Prepared, prepare, stepEnvironment } from "./prepare.ts";
import { type Ended, type Running, type StartOptions, start } from "./process.ts";

export interface StepContext {
  job: Job;
  runtime: Runtime | undefined;
  context: TargetContext;
  drivers: Drivers;
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
  const driver = await at.drivers.take(ready, surroundings(at, ready.env));
  return step.kind === "pyspark"
    ? startPython(step, ready, driver, at)
    : startJvm(step, ready, driver);
}

/** What every process of a step has in common. */
function surroundings(at: StepContext, env: NodeJS.ProcessEnv): StartOptions {
  const { job, output, onError, context } = at;
  return { cwd: job.folder, env, output, onError, backlog: context.backlog };
}

async function plain(command: string, args: string[], at: StepContext): Promise<StartedStep> {
  const env = stepEnvironment(at.job, at.runtime, at.context);
  const running = await start(command, args, surroundings(at, env));
  running.closeInput();
  return { pids: [running.id.pid], ended: running.ended };
}

function startJvm(step: SparkStep, ready: Prepared, driver: Driver): StartedStep {
  runLast(driver, ready, programOf(step, ready.main, ready.jvm.ownJar));
  return { pids: [driver.jvm.id.pid], ui: ready.ui, ended: driver.jvm.ended };
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
  ready: Prepared,
  driver: Driver,
  at: StepContext,
): Promise<StartedStep> {
  const { runtime, drivers } = at;
  if (!runtime) throw new Error("unreachable");
  const { jvm } = driver;
  const path = [...ready.pythonPath, ...runtime.pythonPath, ready.env.PYTHONPATH ?? ""];
  const env = { ...ready.env, PYTHONPATH: path.filter((part) => part !== "").join(":") };
  const coming = await driver.preparePython(ready.main, step.args, surroundings(at, env));
  at.output.quiet = true;
  const gateway = await openGateway(driver, ready);
  at.output.quiet = false;
  if ("exitCode" in gateway) {
    coming.giveUp();
    return { pids: [jvm.id.pid], ended: Promise.resolve(gateway) };
  }
  const python = await coming.meet(gateway);
  const ended = endOf(python, jvm).then(async (result) => {
    await closeGateway(driver, ready);
    await drivers.putBack(driver, ready);
    return result;
  });
  return { pids: [jvm.id.pid, python.id.pid], ui: ready.ui, ended };
}

/** The script's end is the step's end, unless its JVM has died under it. */
async function endOf(python: Running, jvm: Running): Promise<Ended> {
  let jvmEnd: Ended | undefined;
  void jvm.ended.then((ended) => {
    jvmEnd = ended;
    // A script whose JVM died can only wait for answers that never come.
    setTimeout(() => python.signal("SIGKILL"), 3000).unref();
  });
  const result = await python.ended;
  const died = jvmEnd as Ended | undefined;
  return died !== undefined && result.exitCode !== 0 && died.exitCode !== 0 ? died : result;
}

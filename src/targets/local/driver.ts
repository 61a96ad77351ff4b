import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { driverCommand, driverProperties, jvmSettings, ownOptions } from "../../spark/jvm.ts";
import { withArchive } from "../../spark/warm/archive.ts";
import type { ClaimedSpare } from "../../spark/warm/pool.ts";
import { writeRequest } from "../../spark/warm/request.ts";
import type { Output } from "../output.ts";
import { type Gateway, waitForGateway } from "./gateway.ts";
import type { Prepared } from "./prepare.ts";
import { adopt, type Ended, type Running, type StartOptions, start } from "./process.ts";

/** Imports PySpark while the JVM starts, then runs a program as Python does. */
const PROGRAM = resolve(import.meta.dirname, "../../../python/program.py");

/** A JVM that runs the programs it is told, one after another: java/src/mayfly/Driver.java. */
export interface Driver {
  /** What only a new JVM could honour. */
  settings: string;
  /** Of all that must not be ended between two steps. */
  pids: number[];
  jvm: Running;
  hasEnded(): boolean;
  /** Where what it prints goes from now on. */
  printTo(output: Output | undefined): void;
  /** The Python that will drive it, which may start before there is anything to drive. */
  preparePython(script: string, args: string[], options: StartOptions): Promise<ComingPython>;
}

export interface ComingPython {
  meet(gateway: Gateway): Promise<Running>;
  giveUp(): void;
}

export function settingsOf(ready: Prepared): string {
  return JSON.stringify([jvmSettings(ready.jvm), ready.cwd, ready.jvm.short]);
}

export async function startDriver(ready: Prepared, options: StartOptions): Promise<Driver> {
  const { command, args } = withArchive(driverCommand(ready.jvm), ready.archive);
  const [output, printTo] = switched(options.output);
  const jvm = await start(command, args, { ...options, output });
  return {
    ...driverOf(ready, jvm, printTo),
    pids: [jvm.id.pid],
    async preparePython(script, words, at) {
      const python = await start(ready.python, [PROGRAM, script, ...words], at);
      return {
        async meet({ port, secret }) {
          python.tell(`${port} ${secret}\n`);
          python.closeInput();
          return python;
        },
        giveUp: () => python.closeInput(),
      };
    },
  };
}

/** A spare that was started before this run, in the place of a new JVM and a new Python. */
export function adoptSpare(spare: ClaimedSpare, ready: Prepared, options: StartOptions): Driver {
  const [output, printTo] = switched(options.output);
  const jvm: Running = {
    ...adopt(spare.jvm, { ...options, output }),
    tell: (text) => spare.tellJvm(text.replace(/\n$/, "")),
    closeInput: () => spare.tellJvm(null),
  };
  return {
    ...driverOf(ready, jvm, printTo),
    pids: [spare.pid, spare.jvm.pid],
    preparePython: async (script, args, at) => ({
      async meet({ port, secret }) {
        const env = {
          ...at.env,
          PYSPARK_GATEWAY_PORT: String(port),
          PYSPARK_GATEWAY_SECRET: secret,
        };
        const forked = await spare.fork({ script, args, env });
        if (forked) return adopt(forked, at);
        const python = await start(ready.python, [script, ...args], { ...at, env });
        python.closeInput();
        return python;
      },
      giveUp: () => {},
    }),
  };
}

function driverOf(ready: Prepared, jvm: Running, printTo: Driver["printTo"]) {
  let over = false;
  void jvm.ended.then(() => {
    over = true;
  });
  return { settings: settingsOf(ready), jvm, printTo, hasEnded: () => over };
}

/** An output that can be another one from one moment to the next. */
function switched(first: Output): [Output, (next: Output | undefined) => void] {
  let now: Output | undefined = first;
  const output: Output = {
    get quiet() {
      return now?.quiet ?? true;
    },
    set quiet(quiet) {
      if (now) now.quiet = quiet;
    },
    write: (stream, bytes) => now?.write(stream, bytes),
    close: () => {},
  };
  return [
    output,
    (next) => {
      now = next;
    },
  ];
}

/** A program whose end is the end of the JVM. */
export function runLast(driver: Driver, ready: Prepared, program: readonly string[]): void {
  driver.jvm.tell(`last ${request(ready, program)}\n`);
  driver.jvm.closeInput();
}

/** Makes the JVM one that a Python program can reach with PySpark's own variables. */
export async function openGateway(driver: Driver, ready: Prepared): Promise<Gateway | Ended> {
  const info = join(ready.requests, `${ready.index}.gateway`);
  rmSync(info, { force: true });
  const program = ["--class", "mayfly.Gateway", "spark-internal", info];
  driver.jvm.tell(`go ${request(ready, program)}\n`);
  return waitForGateway(driver.jvm, info);
}

/** Back to where another program can follow: contexts stopped, event logs closed. */
export async function closeGateway(driver: Driver, ready: Prepared): Promise<void> {
  driver.jvm.tell("done\n");
  const until = systemClock.now() + CLOSING_MS;
  while (existsSync(requestFile(ready)) && !driver.hasEnded()) {
    if (systemClock.now() > until) driver.jvm.signal("SIGKILL");
    await systemClock.sleep(5);
  }
}

const CLOSING_MS = 15_000;

/**
 * All that a program had is closed by then, and the JVM's own leaving costs a quarter of a second. With
 * options of the person's own it may be an agent that waits for it.
 */
export async function endDriver(driver: Driver, { jvm }: Prepared): Promise<void> {
  if (ownOptions(jvm).length > 0) driver.jvm.closeInput();
  else driver.jvm.signal("SIGKILL");
  const late = setTimeout(() => driver.jvm.signal("SIGKILL"), CLOSING_MS);
  await driver.jvm.ended;
  clearTimeout(late);
}

function requestFile(ready: Prepared): string {
  return join(ready.requests, `${ready.index}.request`);
}

function request(ready: Prepared, program: readonly string[]): string {
  const file = requestFile(ready);
  writeRequest(file, {
    env: ready.env,
    properties: driverProperties(ready.jvm),
    args: ["--properties-file", ready.settings, ...program],
  });
  return file;
}

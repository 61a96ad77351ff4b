import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { listIfThere } from "../../../base/files.ts";
import { sparkOfRelease } from "../../../spark/releases.ts";
import { filesInside, openInside } from "../../instances/read.ts";
import { removeRoot } from "../../instances/remove.ts";
import type { Instance, Instances } from "../../instances.ts";
import type { Put } from "../../logs.ts";
import { tailOf } from "../../tail.ts";
import type { Attempt, JobRun } from "../job-run.ts";
import { demandOf } from "../life/capacity.ts";
import type { Machines } from "../life/runs.ts";
import { failureOf } from "./failure.ts";
import { shipLogs } from "./logs.ts";
import { driverProgram } from "./program.ts";
import { machineSettings, sparkSettings } from "./settings.ts";

export interface WorkersOptions {
  folder: string;
  instances: Instances;
  /** What a client in a worker needs to reach the rehearsal. */
  aws: Record<string, string>;
  put: Put;
  /** Without walls where there are none. */
  unsafe?: boolean;
}

export interface Workers extends Machines {
  /** What Spark has written down of an attempt up to now. */
  events(run: JobRun, attempt: Attempt): Readable | undefined;
  /** The end of what its driver has printed. */
  printed(run: JobRun, attempt: Attempt, stream: Stream): string;
}

export type Stream = "stdout" | "stderr";

const EVENT_LOGS = "var/log/spark/apps";

/** Under a worker's `file:`, as EMR Serverless has no HDFS (public logs: "Warehouse path is 'file:/home/hadoop/spark-warehouse'"). */
const DEFAULTS = {
  Classification: "spark-defaults",
  Properties: {
    "spark.hadoop.fs.defaultFS": "file:///",
    "spark.sql.warehouse.dir": "file:/home/hadoop/spark-warehouse",
  },
};

/** Each attempt has a machine of its own, which goes with it; local Spark has its executors in the driver. */
export function realWorkers(options: WorkersOptions): Workers {
  const { folder, instances, aws, put, unsafe = false } = options;
  const open = new Map<Attempt, Instance>();
  void removeLeft(join(folder, "open"));
  const keptOf = (run: JobRun, { number }: Attempt) => join(folder, "kept", run.id, String(number));

  return {
    demand: (run, application) => demandOf(sparkSettings(run, application)),

    async run(application, run, attempt, signal, begun) {
      const name = `${run.id}-${attempt.number}`;
      const own = join(folder, "open", name);
      const spark = sparkOfRelease(run.releaseLabel);
      const instance = await instances.open({
        clusterId: run.id,
        id: name,
        role: "MASTER",
        folder: own,
        hostname: `ip-10-0-0-${attempt.number}`,
        ...(spark ? { spark } : {}),
        hdfs: join(own, "hdfs", "root"),
        aws,
        unsafe,
        configurations: [DEFAULTS, ...machineSettings(run, application)],
      });
      open.set(attempt, instance);
      try {
        const logs = join(instance.folder, "logs");
        const { command, env } = driverProgram(run, application);
        begun();
        const { code } = await instance.run(command, {
          stdout: join(logs, "stdout"),
          stderr: join(logs, "stderr"),
          env,
          signal,
        });
        await instance.terminate();
        const kept = keptOf(run, attempt);
        mkdirSync(kept, { recursive: true });
        for (const one of ["stdout", "stderr"]) renameSync(join(logs, one), join(kept, one));
        const events = eventsIn(instance);
        if (events) await pipeline(events, createWriteStream(join(kept, "events")));
        await shipLogs(application, run, attempt, kept, put);
        return code === 0 ? undefined : failureOf(code, kept);
      } finally {
        open.delete(attempt);
        await instance.terminate();
        await removeMachine(own);
      }
    },

    events(run, attempt) {
      const instance = open.get(attempt);
      if (instance) return eventsIn(instance);
      const kept = join(keptOf(run, attempt), "events");
      return existsSync(kept) ? createReadStream(kept) : undefined;
    },

    printed(run, attempt, stream) {
      const instance = open.get(attempt);
      const logs = instance ? join(instance.folder, "logs") : keptOf(run, attempt);
      return existsSync(join(logs, stream)) ? tailOf(join(logs, stream)) : "";
    },
  };
}

/** Of a rehearsal that was killed. */
async function removeLeft(folder: string): Promise<void> {
  for (const name of listIfThere(folder)) await removeMachine(join(folder, name)).catch(() => {}); // it is in nobody's way
}

async function removeMachine(folder: string): Promise<void> {
  await removeRoot(folder);
  await removeRoot(join(folder, "hdfs"));
  rmSync(folder, { recursive: true, force: true });
}

/** Of its last context, should a program have made several. */
function eventsIn({ folder }: Instance): Readable | undefined {
  const root = join(folder, "root");
  const names = filesInside(root, EVENT_LOGS).filter((name) => !name.endsWith("/.keep"));
  const last = names.sort().at(-1);
  return last === undefined ? undefined : createReadStream("", { fd: openInside(root, last) });
}

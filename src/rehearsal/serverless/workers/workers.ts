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
import { sparkOfRelease } from "../../../spark/releases.ts";
import { filesInside, openInside } from "../../instances/read.ts";
import { removeRoot } from "../../instances/remove.ts";
import type { Instance, Instances } from "../../instances.ts";
import type { Put } from "../../logs.ts";
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
}

export interface Workers extends Machines {
  /** What Spark has written down of an attempt up to now. */
  events(run: JobRun, attempt: Attempt): Readable | undefined;
}

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
export function realWorkers({ folder, instances, aws, put }: WorkersOptions): Workers {
  const open = new Map<Attempt, Instance>();
  const keptOf = (run: JobRun, { number }: Attempt) => join(folder, "kept", run.id, String(number));

  return {
    demand: (run, application) => demandOf(sparkSettings(run, application)),

    async run(application, run, attempt, signal) {
      const name = `${run.id}-${attempt.number}`;
      const own = join(folder, "open", name);
      const hdfs = join(own, "hdfs");
      const spark = sparkOfRelease(run.releaseLabel);
      const instance = await instances.open({
        clusterId: run.id,
        id: name,
        role: "MASTER",
        folder: own,
        hostname: `ip-10-0-0-${attempt.number}`,
        ...(spark ? { spark } : {}),
        hdfs: join(hdfs, "root"),
        aws,
        configurations: [DEFAULTS, ...machineSettings(run, application)],
      });
      open.set(attempt, instance);
      try {
        const logs = join(instance.folder, "logs");
        const { command, env } = driverProgram(run, application);
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
        await removeRoot(own);
        await removeRoot(hdfs);
        rmSync(own, { recursive: true, force: true });
      }
    },

    events(run, attempt) {
      const instance = open.get(attempt);
      if (instance) return eventsIn(instance);
      const kept = join(keptOf(run, attempt), "events");
      return existsSync(kept) ? createReadStream(kept) : undefined;
    },
  };
}

/** Of its last context, should a program have made several. */
function eventsIn({ folder }: Instance): Readable | undefined {
  const root = join(folder, "root");
  const names = filesInside(root, EVENT_LOGS).filter((name) => !name.endsWith("/.keep"));
  const last = names.sort().at(-1);
  return last === undefined ? undefined : createReadStream("", { fd: openInside(root, last) });
}

import { join } from "node:path";
import { type Clock, systemClock } from "../../../base/clock.ts";
import { MayflyError } from "../../../base/errors.ts";
import { logLineFilter } from "../../../base/format.ts";
import type { Stores } from "../../../storage/open.ts";
import { openOutput } from "../../output.ts";
import type { TargetContext } from "../../target.ts";
import { driverFolders, type LogFolder, logFolder } from "./tail.ts";

/** EMR's guide, "View log files": logs are archived to S3 every five minutes. */
const LATE_MS = 5 * 60_000;
/** From when on what is there already is taken to be all: of one push not all objects come in one moment. */
const SETTLED_MS = 30_000;
const RUNNING_LOOK_MS = 5000;
const ENDED_LOOK_MS = 1000;
/** A step that is over by then needs no word about late logs. */
const TOLD_MS = 10_000;

export interface LogsWish {
  step: number;
  /** `s3://BUCKET/mayfly/logs/CLUSTER/`. */
  logs: string;
  id: string;
  /** The driver runs in a container, and what it prints lies with it. */
  inContainer: boolean;
  stores: Stores;
  /** Lines of an earlier step come first. */
  after: Promise<void>;
  /** Tells how late they are, and never twice in a run. */
  late: () => void;
}

export interface Following {
  /** EMR says that the step has ended: what has not come soon never will. */
  stepEnded(at: number): void;
  /** The cluster is gone, and has put its logs on S3 before: what is not there in a moment never will be. */
  clusterEnded(): void;
  /** Settles when all has come that will. Never fails. */
  done: Promise<void>;
  /** Spark's, as YARN names them. */
  applications: Set<string>;
}

/** Shows what a step prints, as EMR puts it on S3: into the run's own logs and before who looks on. */
export function followLogs(
  wish: LogsWish,
  context: Pick<TargetContext, "folder" | "emit" | "signal">,
  clock: Clock = systemClock,
): Following {
  const { step, logs, id, stores } = wish;
  const { emit, signal } = context;
  const applications = new Set<string>();
  const drivers = new Map<string, LogFolder>();
  let controllerEnded = false;
  /** By EMR's clock, and by ours. */
  let over: { at: number; here: number } | undefined;
  const wake = new AbortController();
  let until = Number.POSITIVE_INFINITY;

  let own = (text: string) => text;
  const output = openOutput(join(context.folder, "logs", String(step)), (stream, text) => {
    const shown = stream === "stdout" ? text : own(text);
    if (shown !== "") emit({ code: "step.output", step, stream, text: shown });
  });
  const taker = (heard?: (name: string, text: string) => void) => {
    const filter = logLineFilter();
    return (name: string, lines: Buffer) => {
      heard?.(name, lines.toString());
      if (name !== "stdout" && name !== "stderr") return;
      own = filter;
      output.write(name, lines);
    };
  };
  const hear = (name: string, text: string) => {
    // As the controller ends in public traces: "Step succeeded with exitCode 0 and took 12 seconds".
    if (name === "controller")
      controllerEnded ||= /\bStep (?:succeeded|failed) with exit/.test(text);
    // YARN's client says it where the driver is started: "Submitted application application_…".
    for (const [, app = ""] of text.matchAll(/Submitted application (application_\d+_\d+)/g))
      applications.add(app);
  };
  const steps = logFolder(stores, `${logs}steps/${id}/`, taker(hear));

  const look = async () => {
    await steps.look();
    if (!wish.inContainer) return;
    for (const app of applications)
      for (const uri of await driverFolders(stores, `${logs}containers/${app}/`))
        if (!drivers.has(uri)) drivers.set(uri, logFolder(stores, uri, taker()));
    for (const folder of drivers.values()) await folder.look();
  };

  /** Put since the step ended, or with what has been. S3 tells seconds. */
  const isWhole = (folder: LogFolder, since: number) => {
    const grace = clock.now() - (over?.here ?? 0) > SETTLED_MS;
    return ["stdout", "stderr"].every((name) => {
      const put = folder.put(name);
      return put !== undefined && (grace || put + 1000 >= since);
    });
  };
  const isOver = (ended: number) => {
    if (!controllerEnded && (steps.put("controller") ?? 0) < ended) return false;
    if (!isWhole(steps, (steps.put("controller") ?? ended) - 1000)) return false;
    if (!wish.inContainer || applications.size === 0) return true;
    const last = [...drivers.values()].at(-1);
    // The client asks YARN once a second: the driver's end is not long before the step's.
    return last !== undefined && isWhole(last, ended - 5000);
  };

  const follow = async () => {
    const began = clock.now();
    let troubled = false;
    while (!signal.aborted) {
      // Whether it has ended is read first: what was printed before that is then surely looked for.
      const ended = over;
      try {
        await look();
        troubled = false;
      } catch (error) {
        if (!troubled) emit({ code: "note", text: troubleOf(error) });
        troubled = true;
      }
      if (ended !== undefined && !troubled && isOver(ended.at)) return;
      if (clock.now() > until) {
        const text = `not all that the step has printed has come; what comes later lies in ${logs}steps/${id}/`;
        return emit({ code: "note", text });
      }
      if (clock.now() - began > TOLD_MS) wish.late();
      if (ended) await clock.sleep(ENDED_LOOK_MS, signal);
      else await clock.sleep(RUNNING_LOOK_MS, AbortSignal.any([signal, wake.signal]));
    }
  };

  const done = wish.after
    .then(follow)
    .catch((error: unknown) => emit({ code: "note", text: troubleOf(error) }))
    .finally(() => {
      for (const folder of [steps, ...drivers.values()]) folder.flush();
      output.close();
    });
  return {
    applications,
    done,
    stepEnded(at) {
      over = { at, here: clock.now() };
      until = over.here + LATE_MS + SETTLED_MS;
      wake.abort();
    },
    clusterEnded() {
      over ??= { at: clock.now(), here: clock.now() };
      until = Math.min(until, clock.now() + SETTLED_MS);
      wake.abort();
    },
  };
}

function troubleOf(error: unknown): string {
  const why = error instanceof MayflyError ? error.message : String(error);
  return `the logs cannot be read: ${why}; asking again`;
}

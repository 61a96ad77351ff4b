import { AwsRefusal } from "../../aws/asking.ts";
import type { EmrStep, EmrStepRequest } from "../../aws/emr.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { toMayflyError } from "../../base/errors.ts";
import type { CopyStep } from "../../model/job.ts";
import type { Stores } from "../../storage/open.ts";
import { copyHere } from "../copy.ts";
import { lookAtOutputs } from "../outputs.ts";
import type {
  Closing,
  FoundOutput,
  Session,
  StepResult,
  Submitted,
  TargetContext,
} from "../target.ts";
import type { Account } from "./account.ts";
import { type Following, followLogs } from "./jobs/logs.ts";
import { inContainer, type StepWish, stepPrefix, stepRequest } from "./jobs/steps.ts";
import { isElsewhere } from "./jobs/there.ts";
import { ended } from "./life/cluster.ts";
import { converge } from "./life/converge.ts";
import { DO, placed } from "./life/intents.ts";
import type { Meter } from "./money/meter.ts";
import { hourlyText, monthOf } from "./money/remains.ts";
import { costOf } from "./plan/actual.ts";
import { asSoonAsMay, openPoll } from "./poll.ts";
import { logsOf } from "./shape/request.ts";
import { keepCluster } from "./stay/keep.ts";
import { holdLock } from "./stay/lock.ts";
import type { Taken } from "./stay/take.ts";

export interface LiveCluster extends StepWish, Taken {
  /** Output → where the job wants it on this machine. */
  homes: Record<string, string>;
  /** By a connection of its own: it is asked for when all else is closed. */
  bring(output: FoundOutput, to: string): Promise<void>;
  account: Account;
  stores: Stores;
  bucket: string;
  meter: Meter;
}

interface Live extends Submitted {
  id: string;
  logs: Following;
}

/** A copy that this machine makes: one end of it lies here. */
interface Here extends Submitted {
  copied: Promise<{ exitCode: number }>;
}

/** What has come of a step's logs when it has ended well holds up the next one for so long at most. */
const MOST_WAIT_MS = 2000;

/** A cluster that takes the job's steps one after the other, and ends with the session. */
export function makeSession(
  at: LiveCluster,
  context: TargetContext,
  clock: Clock = systemClock,
): Session {
  const { account, cluster, stores, bucket, job, settings, after } = at;
  const { emr } = account;
  const poll = openPoll(emr, cluster, context.emit, clock);
  const letGo = at.held ? holdLock(account, cluster, context.run) : () => {};
  const steps = new Map<number, string>();
  const leaving: Promise<void>[] = [];
  let over = false;
  const following: Following[] = [];
  const late = onceInARun(() =>
    context.emit({
      code: "note",
      text: "what a program prints comes by S3, where EMR puts it every 5 minutes and after its end",
    }),
  );

  /** A step whose reply was lost may have been added all the same: its name says whose it is. */
  const addOrFind = (request: EmrStepRequest, index: number): Promise<string> =>
    emr.addStep(cluster, request).catch(async (error: unknown) => {
      if (error instanceof AwsRefusal) throw error;
      const known = await asSoonAsMay(() => emr.listSteps(cluster), context, clock);
      const prefix = `${stepPrefix(context.run, index)} `;
      const found = known.find(({ Name }) => Name.startsWith(prefix));
      if (found) return found.Id;
      throw error;
    });

  return {
    async submit(asked, index) {
      const step = job.steps[index] ?? asked;
      if (step.kind === "copy" && isMadeHere(step)) {
        const copied = context.act(
          { do: "copy", id: `step-${index}`, from: step.from, to: step.to },
          () => copyHere(step, index, stores, context),
        );
        return { step, index, copied } satisfies Here;
      }
      const request = stepRequest(step, index, context.run, at);
      const id = await context.act(
        placed({ do: DO.step, id: `step-${index}`, cluster, name: request.Name }, account.where),
        () => asSoonAsMay(() => addOrFind(request, index), context, clock),
        (made) => made,
      );
      steps.set(index, id);
      const logs = followLogs(
        {
          ...{ step: index, id, stores, late },
          after: following.at(-1)?.done ?? Promise.resolve(),
          logs: `${logsOf(settings, bucket)}${cluster}/`,
          inContainer: inContainer(step, job, settings),
        },
        context,
        clock,
      );
      following.push(logs);
      return { step, index, id, logs } satisfies Live;
    },

    async watch(submitted) {
      if ("copied" in submitted) return { ...(await (submitted as Here).copied), apps: [] };
      const { id, step, logs } = submitted as Live;
      let told = "PENDING";
      const { State, Timeline, FailureDetails } = await poll.step(
        id,
        ({ Status }) => {
          if (hasEnded(Status)) return Status;
          if (Status.State !== told)
            context.emit({ code: "note", text: `step ${step.name} (${id}) is ${Status.State}` });
          told = Status.State;
          return undefined;
        },
        { signal: context.signal },
      );
      logs.stepEnded((Timeline?.EndDateTime ?? clock.now() / 1000) * 1000);
      if (State !== "COMPLETED") {
        const { Status } = await poll.cluster((found) => found, { signal: context.signal });
        // Not the step has failed, but what it ran on.
        over = /^TERMINAT/.test(Status.State);
        if (over) throw ended(cluster, Status);
        const { Reason, Message } = FailureDetails ?? {};
        const why = [Reason, Message].filter(Boolean).join(" ");
        if (why) context.emit({ code: "note", text: `EMR says of ${step.name} (${id}): ${why}` });
        await logs.done; // they say why
      } else {
        // What comes later is shown while the next step runs: a cluster that only waits costs the same.
        const enough = new AbortController();
        await Promise.race([logs.done, clock.sleep(MOST_WAIT_MS, enough.signal)]);
        enough.abort();
      }
      return { exitCode: exitCodeOf(State), apps: appsOf(logs, Timeline) } satisfies StepResult;
    },

    async cancel({ index }) {
      const id = steps.get(index);
      // It ends with the cluster, too.
      if (id) leaving.push(emr.cancelStep(cluster, id).catch(() => {}));
    },

    outputs: () => asSoonAsMay(() => lookAtOutputs(job, stores, at.homes), context, clock),

    bring: async (output, to) => at.bring(output, to),

    async close() {
      await Promise.all(leaving);
      letGo();
      at.meter.end();
      const { act, run, attempts, env, emit, signal } = context;
      // Who is interrupted is not going to look around.
      const keep = typeof after === "object" && !signal.aborted ? after : undefined;
      // What could not be kept is ended; what cannot be ended now is told, and ended by the next command.
      const failed = (what: string) => async (error: unknown) => {
        const { message } = toMayflyError(error, what);
        emit({ code: "note", text: message });
        const hourly = await hourlyText(account, cluster, env);
        return { gone: [], remains: [], pending: [`cluster ${cluster}${hourly}: ${message}`] };
      };
      if (keep) await keepCluster(account, keep.keep, keep, act).catch(failed("keep the cluster"));
      const closing: Closing = await converge({ act, run, attempts, env, emit, wait: true }).catch(
        failed("end what the run has left"),
      );
      // A cluster that ends puts the rest of its logs on S3.
      if (after === "end") for (const one of following) one.clusterEnded();
      await following.at(-1)?.done;
      const logsThere = `${logsOf(settings, bucket)}${cluster}/`;
      const places = [
        logsThere,
        ...Object.values(job.outputs).filter((uri) => /^s3[an]?:/.test(uri)),
      ];
      const perMonth = await monthOf(account, { attempts: attempts(), places }, stores, env);
      await stores.close();
      const logs = settings.logs ? [`its logs in ${settings.logs}`] : [];
      const files = `${logs.length > 0 ? "the" : "its logs and the"} job's files in s3://${bucket}/mayfly/`;
      // Of one that stays, or was there before, nobody has counted.
      const cost =
        closing.cost ?? (await costOf(emr, cluster, account.where.region, env, at.since, clock));
      return {
        ...closing,
        ...(cost ? { cost } : {}),
        ...(perMonth ? { perMonth } : {}),
        remains: [
          ...closing.remains,
          ...(after === "leave" && !over ? [`cluster ${cluster}, which was there before`] : []),
          ...logs,
          files,
        ],
      };
    },
  };
}

const isMadeHere = ({ from, to }: CopyStep) =>
  !isElsewhere(to) || (!isElsewhere(from) && !to.startsWith("hdfs:"));

function onceInARun(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

const hasEnded = ({ State }: EmrStep["Status"]) =>
  !/^(PENDING|RUNNING|CANCEL_PENDING)$/.test(State);

/** EMR tells no exit code of a program. */
function exitCodeOf(state: string): number {
  if (state === "COMPLETED") return 0;
  return state === "CANCELLED" ? 130 : 1;
}

function appsOf({ applications }: Following, times: EmrStep["Status"]["Timeline"]) {
  const { StartDateTime, EndDateTime } = times ?? {};
  if (StartDateTime === undefined) return [];
  return [...applications].map((id) => ({
    id,
    startedAt: StartDateTime * 1000,
    ...(EndDateTime === undefined ? {} : { endedAt: EndDateTime * 1000 }),
  }));
}

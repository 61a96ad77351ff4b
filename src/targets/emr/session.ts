import { join } from "node:path";
import { AwsRefusal } from "../../aws/ask-json.ts";
import type { Emr } from "../../aws/emr.ts";
import { type Clock, systemClock } from "../../base/clock.ts";
import { withoutLogLines } from "../../base/format.ts";
import type { Job, Step } from "../../model/job.ts";
import type { Stores } from "../../storage/open.ts";
import { openOutput } from "../output.ts";
import type { Session, StepResult, Submitted, TargetContext } from "../target.ts";
import { fetchLog } from "./jobs/logs.ts";
import { lookAtOutputs } from "./jobs/outputs.ts";
import type { Staged } from "./jobs/stage.ts";
import { stepPrefix, stepRequest } from "./jobs/steps.ts";
import { ended, terminate } from "./life/cluster.ts";
import type { Own } from "./own/own.ts";
import { costOf } from "./plan/actual.ts";
import { logsOf } from "./shape/request.ts";
import type { EmrSettings } from "./shape/settings.ts";

export interface LiveCluster {
  job: Job;
  settings: EmrSettings;
  staged: Staged;
  emr: Emr;
  cluster: string;
  own: Own;
  stores: Stores;
  bucket: string;
  region: string;
}

interface Live extends Submitted {
  id: string;
}

const LOOK_MS = 1000;

/** A cluster that takes the job's steps one after the other, and ends with the session. */
export function makeSession(
  at: LiveCluster,
  context: TargetContext,
  clock: Clock = systemClock,
): Session {
  const { emr, cluster, stores, bucket, job } = at;
  const steps = new Map<number, string>();

  return {
    async submit(step: Step, index: number) {
      const request = stepRequest(step, index, context.run, at);
      const id = await context.act(
        { do: "add-step", id: `step-${index}`, cluster, name: request.Name },
        () =>
          emr.addStep(cluster, request).catch(async (error: unknown) => {
            const known = error instanceof AwsRefusal ? [] : await emr.listSteps(cluster);
            const prefix = `${stepPrefix(context.run, index)} `;
            const found = known.find(({ Name }) => Name.startsWith(prefix));
            if (found) return found.Id;
            throw error;
          }),
        (made) => made,
      );
      steps.set(index, id);
      return { step, index, id } satisfies Live;
    },

    async watch(submitted) {
      const { id, index } = submitted as Live;
      let state: string;
      for (;;) {
        state = (await emr.describeStep(cluster, id)).Status.State;
        if (!/^(PENDING|RUNNING|CANCEL_PENDING)$/.test(state)) break;
        await clock.sleep(LOOK_MS);
      }
      if (state !== "COMPLETED" && !context.signal.aborted) {
        const { Status } = await emr.describeCluster(cluster);
        // Not the step has failed, but what it ran on.
        if (/^TERMINAT/.test(Status.State)) throw ended(cluster, Status);
      }
      await showLogs(id, index);
      return { exitCode: exitCodeOf(state), apps: [] } satisfies StepResult;
    },

    async cancel({ index }) {
      const id = steps.get(index);
      if (id) await emr.cancelStep(cluster, id).catch(() => {}); // it ends with the cluster
    },

    outputs: () => lookAtOutputs(job, stores),

    async close() {
      await terminate(emr, cluster, context);
      const own = await at.own.close();
      await stores.close();
      const logs = at.settings.logs ? [`its logs in ${at.settings.logs}`] : [];
      const files = `${logs.length > 0 ? "the" : "its logs and the"} job's files in s3://${bucket}/mayfly/`;
      const cost = await costOf(emr, cluster, at.region, context.env);
      return {
        ...(cost ? { cost } : {}),
        gone: [`cluster ${cluster}`, ...own.gone],
        remains: [...logs, files, ...own.remains],
      };
    },
  };

  async function showLogs(id: string, index: number): Promise<void> {
    const show = (stream: "stdout" | "stderr", text: string) => {
      const own = stream === "stdout" ? text : withoutLogLines(text);
      if (own !== "") context.emit({ code: "step.output", step: index, stream, text: own });
    };
    const output = openOutput(join(context.folder, "logs", String(index)), show);
    const waiting = () =>
      context.emit({
        code: "note",
        text: "its logs are on their way to S3; EMR takes up to 5 minutes",
      });
    try {
      for (const stream of ["stderr", "stdout"] as const) {
        const uri = `${logsOf(at.settings, bucket)}${cluster}/steps/${id}/${stream}.gz`;
        for (const part of (await fetchLog(stores, uri, context.signal, waiting)) ?? [])
          output.write(stream, part);
      }
    } finally {
      output.close();
    }
  }
}

/** EMR tells no exit code of a program. */
function exitCodeOf(state: string): number {
  if (state === "COMPLETED") return 0;
  return state === "CANCELLED" ? 130 : 1;
}

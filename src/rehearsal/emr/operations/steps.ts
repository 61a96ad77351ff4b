import { invalidRequest, validation } from "../../protocol/errors.ts";
import { isEnding, type StepRequest } from "../cluster.ts";
import { createStep } from "../create.ts";
import { viewStep } from "../view.ts";
import type { Emr } from "../world.ts";
import { page } from "./pages.ts";

/** EMR's guide, "Submit work to a cluster": so many may wait and run at once. */
const MOST_ACTIVE = 256;
const ACTIVE = /^(PENDING|RUNNING|CANCEL_PENDING)$/;

export function stepOperations({ clusters, now }: Emr) {
  return {
    AddJobFlowSteps({ JobFlowId, Steps }: { JobFlowId: string; Steps: StepRequest[] }) {
      const cluster = clusters.all().find(({ id }) => id === JobFlowId);
      if (!cluster) throw validation("Specified job flow ID does not exist.");
      if (isEnding(cluster))
        throw validation(
          "A job flow that is shutting down, terminated, or finished may not be modified.",
        );
      const active = cluster.steps.filter(({ state }) => ACTIVE.test(state)).length;
      if (active + Steps.length > MOST_ACTIVE)
        throw validation(
          "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.",
        );
      const steps = Steps.map((step) => createStep(step, now()));
      cluster.steps.push(...steps);
      clusters.save(cluster);
      clusters.life(cluster)?.wake();
      return { StepIds: steps.map(({ id }) => id) };
    },
    DescribeStep({ ClusterId, StepId }: { ClusterId: string; StepId: string }) {
      const step = clusters.get(ClusterId).steps.find(({ id }) => id === StepId);
      if (!step) throw invalidRequest(`Step id '${StepId}' is not valid.`);
      return { Step: viewStep(step) };
    },
    ListSteps(asked: {
      ClusterId: string;
      StepStates?: string[];
      StepIds?: string[];
      Marker?: string;
    }) {
      const { StepIds, StepStates } = asked;
      const { steps } = clusters.get(asked.ClusterId);
      if (StepIds?.length && StepStates?.length)
        throw invalidRequest("Cannot specify both StepIds and StepStates.");
      const unknown = StepIds?.find((id) => !steps.some((step) => step.id === id));
      if (unknown) throw invalidRequest(`Step id '${unknown}' is not valid.`);
      // API reference: "in reverse order unless you specify stepIds".
      const fitting = steps
        .filter(
          ({ id, state }) =>
            (!StepIds?.length || StepIds.includes(id)) &&
            (!StepStates?.length || StepStates.includes(state)),
        )
        .reverse();
      const { items, ...more } = page(fitting, asked.Marker, 50);
      return { Steps: items.map(viewStep), ...more };
    },
    CancelSteps(asked: { ClusterId: string; StepIds: string[]; StepCancellationOption?: string }) {
      const cluster = clusters.get(asked.ClusterId);
      const CancelStepsInfoList = asked.StepIds.map((StepId) => {
        const step = cluster.steps.find(({ id }) => id === StepId);
        if (!step) throw invalidRequest(`Step id '${StepId}' is not valid.`);
        if (clusters.life(cluster)?.cancel(step)) return { StepId, Status: "SUBMITTED" };
        return {
          StepId,
          Status: "FAILED",
          Reason: `Step with id ${StepId} is in ${step.state} state and cannot be cancelled.`,
        };
      });
      return { CancelStepsInfoList };
    },
  };
}

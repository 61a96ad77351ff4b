import { type Job, noOptions } from "../../model/job.ts";
import type { Plan } from "../../model/plan.ts";
import { placesOf } from "../project.ts";
import { chooseKeeper, type UpRequest } from "./up.ts";

/** What opening a cluster that stays would do and cost; touches nothing. */
export async function planUp(request: Omit<UpRequest, "signal">): Promise<Plan> {
  const { name, env } = request;
  const { project, target } = await chooseKeeper(request);
  const job: Job = {
    ...{ name, folder: project.folder, steps: [], inputs: {}, outputs: {}, env: {} },
    options: noOptions(),
  };
  const places = placesOf(project, true);
  return target.plan(job, { places, env, read: true, strictRelease: false, stays: true });
}

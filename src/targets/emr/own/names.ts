import type { Act } from "../../../model/run.ts";
import { MANAGED_TAG, OWNER_TAG, RUN_TAG } from "../shape/request.ts";

export const PREFIX = "mayfly-";

/** A run's id stands in the name of all that is made for it. */
export const nameOf = (run: string, what?: string) =>
  what === undefined ? `${PREFIX}${run}` : `${PREFIX}${run}-${what}`;

export const tagsOf = (run: string, owner: string) => ({
  [RUN_TAG]: run,
  [OWNER_TAG]: owner,
  [MANAGED_TAG]: "true",
});

/** Who makes something, for which run. */
export interface Maker {
  run: string;
  owner: string;
  region: string;
  act: Act;
}

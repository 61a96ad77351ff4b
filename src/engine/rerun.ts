import { MayflyError } from "../base/errors.ts";
import type { RunRequest } from "./job/request.ts";
import type { Located } from "./runs/records.ts";

/** The request of an earlier run, to be asked again: the same job, the latest code. */
export function requestOf(run: Located): RunRequest {
  const request = run.record.request as unknown as RunRequest;
  if (typeof request?.job !== "string" || typeof request.cwd !== "string") {
    throw new MayflyError(
      "damaged",
      `cannot run ${run.record.id} again: its request is not kept in run.json`,
    );
  }
  const settings = { ...request.env, ...request.options?.conf };
  const hidden = Object.keys(settings).filter((key) => settings[key]?.includes("***"));
  if (request.args?.some((arg) => arg.includes("***"))) hidden.push("an argument");
  if (hidden.length > 0) {
    throw new MayflyError(
      "refused",
      `cannot run ${run.record.id} again: the value of "${hidden[0]}" is a secret and is not kept`,
      "start it anew with mayfly run, giving the value",
    );
  }
  return request;
}

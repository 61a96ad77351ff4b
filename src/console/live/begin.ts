import { startApart } from "../../engine/apart/start.ts";
import type { RunRequest } from "../../engine/job/request.ts";
import type { ConsoleContext } from "../context.ts";

/** A run that is begun here ends with the console. */
export async function beginRun(
  request: RunRequest,
  { env, began }: ConsoleContext,
): Promise<{ id: string }> {
  const run = await startApart(request, env);
  began.add(run);
  void run.ended.then(() => began.delete(run));
  return { id: run.id };
}

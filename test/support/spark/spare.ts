import { after } from "node:test";
import { listSpares, startWarm, stopSpares } from "../../../src/engine/warm.ts";
import { makeFolder } from "../cli.ts";
import { eventually } from "../eventually.ts";

/** Spares of a test are its own. Sockets have short names: not below the folder of a test, which may be deep. */
export function ownSpares(): void {
  const state = makeFolder();
  process.env.XDG_STATE_HOME = state.path;
  process.env.MAYFLY_WARM = "";
  after(async () => {
    await stopSpares(process.env);
    state.remove();
  });
}

/** A spare driver for programs in this folder, or for a job, exercised and waiting; the first makes the archive of classes before. */
export async function readySpare(folder: string, job?: string): Promise<string> {
  const spare = await startWarm(job, folder, process.env, () => {});
  if (!spare) throw new Error("there was one already");
  const look = async () => {
    const now = listSpares(process.env).find(({ id }) => id === spare.id);
    if (!now) throw new Error("the spare has ended by itself");
    return now.state === "ready" ? spare.id : undefined;
  };
  return eventually("a spare that is ready", look, 100, 300_000);
}

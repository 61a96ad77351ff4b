import { toMayflyError } from "../../base/errors.ts";
import type { RunRequest } from "../job/request.ts";
import { run } from "../run.ts";

/** A run in a process of its own, for a host that goes on with other things; it ends with that host. */
process.once("message", async (request: RunRequest) => {
  try {
    const handle = await run(request, { progress: true });
    process.on("SIGINT", () => handle.cancel("SIGINT"));
    process.on("SIGTERM", () => handle.cancel("SIGTERM"));
    process.on("disconnect", () => handle.cancel("SIGTERM"));
    // The host may have gone while all was looked at, with nobody told of it yet.
    const told = (error: Error | null) => error && handle.cancel("SIGTERM");
    if (process.connected) process.send?.({ id: handle.id }, undefined, undefined, told);
    else handle.cancel("SIGTERM");
    for await (const _ of handle.events); // they are on the disk; whoever wants them reads them there
    process.exitCode = (await handle.outcome).exitCode;
  } catch (error) {
    const { code, message, remedy, exitCode } = toMayflyError(error, "run the job");
    process.exitCode = exitCode;
    if (process.connected) process.send?.({ code, message, remedy });
  }
  if (process.connected) process.disconnect();
});

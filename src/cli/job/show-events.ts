import type { RunRequest } from "../../engine/job/request.ts";
import { type RunOptions, run } from "../../engine/run.ts";
import type { Event } from "../../model/event.ts";
import type { Io } from "../command.ts";
import { textHost } from "../host/text.ts";

/** Runs a request and shows its events until it has ended. */
export async function runAndShow(request: RunRequest, json: boolean, io: Io): Promise<number> {
  const handle = await run(request, runOptions(json, io));
  await showEvents(handle, json, io);
  return (await handle.outcome).exitCode;
}

export function runOptions(json: boolean, io: Io): RunOptions {
  return {
    progress: json || io.terminal.err,
    // Somebody sits there and may run it again; a script leaves nothing behind.
    keepWarm: io.terminal.err && io.terminal.in,
    env: io.env,
  };
}

interface Happening {
  events: AsyncIterable<Event>;
  cancel(signal: "SIGINT" | "SIGTERM"): void;
}

/** Shows what happens until it has ended; signals end it, which ends us. */
export async function showEvents(handle: Happening, json: boolean, io: Io): Promise<void> {
  const forget = passSignals(handle, io);
  const host = json
    ? { show: (event: object) => io.out(`${JSON.stringify(event)}\n`), close: () => {} }
    : textHost(io);
  try {
    for await (const event of handle.events) {
      host.show(event);
      await io.ready();
    }
  } finally {
    host.close();
    forget();
  }
}

function passSignals(handle: Happening, io: Io): () => void {
  let asked = false;
  const interrupt = () => {
    if (asked) {
      // A cluster takes minutes to go; who knows that need not sit there.
      io.err("not waited for any longer; the next command, or mayfly reap, looks again\n");
      process.exit(130);
    }
    asked = true;
    handle.cancel("SIGINT");
  };
  const terminate = () => handle.cancel("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  // A terminal that is closed takes its runs with it.
  process.on("SIGHUP", terminate);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
    process.off("SIGHUP", terminate);
  };
}

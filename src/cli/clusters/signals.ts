import { interruption, MayflyError } from "../../base/errors.ts";

/** Ctrl-C and its like end what a command waits for; the command says what stays. */
export async function withSignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort("SIGINT");
  const terminate = () => abort.abort("SIGTERM");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  process.on("SIGHUP", terminate);
  try {
    return await work(abort.signal);
  } catch (error) {
    // What it was asking AWS at that moment ends with the signal's name.
    if (!abort.signal.aborted || error instanceof MayflyError) throw error;
    throw interruption(
      abort.signal,
      "interrupted: what was asked to end may not be gone yet",
      "mayfly reap looks again",
      error,
    );
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
    process.off("SIGHUP", terminate);
  }
}

import { printable } from "../../base/format.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import type { Io } from "../command.ts";

/** What commands that were killed have left is ended first; who looks on is told. */
export async function tellRecovered(project: string, io: Io): Promise<void> {
  for (const { id, pending } of await recoverRuns(project))
    io.err(
      pending.length === 0
        ? `run ${id} had been killed; what it left was ended\n`
        : `run ${id} has left something, which was asked to end: ${pending.map(printable).join("; ")}\n`,
    );
}

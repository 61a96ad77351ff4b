import { printable } from "../../base/format.ts";
import { recoverOpenings } from "../../engine/clusters/opening.ts";
import { projectFolder } from "../../engine/project.ts";
import { recoverRuns } from "../../engine/runs/recover.ts";
import type { Io } from "../command.ts";

/** What commands that were killed have left is ended first; who looks on is told. */
export async function tellRecovered(io: Io): Promise<void> {
  for (const { id, pending } of await recoverRuns(projectFolder(io.cwd)))
    io.err(
      pending.length === 0
        ? `run ${id} had been killed; what it left was ended\n`
        : `run ${id} has left something, which was asked to end: ${pending.map(printable).join("; ")}\n`,
    );
  for (const name of await recoverOpenings(io.env))
    io.err(`the opening of ${name} had been killed; what it left was asked to end\n`);
}

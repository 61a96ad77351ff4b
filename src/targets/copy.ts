import { join } from "node:path";
import { MayflyError } from "../base/errors.ts";
import { formatBytes, plural } from "../base/format.ts";
import type { CopyStep } from "../model/job.ts";
import type { Stores } from "../storage/open.ts";
import { openOutput } from "./output.ts";
import type { TargetContext } from "./target.ts";

/** A copy that this machine makes: what `mayfly fs cp --recursive` does; what Spark wrote is replaced, not added to. */
export async function copyHere(
  { from, to }: CopyStep,
  step: number,
  stores: Stores,
  { folder, emit, signal }: Pick<TargetContext, "folder" | "emit" | "signal">,
): Promise<{ exitCode: number }> {
  const output = openOutput(join(folder, "logs", String(step)), (stream, text) =>
    emit({ code: "step.output", step, stream, text }),
  );
  try {
    const { copy } = await import("../storage/move/copy.ts");
    const done = await copy(
      { from: [from], to, recursive: true, filter: { rules: [] }, replaceParts: true },
      stores,
      { signal },
    );
    const [failed] = done.failed;
    if (failed) throw new MayflyError("job-failed", failed.reason);
    const text = `${from} → ${to}: ${plural(done.files, "file")}, ${formatBytes(done.bytes)}\n`;
    output.write("stdout", Buffer.from(text));
    return { exitCode: 0 };
  } catch (error) {
    const { message, remedy } = error as MayflyError;
    output.write("stderr", Buffer.from(`${message}${remedy ? `\n${remedy}` : ""}\n`));
    return { exitCode: 1 };
  } finally {
    output.close();
  }
}

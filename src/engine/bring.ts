import { join } from "node:path";
import type { RunRecord } from "../model/run.ts";
import type { FoundOutput, Session, TargetContext } from "../targets/target.ts";
import { writeRecord } from "./runs/records.ts";
import { describeOutput } from "./steps.ts";

/** Outputs that lie elsewhere come into the run's own folder, or to where the job wants them; each is told when it is here. */
export async function bringOutputs(
  found: FoundOutput[],
  session: Session,
  record: RunRecord,
  { folder, act, emit }: Pick<TargetContext, "folder" | "act" | "emit">,
): Promise<void> {
  for (const output of found) {
    const { name, uri, home } = output;
    const path = home ?? join(folder, "outputs", fileName(name));
    try {
      await act({ do: "bring", id: `output-${name}`, uri, path }, () =>
        session.bring?.(output, path),
      );
    } catch (error) {
      const text = `the output ${name} is whole at ${uri}; mayfly fs cp --live-s3 --recursive ${uri} ${path} brings the rest of it`;
      emit({ code: "note", text });
      throw error;
    }
    const here = { ...(await describeOutput({ name, uri, path })), brought: true as const };
    record.outputs = record.outputs?.map((one) => (one.name === name ? here : one)) ?? [];
    emit({ code: "output", output: here });
    writeRecord(folder, record);
  }
}

/** A name is the person's: it leads nowhere else. */
const fileName = (name: string) => name.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^\.+/, "_");

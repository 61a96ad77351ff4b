import { join } from "node:path";
import { readIfThere, sizeOf } from "../../base/files.ts";
import { compareLines, compareResults, type Result } from "../../model/difference.ts";
import type { EventBody } from "../../model/event.ts";
import type { OutputRecord, RunRecord } from "../../model/run.ts";
import { digestOf, readValues } from "../../storage/dataset/values.ts";
import { describeOutput } from "../steps.ts";

/** What came of a run: kept, because the next one writes over it. */
export interface Results {
  run: string;
  outputs: Result[];
  /** What the programs printed on stdout; undefined where that is too much to compare. */
  lines: string[] | undefined;
}

const MOST_PRINTED = 1e6;
/** Beyond this, reading it all would take longer than the job may. */
const MOST_DIGESTED = 2e8;

/** Of a run that has just ended. */
export async function readResults(record: RunRecord, folder: string): Promise<Results> {
  const outputs: Result[] = [];
  for (const output of record.outputs ?? []) outputs.push(await withValues(output));
  return { run: record.id, outputs, lines: printedBy(record, folder) };
}

/** Of one that ended some time ago: what lies there now is what the next one replaces. */
export async function readEarlier(record: RunRecord, folder: string): Promise<Results> {
  const outputs: OutputRecord[] = [];
  for (const { name, uri, path } of record.outputs ?? [])
    outputs.push(await describeOutput({ name, uri, path }));
  return readResults({ ...record, outputs }, folder);
}

async function withValues(output: OutputRecord): Promise<Result> {
  const values = output.missing ? undefined : await readValues(output.path, output);
  if (values) return { ...output, values };
  return output.missing || output.bytes > MOST_DIGESTED
    ? output
    : { ...output, digest: await digestOf(output.path) };
}

function printedBy(record: RunRecord, folder: string): string[] | undefined {
  const logs = record.steps.map(({ index }) => join(folder, "logs", String(index), "stdout.log"));
  if (logs.reduce((sum, log) => sum + sizeOf(log).bytes, 0) > MOST_PRINTED) return undefined;
  return logs.flatMap((log) => {
    const text = readIfThere(log) ?? "";
    return text === "" ? [] : text.replace(/\n$/, "").split("\n");
  });
}

export function compare(before: Results, after: Results): EventBody {
  return {
    code: "watch.compared",
    with: before.run,
    outputs: compareResults(before.outputs, after.outputs),
    ...(before.lines && after.lines ? { printed: compareLines(before.lines, after.lines) } : {}),
  };
}

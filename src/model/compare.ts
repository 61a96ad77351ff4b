import { formatBytes, formatDuration, plural } from "../base/format.ts";
import { formatCost } from "./money/money.ts";
import type { RunRecord } from "./run.ts";

export interface Compared {
  what: string;
  /** Of both runs, in their order; absent where a run has none. */
  values: [string | undefined, string | undefined];
  differs: boolean;
}

/** Two runs side by side, in words: what was asked for, how it went, what it wrote. */
export function compareRuns(
  runs: readonly [RunRecord, RunRecord],
  time: (at: number) => string,
): Compared[] {
  const [a, b] = [wordsOf(runs[0], time), wordsOf(runs[1], time)];
  return [...new Set([...a.keys(), ...b.keys()])].map((what) => {
    const values: Compared["values"] = [a.get(what), b.get(what)];
    return { what, values, differs: values[0] !== values[1] };
  });
}

function wordsOf(record: RunRecord, time: (at: number) => string): Map<string, string> {
  const { spark, exitCode, endedAt, createdAt, time: split, cost, failure, outputs = [] } = record;
  const request = (record.request ?? {}) as { args?: string[] };
  const one = (what: string, value: string | undefined): [string, string][] =>
    value === undefined ? [] : [[what, value]];
  return new Map([
    ...one("State", record.state),
    ...one("Job", record.job),
    ...one("Arguments", (request.args ?? []).join(" ") || "none"),
    ...one("Target", record.target),
    ...one("Started", time(createdAt)),
    ...one("Took", endedAt === undefined ? undefined : formatDuration(endedAt - createdAt)),
    ...one("Spark", spark),
    ...one("Exit code", exitCode === undefined ? undefined : String(exitCode)),
    ...one(
      "Start-up, work, stop",
      split && [split.startMs, split.workMs, split.stopMs].map(formatDuration).join(", "),
    ),
    ...one("Cost", cost && formatCost(cost)),
    ...one("Failure", failure?.message),
    ...record.steps.flatMap(({ index, name, state, startedAt, endedAt: end }) =>
      one(
        `Step ${index}`,
        `${name}: ${state}${startedAt && end ? ` in ${formatDuration(end - startedAt)}` : ""}`,
      ),
    ),
    ...outputs.flatMap(({ name, rows, files, bytes, schema = [] }) => [
      ...one(
        `Output ${name}`,
        `${rows === undefined ? "" : `${plural(rows, "row")}, `}${plural(files, "file")}, ${formatBytes(bytes)}`,
      ),
      ...one(`Columns of ${name}`, schema.map((its) => `${its.name} ${its.type}`).join(", ")),
    ]),
  ]);
}

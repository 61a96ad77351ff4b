import { formatDuration, formatTable, printable } from "../../base/format.ts";
import { knownClusters } from "../../engine/clusters/records.ts";
import { damagedLines } from "../../engine/runs/recover.ts";
import { formatCost } from "../../model/money/money.ts";
import type { RunRecord } from "../../model/run.ts";
import { showCluster } from "../clusters/detail.ts";
import type { Command } from "../command.ts";
import { describeOutput } from "../host/text.ts";
import { locateRun } from "./locate.ts";

export const show: Command = {
  summary: "everything about a run, or a cluster",
  usage: "show [RUN|CLUSTER]",
  examples: [
    ["show", "the last run"],
    ["show 3fa9c1", "a run by the end of its id"],
    ["show lab", "a cluster: its cost, its tags, which of its UIs can be opened from here"],
    ["show last --json", "its whole record"],
  ],
  options: {},
  words: "run",
  most: 1,
  async run(input, io) {
    const [word] = input.words;
    const cluster = knownClusters().find(({ name, id }) => name === word || id === word);
    if (cluster) return showCluster(cluster, input.flags.has("json"), io);
    const { record, folder } = await locateRun(word, io);
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify({ ...record, folder })}\n`);
      return 0;
    }
    for (const line of describeRun(record, folder)) io.out(`${line}\n`);
    const damaged = damagedLines(folder);
    if (damaged.length > 0) io.err(`its journal is damaged in line ${damaged.join(", ")}\n`);
    return 0;
  },
};

function describeRun(record: RunRecord, folder: string): string[] {
  const { time, failure } = record;
  const took =
    record.endedAt === undefined ? "" : ` in ${formatDuration(record.endedAt - record.createdAt)}`;
  return [
    `run ${record.id}  ${printable(record.job)} on ${record.target}${record.spark ? `, Spark ${record.spark}` : ""}`,
    `${record.state}${took}, started ${new Date(record.createdAt).toISOString()}`,
    ...(time
      ? [
          `start-up ${formatDuration(time.startMs)}, work ${formatDuration(time.workMs)}, stop ${formatDuration(time.stopMs)}`,
        ]
      : []),
    "",
    ...formatTable(
      record.steps.map((step) => [
        String(step.index),
        step.state,
        step.startedAt && step.endedAt ? formatDuration(step.endedAt - step.startedAt) : "",
        step.kind,
        step.name,
      ]),
    ),
    ...(failure
      ? [
          "",
          ...(failure.where ? [printable(`${failure.where}  ${failure.line ?? ""}`)] : []),
          ...failure.message.split("\n").map(printable),
          ...(failure.hint ? [printable(failure.hint)] : []),
        ]
      : []),
    ...(record.outputs && record.outputs.length > 0
      ? ["", ...record.outputs.map(describeOutput)]
      : []),
    ...(record.cost ? ["", `cost: ${formatCost(record.cost)}`] : []),
    "",
    `files: ${folder}`,
  ];
}

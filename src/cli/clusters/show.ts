import { formatDuration, formatTable, printable } from "../../base/format.ts";
import type { ListedCluster } from "../../engine/clusters/list.ts";
import type { Io } from "../command.ts";

/** The open clusters, a line each; what could not be asked for is told on stderr. */
export function showClusters(clusters: ListedCluster[], io: Io): void {
  if (clusters.length === 0) return;
  const rows = clusters.map((one) => rowOf(one, Date.now()));
  for (const line of formatTable([["CLUSTER", "STATE", "AGE", "ENDS IN", "TARGET", "ID"], ...rows]))
    io.out(`${line}\n`);
  for (const { record, problem } of clusters)
    if (problem !== undefined) io.err(`${record.name}: ${printable(problem)}\n`);
  io.out("\n");
}

function rowOf({ record, now }: ListedCluster, time: number): string[] {
  const { name, target, id } = record;
  if (!now) return [name, "not known", "", "", target, id];
  const { createdAt, endsAt, endedAt } = now;
  const left = endsAt === undefined ? "" : endsAt < time ? "now" : formatDuration(endsAt - time);
  const held = now.heldBy ? `${now.state}, held by ${now.heldBy}` : now.state;
  const state = now.protected ? `${held}, protected` : held;
  const age = formatDuration((endedAt ?? time) - createdAt);
  return [name, state, age, now.state === "ended" ? "" : left, target, id];
}

import { formatDuration, formatTable, printable } from "../../base/format.ts";
import type { ListedCluster } from "../../engine/clusters/list.ts";
import { briefMoney, sum } from "../../model/money/money.ts";
import type { Io } from "../command.ts";

/** The open clusters, a line each; what could not be asked for is told on stderr. */
export function showClusters(clusters: ListedCluster[], io: Io): void {
  if (clusters.length === 0) return;
  const rows = clusters.map((one) => rowOf(one, Date.now()));
  const titles = ["CLUSTER", "STATE", "AGE", "ENDS IN", "AN HOUR", "SO FAR", "TARGET", "ID"];
  for (const line of formatTable([titles, ...rows])) io.out(`${line}\n`);
  const costs = clusters.flatMap(({ now }) => now?.cost ?? []);
  const { unknown, pricesOf } = sum(...costs);
  if (costs.length > 0)
    io.err(`costs are estimates${pricesOf ? `, by prices of ${pricesOf}` : ""}\n`);
  if (unknown.length > 0) io.err(`unknown: ${unknown.map(printable).join(", ")}\n`);
  for (const { record, problem } of clusters)
    if (problem !== undefined) io.err(`${record.name}: ${printable(problem)}\n`);
  io.out("\n");
}

function rowOf({ record, now }: ListedCluster, time: number): string[] {
  const { name, target, id } = record;
  if (!now) return [name, "not known", "", "", "", "", target, id];
  const { createdAt, endsAt, endedAt } = now;
  const left = endsAt === undefined ? "" : endsAt < time ? "now" : formatDuration(endsAt - time);
  const held = now.heldBy ? `${now.state}, held by ${now.heldBy}` : now.state;
  const state = now.protected ? `${held}, protected` : held;
  const age = formatDuration((endedAt ?? time) - createdAt);
  const { cost } = now;
  const hour = cost ? briefMoney(cost.perHour) : "unknown";
  const ends = now.state === "ended" ? "" : left;
  return [name, state, age, ends, hour, cost ? briefMoney(cost) : "unknown", target, id];
}

import { formatDuration, formatTable } from "../../base/format.ts";
import { detailOf } from "../../engine/clusters/look.ts";
import type { ClusterRecord } from "../../model/cluster.ts";
import { briefMoney, formatCost } from "../../model/money/money.ts";
import type { Io } from "../command.ts";

/** Everything about a cluster: as it is now, its tags, and what can be opened of it from here. */
export async function showCluster(record: ClusterRecord, json: boolean, io: Io): Promise<number> {
  const detail = await detailOf(record, io.env);
  if (json) {
    io.out(`${JSON.stringify({ cluster: detail })}\n`);
    return 0;
  }
  const { now, problem, uis, noUis } = detail;
  const row = (name: string, value: string | undefined) => (value ? [[name, value]] : []);
  const left = now?.endsAt === undefined ? undefined : Math.max(0, now.endsAt - Date.now());
  const rows = [
    ["cluster", `${record.name} (${record.id}) of ${record.target}`],
    ["state", now?.state ?? "not known"],
    ...row("release", now?.release),
    ...row("held by", now?.heldBy),
    ...row("protected", now?.protected ? "from termination" : undefined),
    ...row("ends in", left === undefined ? undefined : formatDuration(left)),
    ...row("idle limit", "idle" in record.entry ? String(record.entry.idle) : undefined),
    ...row("an hour", now?.cost && briefMoney(now.cost.perHour)),
    ...row("so far", now?.cost && formatCost(now.cost)),
    ...row("owner", now?.owner),
    ...uis.map(({ name, url }, i) => [i === 0 ? "UIs" : "", `${name} ${url}`]),
    ...Object.entries(now?.tags ?? {}).map(([key, value], i) => [
      i === 0 ? "tags" : "",
      `${key}=${value}`,
    ]),
  ];
  for (const line of formatTable(rows)) io.out(`${line}\n`);
  if (problem !== undefined) io.err(`${record.name}: ${problem}\n`);
  else if (noUis !== undefined) io.err(`no UI can be opened from here: ${noUis}\n`);
  return 0;
}

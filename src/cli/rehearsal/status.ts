import { MayflyError } from "../../base/errors.ts";
import { formatBytes, formatDuration, formatTable, plural } from "../../base/format.ts";
import { didYouMean } from "../../base/nearest.ts";
import {
  listRehearsals,
  type RehearsalStatus,
  withFaults,
} from "../../rehearsal/control/status.ts";
import type { Command } from "../command.ts";
import { nameOption } from "./options.ts";

export const status: Command = {
  summary: "which rehearsals there are, and what they hold",
  usage: "rehearsal status [--name NAME]",
  examples: [
    ["rehearsal status", "all of them"],
    ["rehearsal status --name second --json", "one, for a program"],
  ],
  options: { ...nameOption },
  most: 0,
  async run(input, io) {
    const name = input.value("name");
    const all = listRehearsals(io.env);
    const named = all.filter((one) => name === undefined || one.name === name);
    if (name !== undefined && named.length === 0) throw unknown(name, all);
    const found = await Promise.all(named.map((one) => withFaults(one, io.env)));
    if (input.flags.has("json")) {
      io.out(`${JSON.stringify(name === undefined ? found : found[0])}\n`);
    } else if (found.length === 0) {
      io.err("no rehearsals; mayfly rehearsal start makes one\n");
    } else {
      for (const line of formatTable(table(found))) io.out(`${line}\n`);
      for (const one of found) for (const line of notes(one)) io.out(`${line}\n`);
    }
    return 0;
  },
};

export function unknown(name: string, all: readonly { name: string }[]): MayflyError {
  const names = all.map((one) => one.name);
  return new MayflyError(
    "not-found",
    `there is no rehearsal "${name}"`,
    didYouMean(name, names) ?? "mayfly rehearsal status lists them",
  );
}

function table(all: RehearsalStatus[]): string[][] {
  return [
    ["NAME", "STATE", "ENDPOINT", "SINCE", "MEMORY", "HOLDS"],
    ...all.map(({ name, running, endpoint, since, memory, buckets }) => [
      name,
      running ? "running" : "stopped",
      endpoint,
      since === undefined ? "" : formatDuration(Date.now() - since),
      memory ? formatBytes(memory.mayfly + memory.companion) : "",
      holds(buckets),
    ]),
  ];
}

/** What makes it another one than AWS would be. */
function notes({ name, speed, unsafe, faults = [] }: RehearsalStatus): string[] {
  const struck = faults.reduce((sum, one) => sum + one.struck, 0);
  return [
    speed === 1 ? "" : `${name}: it waits ${speed} times as fast`,
    unsafe ? `${name}: --unsafe, where there are no walls its steps may do all that you may` : "",
    faults.length === 0
      ? ""
      : `${name}: ${plural(faults.length, "fault")}, struck ${plural(struck, "time")}; mayfly rehearsal fault list`,
  ].filter((line) => line !== "");
}

function holds(buckets: RehearsalStatus["buckets"]): string {
  if (buckets.length === 0) return "no buckets";
  const objects = buckets.reduce((sum, bucket) => sum + bucket.objects, 0);
  const bytes = buckets.reduce((sum, bucket) => sum + bucket.bytes, 0);
  return `${plural(buckets.length, "bucket")}, ${plural(objects, "object")}, ${formatBytes(bytes)}`;
}

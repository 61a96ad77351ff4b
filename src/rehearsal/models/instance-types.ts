import { readFileSync } from "node:fs";
import { compareVersions } from "../../spark/versions.ts";

interface Recorded {
  /** The number of its list. */
  releases: Record<string, number>;
  /** The names of the values of each type; after them, as bits of a number to base 36, the lists that it is on. */
  members: string[];
  types: unknown[][];
}

/**
 * What ListSupportedInstanceTypes answers for a release, as moto 5.2.5 has it recorded from AWS: tools/aws-models.ts writes the
 * file. A release that is not on record has what the one before it had.
 */
export function instanceTypesOf(label: string): Record<string, unknown>[] {
  // Read each time: it is large, and seldom asked for.
  const { releases, members, types } = JSON.parse(
    readFileSync(new URL("instance-types.json", import.meta.url), "utf8"),
  ) as Recorded;
  const version = (one: string) => one.replace(/^emr-(?:spark-)?/, "");
  const nearest = Object.keys(releases)
    .sort((a, b) => compareVersions(version(a), version(b)))
    .findLast((one) => compareVersions(version(one), version(label)) <= 0);
  const list = releases[nearest ?? ""] ?? -1;
  return types
    .filter((values) => isOn(String(values[members.length]), list))
    .map((values) => Object.fromEntries(members.map((name, i) => [name, values[i]])));
}

/** Numbers of JavaScript hold 53 lists. */
function isOn(bits: string, list: number): boolean {
  return list >= 0 && Math.floor(Number.parseInt(bits, 36) / 2 ** list) % 2 === 1;
}

import { describePlatform, minorOf, type Platform } from "../../../spark/pack/platform.ts";
import { pythonsOfRelease } from "../../../spark/releases.ts";
import type { EmrSettings } from "./settings.ts";
import { Wrong } from "./wrong.ts";

export interface Machine extends Platform {
  /** Not the Python of the release's own: it has no packages but those that are brought. */
  bare: boolean;
}

/** Amazon's own processors: a g after the generation's digit, and a1, the first (EC2 guide, "Instance type names"). */
const isGraviton = (type: string) => /^(?:a1|[a-z]+\d+g[a-z]*)\./.test(type);

/** What a job's packages have to run on. */
export function platformOf(settings: EmrSettings, release: string): Machine {
  const { target, machines, python } = settings;
  const known = pythonsOfRelease(release);
  if (!known && python === undefined)
    throw new Wrong(
      target,
      `which Python ${release} has is not known here, and the job brings packages for one`,
      'say it: python: "3.9"; or take a release from emr-5.30.0 on',
    );
  const { pythons, glibc } = known ?? { pythons: [`${python}.0`], glibc: "2.26" };
  const types = machines.parts.flatMap((part) => part.types.map(({ type }) => type));
  const [ours, theirs] = [types.filter(isGraviton), types.filter((type) => !isGraviton(type))];
  if (ours[0] !== undefined && theirs[0] !== undefined)
    throw new Wrong(
      target,
      `${ours[0]} and ${theirs[0]} have processors of two kinds, and EMR has one image for all of a cluster`,
      "take types with a g after the digit, or without",
    );
  const chosen =
    python === undefined
      ? pythons[0]
      : (pythons.find((one) => minorOf(one) === python) ?? `${python}.0`);
  return {
    arch: ours.length > 0 ? "aarch64" : "x86_64",
    glibc,
    python: chosen ?? "",
    bare: chosen !== pythons[0],
  };
}

export const packagesAction = (settings: EmrSettings, release: string) =>
  `make the packages for ${describePlatform(platformOf(settings, release))}`;

/** The Python that runs its programs, as far as that is known. */
export function pythonThere({ python }: EmrSettings, release: string): string | undefined {
  const [first] = pythonsOfRelease(release)?.pythons ?? [];
  return python ?? (first && minorOf(first));
}

/** What is worth a word before there is a cluster. */
export function pythonNotes({ python }: EmrSettings, release: string): string[] {
  const known = pythonsOfRelease(release);
  if (python === undefined || known?.pythons.some((one) => minorOf(one) === python)) return [];
  const has = known
    ? `it has ${known.pythons.map(minorOf).join(" and ")}`
    : "which it has is not known here";
  return [
    `python ${python} is not in ${release} (${has}): a bootstrap action has to bring python${python}`,
  ];
}

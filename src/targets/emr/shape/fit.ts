import { didYouMean } from "../../../base/nearest.ts";
import { knownReleases } from "../../../spark/releases.ts";
import { applicationOf, type Feature, hasFeature, isRelease } from "./features.ts";
import type { EmrSettings } from "./settings.ts";
import { Wrong } from "./wrong.ts";

/** Whether this release has what is asked for; what is worth a word is told. */
export function fitRelease(settings: EmrSettings, release: string): string[] {
  const { target, machines, rootVolume } = settings;
  const notes: string[] = [];
  if (!isRelease(release))
    throw new Wrong(
      target,
      `"${release}" is no release of EMR`,
      didYouMean(release, knownReleases()) ?? "a release is emr-7.12.0",
    );
  if (!knownReleases().includes(release))
    notes.push(
      `${release} is not in the list of 2026-08: EMR says whether there is such a release`,
    );
  for (const named of settings.applications) {
    const { name, wrong, remedy } = applicationOf(named, release);
    if (wrong) throw new Wrong(target, `${name} is ${wrong}`, remedy);
  }
  const needs: [boolean, Feature][] = [
    [settings.idleSaid, "an idle limit"],
    [settings.scaling !== undefined, "managed scaling"],
    [(settings.stepConcurrency ?? 1) > 1, "steps side by side"],
    [settings.ami !== undefined, "an image of your own"],
    [machines.as === "fleets", "instance fleets"],
    [
      (rootVolume.iops ?? rootVolume.throughput) !== undefined,
      "iops and throughput of the root volume",
    ],
  ];
  for (const [asked, feature] of needs)
    if (asked && !hasFeature(release, feature))
      throw new Wrong(target, `${release} does not have ${feature}`, "take a newer release");
  if (!hasFeature(release, "an idle limit"))
    notes.push(`${release} has no idle limit: EMR itself does not end the cluster`);
  const [primary] = machines.parts;
  if (primary.spot > 0)
    notes.push("the primary is on spot: when EC2 takes it back, the cluster and its work are gone");
  if (
    machines.as === "groups" &&
    machines.parts.some(({ role, spot }) => role !== "MASTER" && spot)
  )
    notes.push("spot without a fallback: what EC2 does not have is waited for");
  if (settings.terminationProtection)
    notes.push("termination protection is on: the cluster stays until somebody turns it off");
  return notes;
}

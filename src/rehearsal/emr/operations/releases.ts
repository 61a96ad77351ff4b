import { knownReleases, sparkOfRelease } from "../../../spark/releases.ts";
import { compareVersions } from "../../../spark/versions.ts";
import { instanceTypesOf } from "../../models/instance-types.ts";
import { validation } from "../../protocol/errors.ts";
import { releaseApplications } from "../applications.ts";
import { page } from "./pages.ts";

export function releaseOperations() {
  const labels = knownReleases()
    .filter((label) => label.startsWith("emr-"))
    .sort((a, b) => compareVersions(b.slice(4), a.slice(4)));
  return {
    ListReleaseLabels(asked: {
      Filters?: { Prefix?: string; Application?: string };
      NextToken?: string;
      MaxResults?: number;
    }) {
      const { Prefix = "", Application } = asked.Filters ?? {};
      const [name = "", version] = (Application ?? "").split("@");
      const fitting = labels.filter(
        (label) =>
          label.startsWith(Prefix) &&
          (name === "" || /^spark$/i.test(name)) &&
          (version === undefined || sparkOfRelease(label) === version),
      );
      const { items, Marker } = page(fitting, asked.NextToken, asked.MaxResults ?? 100);
      return { ReleaseLabels: items, ...(Marker ? { NextToken: Marker } : {}) };
    },
    ListSupportedInstanceTypes({
      ReleaseLabel,
      Marker,
    }: {
      ReleaseLabel: string;
      Marker?: string;
    }) {
      if (sparkOfRelease(ReleaseLabel) === undefined)
        throw validation(`The supplied release label is invalid: ${ReleaseLabel}.`);
      const { items, ...more } = page(instanceTypesOf(ReleaseLabel), Marker, 100);
      return { SupportedInstanceTypes: items, ...more };
    },
    /** Of its applications only those that our tables know. */
    DescribeReleaseLabel({ ReleaseLabel = labels[0] ?? "" }: { ReleaseLabel?: string }) {
      if (sparkOfRelease(ReleaseLabel) === undefined)
        throw validation(`The supplied release label is invalid: ${ReleaseLabel}.`);
      return {
        ReleaseLabel,
        Applications: releaseApplications(ReleaseLabel),
        AvailableOSReleases: [],
      };
    },
  };
}

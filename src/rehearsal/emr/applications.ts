import { hadoopOfRelease, sparkOfRelease } from "../../spark/releases.ts";
import type { ClusterRequest } from "./cluster.ts";

export interface Application {
  Name: string;
  Version?: string;
}

/** What a release brings, as far as our tables know it. */
export function releaseApplications(label: string): Application[] {
  const versions = { Hadoop: hadoopOfRelease(label), Spark: sparkOfRelease(label) };
  return Object.entries(versions).flatMap(([Name, Version]) =>
    Version ? [{ Name, Version }] : [],
  );
}

/**
 * What DescribeCluster shows: names as EMR writes them, with the release's versions. A cluster for which none was asked
 * shows Hadoop; where some were, what was asked (Yelp/mrjob, tests/mock_boto3/emr.py, which was written after EMR's answers).
 */
export function clusterApplications({
  Applications,
  ReleaseLabel = "",
}: ClusterRequest): Application[] {
  const known = releaseApplications(ReleaseLabel);
  const asked = Applications?.length ? Applications : [{ Name: "Hadoop" }];
  return asked.map(
    (one) => known.find(({ Name }) => Name.toLowerCase() === one.Name.toLowerCase()) ?? one,
  );
}

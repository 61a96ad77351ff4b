import assert from "node:assert/strict";
import { test } from "node:test";
import { clusterApplications } from "./applications.ts";
import type { ClusterRequest } from "./cluster.ts";

test("a cluster shows what was asked for, with the versions of its release, and Hadoop where nothing was", () => {
  const shown = (ReleaseLabel: string, Applications?: { Name: string }[]) =>
    clusterApplications({ ReleaseLabel, Applications } as ClusterRequest);
  assert.deepEqual(shown("emr-5.28.0"), [{ Name: "Hadoop", Version: "2.8.5" }]);
  assert.deepEqual(shown("emr-7.12.0", []), [{ Name: "Hadoop", Version: "3.4.1" }]);
  assert.deepEqual(shown("emr-7.12.0", [{ Name: "spark" }, { Name: "Ganglia" }]), [
    { Name: "Spark", Version: "3.5.6" },
    // Its versions are in no table of ours.
    { Name: "Ganglia" },
  ]);
});

import { join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { loadModel } from "../models/model.ts";
import { answerJson } from "../protocol/aws-json.ts";
import type { Operations } from "../protocol/call.ts";
import type { Service } from "../service.ts";
import type { Bucket } from "./apps/page.ts";
import { openClusters } from "./clusters.ts";
import type { Where } from "./create.ts";
import type { LifeOptions, Nodes } from "./life.ts";
import { accountOperations } from "./operations/account.ts";
import { appOperations } from "./operations/apps.ts";
import { clusterOperations } from "./operations/clusters.ts";
import { instanceOperations } from "./operations/instances.ts";
import { jobFlowOperations } from "./operations/job-flows.ts";
import { policyOperations } from "./operations/policies.ts";
import { releaseOperations } from "./operations/releases.ts";
import { stepOperations } from "./operations/steps.ts";
import type { Emr } from "./world.ts";

export interface EmrOptions extends Omit<LifeOptions, "changed"> {
  folder: string;
  nodes: Nodes;
  where: Where;
  /** Where pages for people are put. */
  bucket: Bucket;
}

/** What of the model is there; docs/rehearsal-coverage.md lists it. */
export function emrOperations(emr: Emr): Operations {
  return {
    ...clusterOperations(emr),
    ...stepOperations(emr),
    ...instanceOperations(emr),
    ...policyOperations(emr),
    ...releaseOperations(),
    ...accountOperations(emr),
    ...appOperations(emr),
    ...jobFlowOperations(emr),
  } as Operations;
}

/** Amazon EMR: clusters that live, and steps that really run. */
export function openEmr({ folder, nodes, where, bucket, ...life }: EmrOptions): Service {
  const { now } = life.clock ?? systemClock;
  const clusters = openClusters(join(folder, "clusters"), nodes, life);
  const emr: Emr = { clusters, nodes, where, bucket, folder, now };
  const operations = emrOperations(emr);
  const model = loadModel("emr");
  return {
    handle: (asked) => answerJson(model, operations, asked),
    remember() {
      const then = emrOperations({ ...emr, clusters: clusters.asTheyAre() });
      return (asked) => answerJson(model, then, asked);
    },
    close: () => clusters.close(),
  };
}

import { loadModel, type Model } from "../src/rehearsal/models/model.ts";
import { serverlessOperations } from "../src/rehearsal/serverless/serverless.ts";
import type { Serverless } from "../src/rehearsal/serverless/world.ts";

/** What docs/rehearsal-coverage.md says of EMR Serverless. */
export function serverlessCoverage(operationsOf: (model: Model, there: object) => string): string {
  const there = serverlessOperations({} as Serverless);
  return `## EMR Serverless

${operationsOf(loadModel("emr-serverless"), there)}

Taken and shown, without effect: \`initialCapacity\`, \`networkConfiguration\`, \`imageConfiguration\`, \`workerTypeSpecifications\`, disk encryption,
\`executionIamPolicy\`, \`shutdownGracePeriodInSeconds\`, logs to CloudWatch and Prometheus, of \`applicationConfiguration\` all but \`spark-defaults\`,
\`core-site\` and its like. An application may be of type HIVE; its jobs are refused. Sessions, Livy and Studio are not there.

### Where documents and public traces leave it open

| what | here |
|---|---|
| the words of a refusal that no document or trace quotes (a client token with other parameters, stopping an application with job runs, cancelling what is over, retry policies, no driver) | our own, of the type that the model or a thread names |
| \`StartJobRun\` without auto start on an application that is not started | refused as \`UpdateApplication\` is: "must be in one of the following statuses [STARTED]" |
| \`StartApplication\` of one that is being created, or has started already | taken |
| \`stateDetails\` of an application that stopped or started by itself, of a timeout, of the queue's timeout | our own words |
| \`GetApplication\` of one that is deleted; listing it | \`TERMINATED\`; only where \`states\` asks for it |
| a driver for which there is no room now, but would be | waits in \`SCHEDULED\`, whatever others came before |
| a driver that has room, and not one executor for ever | fails at once; AWS's driver asks for 20 minutes before |
| how many executors a job is given | as many as it starts with (3 unless said), or as many of them as there is room for, until it ends; local Spark has none of its own, so there is no \`SPARK_EXECUTOR\` log |
| sizes of workers that AWS does not offer | taken; memory is rounded up to whole gigabytes |
| what a timeout counts | from the first attempt's start, all attempts |
| where the logs of an attempt lie | of the first one in the job's folder, of others in \`attempts/N/\` below it |
| \`spark.app.id\`, and with it the ids in the event log | local Spark's own, not the job run's |
| a job role that is not there | taken; AWS fails the job |
| a dashboard's address | a presigned link, good for an hour, to a page in the bucket \`mayfly-dashboards-ACCOUNT-REGION\`: state, times, stages, the ends of the driver's logs, as of the call. Clients that put another path into it, for a log, get none. Before the job runs it is refused |
| a job run that was active when the rehearsal ended | \`FAILED\`, and not tried again |
`;
}

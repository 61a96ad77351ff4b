import { readFileSync, writeFileSync } from "node:fs";
import type { Bucket } from "../src/rehearsal/emr/apps/page.ts";
import type { Clusters } from "../src/rehearsal/emr/clusters.ts";
import { emrOperations } from "../src/rehearsal/emr/emr.ts";
import type { Nodes } from "../src/rehearsal/emr/life.ts";
import { loadModel, type Model } from "../src/rehearsal/models/model.ts";
import { serverlessCoverage } from "./coverage-serverless.ts";

/** docs/rehearsal-coverage.md from the model and from what answers it; `--check` only compares. */
const path = new URL("../docs/rehearsal-coverage.md", import.meta.url);
const model = loadModel("emr");
const where = { region: "", account: "" };
const there = emrOperations({
  clusters: {} as Clusters,
  nodes: {} as Nodes,
  bucket: {} as Bucket,
  where,
  folder: "/dev/null/none",
  now: () => 0,
});

/** The counts of a service, and what of its operations is there. */
function operationsOf(of: Model, operations: object): string {
  const names = Object.keys(of.operations).sort();
  const has = names.filter((name) => Object.hasOwn(operations, name));
  const hasNot = names.filter((name) => !Object.hasOwn(operations, name));
  return `**${has.length} of ${names.length} operations are there:** ${has.join(", ")}.

**Not there:** ${hasNot.join(", ")}.`;
}

const text = `# What the rehearsal has of EMR and EMR Serverless

Written by \`npm run coverage\` from the service models (${(JSON.parse(readFileSync(new URL("../src/rehearsal/models/emr.json", import.meta.url), "utf8")) as { source: string }).source}) and from what answers it. Requests and answers of all
operations are held against the model; one that is not there answers \`NotImplementedException\` with its name.

## EMR

${operationsOf(model, there)}

### Where documents and public traces leave it open

| what | here |
|---|---|
| the words of a refusal that no document or trace quotes (more than one kind of instances, no master, a fleet without types) | our own, of type \`ValidationException\` |
| the reason of a cluster that its auto-termination policy has ended | code \`USER_REQUEST\` |
| \`NormalizedInstanceHours\` | eight for each instance and hour begun, whatever its type |
| EC2's view of a cluster's instances | \`running\` from the first moment; of a Spot instance nothing says that it is one; a key pair that is not there is taken |
| which instances of a group that shrinks go | the newest; \`ShrinkPolicy\` is not looked at |
| new instances of a group that do not come up | given up after the first: the group is \`SUSPENDED\` until it is resized again |
| the types of an instance fleet | the first one, always |
| \`aws ec2 terminate-instances\` past EMR | the primary's end is the cluster's, others are replaced; EC2's own termination protection is not set |
| managed security groups | \`ElasticMapReduce-master\` and \`-slave\` for every subnet, without the rule for AWS's own addresses (8443); those of private subnets are not told apart |
| managed scaling, automatic scaling, replacement of unhealthy nodes | kept and shown, not acted on: a policy is \`ATTACHED\` at once |
| \`ListSupportedInstanceTypes\` | as moto 5.2.5 has it recorded from AWS, 100 a page |
| an instance type that the release does not have | refused, by the same record |
| an application that no release has; a bucket for logs that is not there | taken |
| what is behind the link of an application user interface | a page in the log bucket that lists the event logs of the cluster's Spark applications; no History Server, and for other kinds than it no link |
| \`GetClusterSessionCredentials\` | a name and a password that nothing asks for |
| \`DescribeJobFlows\` | \`COMPLETED\` for a cluster whose steps are done, \`FAILED\` for one with errors, \`TERMINATED\` for one that was ended |
| a cluster whose rehearsal ended while it ran | \`TERMINATED_WITH_ERRORS\`, code \`INSTANCE_FAILURE\` |
| \`DescribeReleaseLabel\` | of the applications Spark alone |
| what is said of an instance that was reclaimed, and of a fleet that ran out of time | codes \`INSTANCE_FAILURE\` and \`INSTANCE_FLEET_TIMEOUT\`, the words our own |
| the cluster whose primary is lost | \`The master node was terminated.\`, as mrjob knows it, and then why |

${serverlessCoverage(operationsOf)}`;
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== text) {
    console.error("docs/rehearsal-coverage.md is not what the code says: run npm run coverage");
    process.exitCode = 1;
  }
} else writeFileSync(path, text);

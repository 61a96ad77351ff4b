import { readFileSync, writeFileSync } from "node:fs";
import type { Clusters } from "../src/rehearsal/emr/clusters.ts";
import { emrOperations } from "../src/rehearsal/emr/emr.ts";
import type { Nodes } from "../src/rehearsal/emr/life.ts";
import { loadModel } from "../src/rehearsal/models/model.ts";

/** docs/rehearsal-coverage.md from the model and from what answers it; `--check` only compares. */
const path = new URL("../docs/rehearsal-coverage.md", import.meta.url);
const model = loadModel("emr");
const where = { region: "", account: "" };
const there = emrOperations({
  clusters: {} as Clusters,
  nodes: {} as Nodes,
  where,
  folder: "/dev/null/none",
  now: () => 0,
});
const names = Object.keys(model.operations).sort();
const has = names.filter((name) => Object.hasOwn(there, name));
const hasNot = names.filter((name) => !Object.hasOwn(there, name));

const text = `# What the rehearsal has of EMR

Written by \`npm run coverage\` from the service model (${(JSON.parse(readFileSync(new URL("../src/rehearsal/models/emr.json", import.meta.url), "utf8")) as { source: string }).source}) and from what answers it. Requests and answers of all
operations are held against the model; one that is not there answers \`NotImplementedException\` with its name.

**${has.length} of ${names.length} operations are there:** ${has.join(", ")}.

**Not there:** ${hasNot.join(", ")}.

## Where documents and public traces leave it open

| what | here |
|---|---|
| the words of a refusal that no document or trace quotes (more than one kind of instances, no master, a fleet without types) | our own, of type \`ValidationException\` |
| the reason of a cluster that its auto-termination policy has ended | code \`USER_REQUEST\` |
| \`NormalizedInstanceHours\` | eight for each instance and hour begun, whatever its type |
| an instance group that is resized | the new instances are there at once |
| a cluster whose rehearsal ended while it ran | \`TERMINATED_WITH_ERRORS\`, code \`INSTANCE_FAILURE\` |
| \`DescribeReleaseLabel\` | of the applications Spark alone |
`;
if (process.argv.includes("--check")) {
  if (readFileSync(path, "utf8") !== text) {
    console.error("docs/rehearsal-coverage.md is not what the code says: run npm run coverage");
    process.exitCode = 1;
  }
} else writeFileSync(path, text);

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEmr } from "../src/aws/emr.ts";
import { openSession } from "../src/aws/session.ts";
import type { Entry } from "../src/journal/journal.ts";
import { rehearsalWorld } from "../test/support/rehearsal/world.ts";

/**
 * What Mayfly itself adds to the states of a cluster, in a `mayfly run --on emr` of one step on the rehearsal: until it asks for
 * the cluster, from WAITING to the step, from the step's end to the cluster's, and from its end to the last line. By EMR's own
 * times where it tells them, by the journal where it does not: emr.ts [--runs N] [--save].
 */
const value = (name: string) =>
  process.argv.includes(`--${name}`)
    ? process.argv[process.argv.indexOf(`--${name}`) + 1]
    : undefined;
const runs = Number(value("runs") ?? 7);
const median = (list: number[]) =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

const PARTS = [
  "from the command to RunJobFlow",
  "from WAITING to AddJobFlowSteps",
  "from the step's end to TerminateJobFlows",
  "from TERMINATED to the end of the command",
] as const;

const world = rehearsalWorld();
const measured: number[][] = [];
const whole: number[] = [];
try {
  const env = { ...world.env, ...(await world.start()) };
  const project = `jobs: { ok: { steps: [{ command: ["true"] }] } }\ntargets: { one: { kind: emr, workers: 0 } }\n`;
  writeFileSync(join(world.path, "mayfly.yaml"), project);
  const emr = openEmr(await openSession({ env }));
  for (let i = 0; i <= runs; i++) {
    const began = Date.now();
    const said = await world.mayfly(["run", "ok", "--on", "one"], env);
    const over = Date.now();
    if (said.code !== 0) throw new Error(said.err);
    // The first one makes the bucket and puts the timer; those after it are what a person meets each day.
    if (i === 0) continue;
    const [, run = ""] = /run (\d{8}-\d{6}-[0-9a-f]{6})/.exec(said.err) ?? [];
    const lines = readFileSync(join(world.path, ".mayfly/runs", run, "journal.jsonl"), "utf8");
    const journal = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Entry);
    const asked = (what: string) =>
      journal.find((one) => "intent" in one && one.intent.do === what)?.at ?? Number.NaN;
    const created = journal.find((one) => "done" in one && one.done === "cluster");
    const id = created && "seen" in created ? String(created.seen) : "";
    const cluster = (await emr.describeCluster(id)).Status.Timeline ?? {};
    const [step] = await emr.listSteps(id);
    const at = (seconds = Number.NaN) => seconds * 1000;
    measured.push([
      asked("create-cluster") - began,
      asked("add-step") - at(cluster.ReadyDateTime),
      asked("terminate-cluster") - at(step?.Status.Timeline?.EndDateTime),
      over - at(cluster.EndDateTime),
    ]);
    whole.push(over - began);
  }
} finally {
  await world.remove();
}

const sums = measured.map((one) => one.reduce((all, ms) => all + ms, 0));
const spread = (list: number[]) =>
  `${(median(list) / 1000).toFixed(2)} s (${(Math.min(...list) / 1000).toFixed(2)}–${(Math.max(...list) / 1000).toFixed(2)})`;
const rows = PARTS.map((name, i) => {
  const list = measured.map((one) => one[i] ?? Number.NaN);
  return `| ${name} | ${spread(list)} | ${Math.round((median(list) / median(sums)) * 100)}% |`;
});
const text = `# What Mayfly adds to a cluster's own time

\`npm run bench:emr -- --runs ${runs}\`: medians (least–most) of ${runs} runs of a job of one step on the rehearsal, on a machine of two
processors. The states themselves (STARTING, the step, TERMINATING) are the service's and do not count.

| part | time | share |
|---|---|---|
${rows.join("\n")}
| **all of it** | **${spread(sums)}** | |

The whole command took ${spread(whole)}.
`;
process.stdout.write(text);
if (process.argv.includes("--save")) writeFileSync(join(import.meta.dirname, "emr.md"), text);

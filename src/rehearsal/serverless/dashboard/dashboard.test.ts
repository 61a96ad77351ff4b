import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { Application } from "../application.ts";
import type { Attempt, JobRun } from "../job-run.ts";
import type { Workers } from "../workers/workers.ts";
import { realDashboard } from "./dashboard.ts";
import { readStages } from "./stages.ts";

const EVENTS = `{"Event":"SparkListenerApplicationStart","App Name":"x"}
{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":3,"Stage Name":"count at <a>.py:1","Number of Tasks":8,"Submission Time":1000,"Completion Time":3500}}
{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":4,"Stage Name":"save","Number of Tasks":1,"Submission Time":1000,"Completion Time":2000,"Failure Reason":"Job aborted: \\u003cb>no\\u003c/b>"}}
{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":5,"Stage N`;

const application = { id: "00ga" } as Application;
const run = {
  id: "00gr",
  application: "00ga",
  releaseLabel: "emr-7.12.0",
  request: { name: "<script>alert(1)</script>" },
} as JobRun;
const attempt = (times: object, state = "RUNNING") =>
  ({ number: 2, state, details: "", times: { created: 0, updated: 0, ...times } }) as Attempt;

test("a dashboard is one page with state, times and stages; it lies where it can be read for an hour", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const seen: unknown[] = [];
  let page = "";
  const dashboard = realDashboard(
    folder,
    {
      events: () => Readable.from([EVENTS]),
      printed: (_: unknown, __: unknown, stream: string) => `printed to ${stream} </pre><script>`,
    } as unknown as Workers,
    {
      publish: async (key, file, seconds) => {
        seen.push(key, seconds);
        page = readFileSync(file, "utf8");
        return "http://page";
      },
    },
  );
  try {
    const ended = attempt({ started: 1000, ended: 61_000 }, "FAILED");
    assert.equal(await dashboard(application, run, ended), "http://page");
    assert.deepEqual(seen, ["applications/00ga/jobs/00gr/attempts/2/dashboard.html", 3600]);
    assert.match(page, /<th>state<\/th><td>FAILED<\/td>/);
    assert.match(page, /<th>ran<\/th><td>1 min 0 s<\/td>/);
    assert.match(
      page,
      /<td>3<\/td><td>count at &lt;a&gt;.py:1<\/td><td>8<\/td><td>2.5 s<\/td><td>complete<\/td>/,
    );
    assert.match(page, /<td>Job aborted: &lt;b&gt;no&lt;\/b&gt;<\/td>/);
    assert.match(
      page,
      /<h3>stderr<\/h3>\n<pre>printed to stderr &lt;\/pre&gt;&lt;script&gt;<\/pre>/,
    );
    assert.doesNotMatch(page, /<script>|<td>5<\/td>/);
    await assert.rejects(
      dashboard(application, run, attempt({}, "PENDING")),
      /there is no dashboard/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an event log of a program that means no good is read without harm", async () => {
  const stage = (info: object) =>
    JSON.stringify({ Event: "SparkListenerStageCompleted", "Stage Info": info });
  const good = { "Stage ID": 1, "Stage Name": "good", "Number of Tasks": 2 };
  function* log() {
    for (const bad of [null, 5, "x", [], {}, { "Stage Name": { toString: 1 } }])
      yield `${stage(bad as object)}\n`;
    yield stage({ "Stage Name": "n".repeat(9000), "Failure Reason": "f".repeat(9000) });
    // One line of more characters than a text of JavaScript can have.
    const much = Buffer.alloc(64 * 1024 ** 2, "x");
    yield "\n";
    for (let i = 0; i < 10; i++) yield much;
    yield "\n";
    for (let i = 0; i < 5000; i++) yield `${stage({ "Stage ID": i })}\n`;
    yield `${stage(good)}\n`;
  }
  const stages = await readStages(Readable.from(log(), { objectMode: false }));
  assert.equal(stages.length, 1000);
  assert.partialDeepStrictEqual(stages.at(-1), { id: 1, name: "good", tasks: 2 });
  const [long] = await readStages(
    Readable.from([stage({ "Stage Name": "n".repeat(9000), "Failure Reason": "f".repeat(9000) })]),
  );
  assert.deepEqual([long?.name.length, long?.failure?.length], [1000, 1000]);
});

test("two who look at a dashboard at once both see it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
  const workers = { events: () => undefined, printed: () => "" } as unknown as Workers;
  const read: string[] = [];
  const dashboard = realDashboard(folder, workers, {
    async publish(_, file) {
      await new Promise((done) => setTimeout(done, 5 + 20 * read.length));
      read.push(readFileSync(file, "utf8"));
      return "http://page";
    },
  });
  const ended = attempt({ started: 1000, ended: 61_000 });
  try {
    const all = [1, 2, 3].map(() => dashboard(application, run, ended));
    assert.deepEqual(await Promise.all(all), Array(3).fill("http://page"));
    assert.equal(read.length, 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

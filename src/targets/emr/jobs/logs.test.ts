import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Clock } from "../../../base/clock.ts";
import type { EventBody } from "../../../model/event.ts";
import type { Stores } from "../../../storage/open.ts";
import { followLogs } from "./logs.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
after(() => rmSync(folder, { recursive: true }));
const SECOND = 1000;
let steps = 0;

/** A step's folder on S3 at a time that goes as fast as it is waited for; `at` puts things there, and fails. */
function world(at: Record<number, (put: (name: string, text: string) => void) => void>) {
  let now = 0;
  const objects = new Map<string, { body: Buffer; modified: number }>();
  const happen = () => {
    for (const [time, work] of Object.entries(at).filter(
      ([time]) => Number(time) * SECOND <= now,
    )) {
      delete at[Number(time)];
      work((name, text) => objects.set(`l/${name}.gz`, { body: gzipSync(text), modified: now }));
    }
  };
  const store = {
    uri: (path: string) => `s3://b/${path}`,
    async *list(under: string) {
      happen();
      const found = [...objects].filter(([path]) => path.startsWith(under));
      yield found
        .filter(([path]) => !path.slice(under.length).includes("/"))
        .map(([path, { body, modified }]) => ({
          ...{ path, kind: "file", bytes: body.length, modified, etag: body.toString("hex") },
        }));
      for (const [path] of found)
        if (path.endsWith("_000001/stdout.gz"))
          yield [{ path: path.replace("stdout.gz", ""), kind: "folder", bytes: 0, modified: 0 }];
    },
    read: async (path: string) => Readable.from([objects.get(path)?.body ?? Buffer.alloc(0)]),
  };
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      await new Promise(setImmediate);
    },
  };
  const events: EventBody[] = [];
  const step = steps++;
  const logs = followLogs(
    {
      ...{ step, logs: "s3://b/l/", id: "s-1", inContainer: true, after: Promise.resolve() },
      stores: { at: async (uri: string) => ({ store, path: uri.slice(7) }) } as unknown as Stores,
      late: () => {},
    },
    { folder, emit: (event) => void events.push(event), signal: new AbortController().signal },
    clock,
  );
  const shown = (stream: string) =>
    events
      .flatMap((one) => (one.code === "step.output" && one.stream === stream ? one.text : ""))
      .join("");
  const notes = () => events.flatMap((one) => (one.code === "note" ? one.text : []));
  const kept = (name: string) => readFileSync(join(folder, "logs", String(step), name), "utf8");
  return { logs, clock, shown, notes, kept };
}
const CLIENT =
  "26/11/22 18:25:03 INFO YarnClientImpl: Submitted application application_17_0001\n\t queue: default\n";
const DRIVER = "containers/application_17_0001/container_17_0001_01_000001";

test("the driver's streams come from its container, and Spark's own lines stay in the log", async () => {
  const one = world({
    300: (put) => put("steps/s-1/stderr", CLIENT),
    305: (put) => {
      put(`${DRIVER}/stdout`, "mine\n");
      put(`${DRIVER}/stderr`, "26/11/22 18:25:04 INFO SparkContext: Running\nalso mine\n");
    },
    600: (put) => {
      put("steps/s-1/controller", "INFO Step succeeded with exitCode 0 and took 590 seconds\n");
      put("steps/s-1/stdout", "");
      put("steps/s-1/stderr", `${CLIENT}the client's last\n`);
      put(`${DRIVER}/stdout`, "mine\nand more\n");
      put(`${DRIVER}/stderr`, "26/11/22 18:25:04 INFO SparkContext: Running\nalso mine\n");
      one.logs.stepEnded(598 * SECOND);
    },
  });
  await one.logs.done;
  assert.equal(one.shown("stdout"), "mine\nand more\n");
  assert.equal(one.shown("stderr"), "also mine\nthe client's last\n");
  assert.match(one.kept("stderr.log"), /Submitted application/);
  assert.deepEqual([...one.logs.applications], ["application_17_0001"]);
  assert.ok(one.clock.now() < 610 * SECOND, "nothing is waited for that has come");
});

test("an S3 that fails is told once and asked again; logs that never come are given up, and named", async () => {
  let failing = 3;
  const one = world({
    10: () => {
      if (failing-- > 0) throw new Error("no network");
    },
    11: () => {
      if (failing-- > 0) throw new Error("no network");
    },
    20: () => one.logs.stepEnded(20 * SECOND),
  });
  await one.logs.done;
  assert.deepEqual(one.notes(), [
    "the logs cannot be read: Error: no network; asking again",
    "not all that the step has printed has come; what comes later lies in s3://b/l/steps/s-1/",
  ]);
  assert.ok(one.clock.now() > 320 * SECOND && one.clock.now() < 400 * SECOND);
  const gone = world({ 5: () => gone.logs.clusterEnded() });
  await gone.logs.done;
  assert.ok(gone.clock.now() < 60 * SECOND);
});

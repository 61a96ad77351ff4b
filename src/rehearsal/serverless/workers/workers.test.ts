import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { InstanceWish, RunHow } from "../../instances.ts";
import type { Application } from "../application.ts";
import type { JobRun, JobRunRequest } from "../job-run.ts";
import { demandOf } from "../life/capacity.ts";
import { sparkSettings } from "./settings.ts";
import { realWorkers } from "./workers.ts";

const folder = mkdtempSync(join(tmpdir(), "mayfly-test-"));
after(() => rmSync(folder, { recursive: true }));

const token = { value: "t", digest: "d" };
const application = (more: object = {}): Application => ({
  id: "00ga",
  region: "eu-west-3",
  account: "123456789012",
  settings: {
    releaseLabel: "emr-7.12.0",
    type: "SPARK",
    autoStartConfiguration: { enabled: true },
    autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 },
    ...more,
  },
  state: "STARTED",
  details: "",
  times: { created: 0, updated: 0 },
  tags: {},
  token,
});
const run = (parameters: string, more: Partial<JobRunRequest> = {}): JobRun => ({
  id: "00gr",
  application: "00ga",
  region: "eu-west-3",
  account: "123456789012",
  request: {
    applicationId: "00ga",
    clientToken: "t",
    executionRoleArn: "",
    jobDriver: {
      sparkSubmit: {
        entryPoint: "s3://b/job.py",
        entryPointArguments: ["a b", "--conf"],
        sparkSubmitParameters: parameters,
      },
    },
    ...more,
  },
  releaseLabel: "emr-7.12.0",
  created: 0,
  attempts: [{ number: 1, state: "RUNNING", details: "", times: { created: 0, updated: 0 } }],
  tags: {},
  token,
});
const defaults = (properties: Record<string, string>) => ({
  classification: "spark-defaults",
  properties,
});

test("a setting of spark-submit is above one of the run, and that above one of the application", () => {
  const found = sparkSettings(
    run(
      `--conf spark.a=submit --conf "spark.d=two words" --executor-memory=2g --class X -c spark.e=f=g`,
      {
        configurationOverrides: {
          applicationConfiguration: [defaults({ "spark.a": "run", "spark.b": "run" })],
        },
      },
    ),
    application({
      runtimeConfiguration: [
        defaults({ "spark.a": "app", "spark.b": "app", "spark.c": "app" }),
        { classification: "hive-site", properties: { x: "y" } },
      ],
    }),
  );
  assert.deepEqual(found, {
    "spark.a": "submit",
    "spark.b": "run",
    "spark.c": "app",
    "spark.d": "two words",
    "spark.e": "f=g",
    "spark.executor.memory": "2g",
  });
});

test("workers have EMR Serverless's sizes where nothing else is said", () => {
  const usual = { cpu: 4, memory: 16, disk: 20 };
  assert.deepEqual(demandOf({}), { driver: usual, executor: usual, executors: 3 });
  assert.deepEqual(
    demandOf({
      "spark.driver.cores": "1",
      "spark.driver.memory": "2048",
      "spark.executor.memory": "16G",
      "spark.executor.memoryOverhead": "8g",
      "spark.emr-serverless.executor.disk": "100G",
      "spark.executor.instances": "10",
      "spark.dynamicAllocation.maxExecutors": "4",
    }),
    // 2 GB and 384 MB at least.
    {
      driver: { cpu: 1, memory: 3, disk: 20 },
      executor: { cpu: 4, memory: 24, disk: 100 },
      executors: 4,
    },
  );
  assert.deepEqual(demandOf({ "spark.driver.cores": "many", "spark.executor.instances": "all" }), {
    driver: usual,
    executor: usual,
    executors: 3,
  });
});

test("a driver runs in a machine of its own, which goes; its logs and its event log stay", async () => {
  const asked: { wish?: InstanceWish; command?: string[]; how?: RunHow } = {};
  const put = new Map<string, Buffer>();
  let gone = 0;
  const instances = (code: number) => ({
    open: async (wish: InstanceWish) => ({
      id: wish.id,
      folder: wish.folder,
      ended: new Promise<string>(() => {}),
      terminate: async () => void gone++,
      async run(command: string[], how: RunHow) {
        Object.assign(asked, { wish, command, how });
        const events = join(wish.folder, "root/var/log/spark/apps/local-1");
        for (const [file, said] of [
          [how.stdout, "counted\nValueError: no such thing\n"],
          [
            how.stderr,
            "WARN\njava.io.IOException: disk\n\tat java.lang.Error: no\nCaused by: x.Y: why\n",
          ],
          [events, "an event\n"],
        ] as const) {
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, said);
        }
        return { code };
      },
    }),
  });
  const workers = (code: number) =>
    realWorkers({
      folder,
      instances: instances(code),
      aws: { AWS_REGION: "eu-west-3" },
      put: async (uri, file) => void put.set(uri, readFileSync(file)),
    });
  const one = run("--conf spark.emr-serverless.driverEnv.MODE='a b' --conf spark.x=y");
  const [attempt] = one.attempts;
  const where = application({
    monitoringConfiguration: { s3MonitoringConfiguration: { logUri: "s3://logs/x" } },
  });
  const signal = new AbortController().signal;
  let starts = 0;
  const begun = () => void starts++;
  assert.equal(await workers(0).run(where, one, attempt, signal, begun), undefined);
  assert.deepEqual(asked.command, [
    "emr-serverless-driver",
    "--conf",
    "spark.emr-serverless.driverEnv.MODE=a b",
    "--conf",
    "spark.x=y",
    "s3://b/job.py",
    "a b",
    "--conf",
  ]);
  assert.deepEqual(asked.how?.env, { MODE: "a b" });
  assert.equal(asked.wish?.spark, "3.5.6");
  assert.equal(existsSync(asked.wish?.folder ?? ""), false);
  assert.equal(gone, 2);
  const base = "s3://logs/x/applications/00ga/jobs/00gr";
  assert.deepEqual([...put.keys()].sort(), [
    `${base}/SPARK_DRIVER/stderr.gz`,
    `${base}/SPARK_DRIVER/stdout.gz`,
    `${base}/sparklogs/eventlog_v2_00gr/appstatus_00gr`,
    `${base}/sparklogs/eventlog_v2_00gr/events_1_00gr`,
  ]);
  const stdout = gunzipSync(put.get(`${base}/SPARK_DRIVER/stdout.gz`) ?? Buffer.alloc(0));
  assert.match(stdout.toString(), /^counted$/m);
  assert.equal(starts, 1);
  assert.match(workers(0).printed(one, attempt, "stdout"), /^counted$/m);
  const kept = workers(0).events(one, attempt);
  assert.equal(kept && (await text(kept)), "an event\n");

  put.clear();
  const second = { ...attempt, number: 2 };
  assert.equal(
    await workers(1).run(where, one, second, signal, begun),
    "Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: java.io.IOException: disk Caused by: x.Y: why ValueError: no such thing",
  );
  assert.ok(put.has(`${base}/attempts/2/SPARK_DRIVER/stderr.gz`));
});

import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markActive } from "../../../src/engine/runs/records.ts";

const HOUR = 3600_000;
const LETTERS = ["X", "O", "B"];

const DASHBOARD = `title: Accuracy of the networks
queries:
  points: select n, label, accuracy from accuracy where n >= $least order by n
  wrong: select * from nowhere
inputs:
  least: { range: [0, 100], step: 10, label: neurons at least }
charts:
  - { mark: line, query: points, x: n, y: accuracy, title: Accuracy, best: { max: accuracy } }
  - { mark: bar, query: points, x: label, y: n, title: Neurons }
  - { mark: table, query: wrong, title: Nothing to see }
`;

export const RUNS = {
  good: "20260102-030405-abc123",
  better: "20260102-040506-abc124",
  failed: "20260102-050607-bad001",
  running: "20260102-060708-0a0a0a",
  damaged: "20260102-070809-dead00",
  hello: "20260101-010101-4e1100",
  sleeps: "20260101-010102-51ee90",
};

const CSV = `n,label,accuracy\n${[6, 10, 17, 30, 50, 80, 130]
  .map((n, i) => `${n},${LETTERS[i % 3]},${(0.79 + i / 50).toFixed(4)}`)
  .join("\n")}\n`;

/** A project with a run in each state, and something in each place that a console shows. */
export function makeProject(folder: string): void {
  const write = (name: string, text: string | Buffer) => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write(
    "mayfly.yaml",
    "jobs:\n  one-off: { steps: [{ script: train.py }] }\n  hello: { steps: [{ command: [echo, hello again] }] }\n  sleeps: { steps: [{ command: [sleep, '600'] }] }\ntargets: { small: { kind: emr, workers: 2, idle: 20m } }\n",
  );
  write("train.py", 'print("hello")\n');
  write(".mayfly/s3/results/accuracy/part-0.csv", CSV);
  write(".mayfly/s3/results/notes.txt", "what these are\n<b>not bold</b>\n");
  write(".mayfly/s3/results/broken.parquet", "this is no parquet");
  for (const month of ["01", "02"]) write(`landing/2024-${month}.csv`, "at,fare\n1,7.5\n2,9\n");
  write("landing/2024-03.csv", "at;fare;tip\n1;7,5;1\n");
  write(".mayfly/hdfs/user/me/a.csv", "a\n1\n");
  write("dashboard.yaml", DASHBOARD);
  write("examples/broken-dashboard.yaml", "title: broken\nchars: []\n");
  write("examples/any name.yml", "title: Of any name\ncharts: [{ mark: text, text: here }]\n");
  const accuracy = {
    name: "accuracy",
    uri: "s3://results/accuracy",
    path: join(folder, ".mayfly/s3/results/accuracy"),
    files: 1,
    bytes: CSV.length,
    format: "csv",
    rows: 7,
    schema: [
      { name: "n", type: "int" },
      { name: "label", type: "string" },
      { name: "accuracy", type: "double" },
    ],
  };
  const record = (id: string, at: number, more: object = {}) => ({
    ...{ version: 1, id, job: "one-off", source: "one-off", target: "local", kind: "local" },
    ...{ spark: "3.5.6", state: "succeeded", exitCode: 0, createdAt: at, endedAt: at + 109_000 },
    steps: [
      step(0, "make the training data", at, 18_000),
      step(1, "train ten networks", at + 18_000, 76_000),
    ],
    time: { startMs: 7100, workMs: 84_000, stopMs: 2600 },
    outputs: [accuracy],
    receipt: { created: [id], gone: ["its processes"], remains: [], usdPerMonth: 0 },
    request: { job: "one-off", cwd: folder, args: ["--small"] },
    ...more,
  });
  const step = (index: number, name: string, startedAt: number, ms: number) => ({
    ...{ index, name, kind: "pyspark", state: "succeeded", exitCode: 0 },
    ...{ startedAt, endedAt: startedAt + ms },
  });
  const put = (id: string, its: object) => {
    write(`.mayfly/runs/${id}/run.json`, JSON.stringify(its));
    write(`.mayfly/runs/${id}/journal.jsonl`, "");
    write(`.mayfly/runs/${id}/events.jsonl`, "");
  };
  const at = Date.UTC(2026, 0, 2, 3, 4, 5);
  put(RUNS.good, record(RUNS.good, at));
  put(
    RUNS.better,
    record(RUNS.better, at + HOUR, {
      outputs: [
        accuracy,
        { ...accuracy, name: "nothing", uri: "s3://results/no", missing: true, files: 0 },
      ],
    }),
  );
  put(
    RUNS.failed,
    record(RUNS.failed, at + 2 * HOUR, {
      state: "failed",
      exitCode: 1,
      steps: [
        { ...step(0, "make the training data", at, 18_000) },
        { ...step(1, "train ten networks", at, 3000), state: "failed", exitCode: 1 },
      ],
      outputs: [],
      failure: {
        step: 1,
        where: "train.py:14",
        line: 'df.select("labell")',
        message: 'there is no column "labell"; there are: x, y, label',
        hint: 'did you mean "label"?',
        exitCode: 1,
      },
    }),
  );
  write(`.mayfly/runs/${RUNS.failed}/journal.jsonl`, "half a line\n{}\n");
  const {
    endedAt: _,
    outputs: __,
    receipt: ___,
    time: ____,
    exitCode: _____,
    ...open
  } = record(RUNS.running, at + 3 * HOUR);
  const steps = [
    open.steps[0],
    { index: 1, name: "train ten networks", kind: "pyspark", state: "running", startedAt: at },
  ];
  put(RUNS.running, { ...open, state: "running", steps });
  markActive(folder, RUNS.running);
  event(folder, RUNS.running, { code: "note", text: "two cores of this machine are used" });
  event(folder, RUNS.running, {
    code: "step.app",
    step: 1,
    app: "local-1",
    ui: "http://127.0.0.1:4040",
  });
  event(folder, RUNS.running, {
    code: "step.progress",
    step: 1,
    progress: {
      stages: [{ id: 4, name: "fit at train.py:40", done: 3, active: 2, failed: 0, total: 8 }],
    },
  });
  event(folder, RUNS.running, {
    code: "cost",
    cost: {
      ...{ usd: 0.31, atLeast: 0.31, unknown: [], pricesOf: "2026-01-01", basis: "estimate" },
      perHour: { usd: 0.75, atLeast: 0.75, unknown: [] },
    },
  });
  for (const job of ["hello", "sleeps"] as const)
    put(
      RUNS[job],
      record(RUNS[job], at - HOUR, { job, outputs: [], request: { job, cwd: folder } }),
    );
  write(`.mayfly/runs/${RUNS.damaged}/run.json`, "{");
  const lines = (n: number, of: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => of(i)).join("");
  write(
    `.mayfly/runs/${RUNS.good}/logs/0/stdout.log`,
    lines(20, (i) => `point ${i}\n`),
  );
  write(
    `.mayfly/runs/${RUNS.good}/logs/1/stdout.log`,
    `${lines(40_000, (i) => `row ${i} of the training, nothing to see\n`)}password=hunter2\n<img src=x onerror=alert(1)>\n\u001b[31mred\u001b[0m\n`,
  );
  write(
    `.mayfly/runs/${RUNS.failed}/logs/1/stderr.log`,
    "Traceback (most recent call last):\n  no column labell\n",
  );
  write(`.mayfly/runs/${RUNS.running}/logs/1/stdout.log`, "epoch 1\n");
}

export function event(folder: string, id: string, body: object): void {
  const line = JSON.stringify({ at: Date.UTC(2026, 0, 2, 6, 7, 9), run: id, ...body });
  appendFileSync(join(folder, ".mayfly/runs", id, "events.jsonl"), `${line}\n`);
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MayflyError } from "../base/errors.ts";
import { makeJob } from "./file/make-job.ts";
import { readProject } from "./file/read-project.ts";
import { readStepsFile } from "./file/read-steps-file.ts";
import { parseSubmit } from "./submit.ts";

const read = (text: string) => readProject(text, "mayfly.yaml");
const problem = (work: () => unknown): MayflyError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof MayflyError, String(error));
    return error;
  }
  assert.fail("it was accepted");
};

const FULL = `
jobs:
  one:
    description: all words
    release: emr-7.12.0
    python: { requirements: requirements.txt }
    outputs: { out: s3://results/out }
    conf: { spark.sql.shuffle.partitions: 4 }
    packages: ["a:b:1"]
    env: { KEY: yes }
    steps:
      - { script: a.py, args: [1.10, "", "a,b", true, ~], submit: [--num-executors, 29] }
      - { sql: q.sql, on_failure: continue }
      - { jar: a.jar, class: com.a.B }
      - { python: p.py }
      - { command: [sh, -c, "echo hi"] }
      - { copy: { from: hdfs:///a, to: s3://b/c } }
    small: { args: { 0: [2] } }
mounts: { s3://b: ./b }
targets: { here: { kind: local } }
`;

test("every word of mayfly.yaml is read, and scalars stay the text they were", () => {
  const file = read(FULL);
  const job = makeJob("one", file.jobs?.one ?? assert.fail(), "/p", false);
  assert.deepEqual(
    job.steps.map((step) => step.kind),
    ["pyspark", "sql", "jar", "python", "command", "copy"],
  );
  assert.deepEqual(job.steps[0]?.args, ["1.10", "", "a,b", "true", "~"]);
  assert.equal(job.steps[1]?.onFailure, "continue");
  assert.deepEqual(job.env, { KEY: "yes" });
  assert.deepEqual(makeJob("one", file.jobs?.one ?? assert.fail(), "/p", true).steps[0]?.args, [
    "2",
  ]);
});

test("a mistake is named with its place and the nearest word", () => {
  const cases: [string, RegExp, RegExp?][] = [
    ["jobs:\n\tone: 1\n", /mayfly.yaml/, /tab/],
    ["job: {}\n", /job is not a word/, /did you mean "jobs"/],
    ["jobs: { a: { step: [] } }\n", /jobs\.a has no steps/, /"step" is not a word.*"steps"/],
    ["jobs: { a: { steps: [] } }\n", /jobs\.a\.steps/],
    ["jobs: { a: { steps: [{}] } }\n", /steps\.0 has nothing/],
    ["jobs: { a: { steps: [{ scirpt: a.py }] } }\n", /has scirpt/, /did you mean "script"/],
    ["jobs: { a: { steps: [{ script: a.py, jar: b.jar }] } }\n", /says script and jar/],
    [
      "jobs: { a: { steps: [{ script: a.py, argz: [] }] } }\n",
      /steps\.0\.argz is not a word/,
      /"args"/,
    ],
    ["jobs: { a: { steps: [{ script: a.py, args: x }] } }\n", /steps\.0\.args is "x"/],
    ["jobs: { a: { steps: [{ script: a.py, on_failure: stpo }] } }\n", /on_failure is "stpo"/],
    ["jobs: { a: { steps: [{ copy: { from: a } }] } }\n", /steps\.0\.copy/],
    ["targets: { a: { kind: locl } }\n", /targets\.a\.kind is "locl"/],
    [
      "targets: { a: { kind: emr, workers: two } }\n",
      /workers is "two"; expected a whole number from 0/,
      /docs\/emr-settings\.md shows every word/,
    ],
    [
      "targets: { a: { kind: emr, owner: '' } }\n",
      /owner is ""; expected a text that is not empty/,
    ],
    [
      `targets: { a: { kind: emr, tags: { a: ${"x".repeat(257)} } } }\n`,
      /expected a tag's value, of 256/,
    ],
    [
      `targets: { a: { kind: emr, tags: { ${"x".repeat(129)}: a } } }\n`,
      /expected a tag's name, of 128/,
    ],
    ["mounts: { gs://a: ./a }\n", /mounts/],
    ["- a\n", /the file is \["a"\]; expected names with their values/],
    ["jobs: { a: { steps: [{ script: a.txt }] } }\n", /./],
  ];
  for (const [text, message, remedy] of cases.slice(0, -1)) {
    const error = problem(() => read(text));
    assert.equal(error.exitCode, 2, text);
    assert.match(error.message, message, text);
    if (remedy) assert.match(error.remedy ?? "", remedy, text);
  }
});

test("a mistake is told with its line and column, in a list and in a block as well", () => {
  const text = `jobs:
  a.b:
    steps:
      - script: a.py
      - script: b.py
        argz: [x]
targets:
  small:
    kind: emr
    workers: two
`;
  const at = (from: string, to: string) =>
    /"mayfly.yaml":(\d+:\d+): /.exec(problem(() => read(text.replace(from, to))).message)?.[1];
  assert.equal(at("", ""), "6:9");
  assert.equal(at("argz", "args"), "10:14");
  assert.equal(at("- script: b.py\n        argz: [x]", "- { jar: b.jar, script: c.py }"), "5:9");
  assert.equal(at("steps:\n", "steps: {}\n    x:\n"), "3:5");
  assert.equal(at(text, "- a\n"), "1:1");
});

test("submit options are read as spark-submit reads them", () => {
  const options = parseSubmit(
    [
      "--conf",
      "a=b=c",
      "--conf=x=",
      "-c",
      "y=1",
      "--jars",
      "a.jar,b.jar",
      "--num-executors",
      "29",
      "--class",
      "C",
      "--verbose",
    ],
    "submit",
  );
  assert.deepEqual(options.conf, { a: "b=c", x: "", y: "1" });
  assert.deepEqual(options.jars, ["a.jar", "b.jar"]);
  assert.deepEqual(options.cluster, { "--num-executors": "29" });
  assert.equal(options.className, "C");
  assert.match(
    problem(() => parseSubmit(["--num-executor", "2"], "submit")).remedy ?? "",
    /--num-executors/,
  );
  assert.match(problem(() => parseSubmit(["--conf"], "submit")).message, /needs a value/);
  assert.match(
    problem(() => parseSubmit(["--conf", "novalue"], "submit")).message,
    /"novalue" has no "="/,
  );
});

test("the steps file of the CDK tutorial gives each step its arguments", () => {
  const text =
    '{"steps":[{"name":"step1","code_filename":"step1.py"},{"name":"step2","code_filename":"step2.py","data_source_folder":"step2"}]}';
  const there = new Set(["/p/code/step1.py", "/p/step2.py", "/p/data/step2"]);
  const { job, data } = readStepsFile(text, "f.json", "/p", (path) => there.has(path));
  assert.deepEqual(
    job.steps.map((step) => step.args),
    [
      ["--output_uri", "s3://emr-steps/outputs/step1/"],
      [
        "--data_source_folder",
        "s3://emr-steps/data/step2/",
        "--output_uri",
        "s3://emr-steps/outputs/step2/",
      ],
    ],
  );
  assert.deepEqual(data, [{ folder: "/p/data/step2", uri: "s3://emr-steps/data/step2/" }]);
  for (const bad of [
    "{",
    "{}",
    '{"steps":[]}',
    '{"steps":[{"name":"a"}]}',
    '{"steps":[{"code_filename":"a"}]}',
    '{"steps":[{"name":"a","code_filename":"x.py","z":1}]}',
  ]) {
    assert.equal(problem(() => readStepsFile(bad, "f.json", "/p", () => true)).exitCode, 2, bad);
  }
});

test("the published JSON Schema is the one the file is read with", async () => {
  const { toJsonSchema } = await import("@valibot/to-json-schema");
  const { projectSchema } = await import("./file/project.ts");
  const published = JSON.parse(
    readFileSync(new URL("../mayfly.schema.json", import.meta.url), "utf8"),
  ) as { properties: object };
  const made = toJsonSchema(projectSchema, { typeMode: "input", errorMode: "ignore" });
  assert.deepEqual(
    published.properties,
    JSON.parse(JSON.stringify(made.properties)),
    "run npm run schema",
  );
});

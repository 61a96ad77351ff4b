import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, marked } from "../src/base/processes.ts";
import { COMMANDS } from "../src/cli/index.ts";
import { activeRuns, markActive, runIds } from "../src/engine/runs/records.ts";
import { writeRehearsal } from "../src/rehearsal/control/records.ts";
import { faultService } from "../src/rehearsal/faults/control/service.ts";
import { openFaults } from "../src/rehearsal/faults/faults.ts";
import type { AwsRequest } from "../src/rehearsal/service.ts";
import { makeFolder, mayfly } from "./support/cli.ts";
import { consoleTranscripts } from "./support/console/golden.ts";
import { clusterTranscripts, on as withLab } from "./support/emr/golden-clusters.ts";
import { queryTranscripts } from "./support/query/golden-sql.ts";
import { dashboardTranscripts } from "./support/results/golden-dashboards.ts";

/**
 * Transcripts of whole commands: one success and three failures of each, or it may not stand in the
 * help. MAYFLY_GOLDEN=write writes them anew; read the difference before you commit it.
 */
const GOLDEN = join(import.meta.dirname, "golden");
const RUN = "20260102-030405-abc123";
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const record = {
  version: 1,
  id: RUN,
  job: "job.py",
  source: "job.py",
  target: "local",
  kind: "local",
  spark: "3.5.6",
  state: "failed",
  createdAt: AT,
  endedAt: AT + 12_300,
  steps: [
    {
      index: 0,
      name: "job.py",
      kind: "pyspark",
      state: "failed",
      exitCode: 1,
      startedAt: AT + 100,
      endedAt: AT + 12_200,
      appIds: ["local-1"],
    },
    { index: 1, name: "copy", kind: "copy", state: "skipped" },
  ],
  outputs: [
    {
      name: "out",
      uri: "s3://results/out",
      path: "/p",
      files: 2,
      bytes: 2048,
      format: "parquet",
      rows: 10,
      schema: [{ name: "id", type: "bigint" }],
    },
  ],
  time: { startMs: 3000, workMs: 9000, stopMs: 100 },
  failure: {
    step: 0,
    where: "job.py:4",
    line: "1 / 0",
    message: "ZeroDivisionError: division by zero",
    exitCode: 1,
  },
  request: { job: "no-such-job.py", cwd: "/nowhere" },
};
const RECORDED = {
  "job.py": "x\n",
  "copy.yaml": "",
  [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify(record),
  [`.mayfly/runs/${RUN}/logs/0/stdout.log`]: "hello\n",
  [`.mayfly/runs/${RUN}/logs/0/stderr.log`]: "oh no\n",
  [`.mayfly/runs/${RUN}/events.jsonl`]: "",
};
/** A region of which no price is known. */
const UNPRICED = { AWS_REGION: "mars-north-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };
const RECEIPTED = {
  [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify({
    ...record,
    ...{ target: "small", kind: "emr" },
    receipt: {
      created: [RUN, "cluster j-2AXXXXXXGAPLF", "security group sg-1"],
      gone: ["cluster j-2AXXXXXXGAPLF", "security security group sg-1"],
      remains: ["its logs and the job's files in s3://bucket/mayfly/"],
      usdPerMonth: 0.0003,
      perMonth: { usd: 0.0003, atLeast: 0.0003, unknown: [], pricesOf: "2024-07-01" },
    },
    cost: {
      ...{ basis: "estimate", usd: 0.113, atLeast: 0.113, unknown: [], pricesOf: "2024-07-01" },
      perHour: { usd: 0, atLeast: 0, unknown: [] },
    },
  }),
};
/** A job without Spark, so that a success needs nothing fetched. */
const SHELL = {
  "mayfly.yaml":
    "jobs:\n  hello:\n    steps:\n      - { command: [sh, -c, 'echo hello $0', you] }\n      - { command: [sh, -c, 'echo out; exit 3'], name: fails, on_failure: continue }\n",
};
/** A job whose output is a table, and what it says when it has been saved with another one. */
const WATCHED = {
  "mayfly.yaml":
    "jobs: { copies: { steps: [{ copy: { from: table.csv, to: hdfs:///out/table.csv } }, { command: [sh, say.sh] }], outputs: { out: hdfs:///out } } }\n",
  "table.csv": "id,name\n1,one\n2,two\n",
  "say.sh": "cat table.csv\n",
};
const SAVED = {
  "table.csv": "id,name,size\n1,one,9\n3,three,9\n2,two,9\n",
  "say.sh": "tail -n 2 table.csv\n",
};

const CLUSTER = {
  "mayfly.yaml":
    "jobs:\n  hello: { steps: [{ command: [echo, hello] }] }\ntargets:\n  small:\n    { kind: emr, region: us-east-1, workers: 2, market: spot, security_groups: emr, tags: { team: it's ours } }\n",
};
/** Nobody whom AWS knows, and nowhere to look for one. */
const NOBODY = {
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
};
const OWN_PRICES = { XDG_CONFIG_HOME: "" };
const LINE = `#!/bin/sh
name=words
aws emr create-cluster --name "$name" --release-label emr-7.12.0 --use-default-roles \\
  --applications Name=Spark --instance-type m5.xlarge --instance-count 3 --enable-debugging \\
  --ec2-attributes KeyName=<key>,SubnetId=subnet-1 --auto-terminate \\
  --steps Type=Spark,Name=count,Args=[s3://demo/count.py,s3://demo/in]
`;

const BUCKET = {
  ".mayfly/s3/data/in/a.csv": "id,name\n1,one\n",
  ".mayfly/s3/data/in/b/c.tmp": "x",
  "people.csv": "id\n",
};
/** Files that Spark reads together without an error, and wrongly. */
const TABLES = {
  ".mayfly/s3/data/in/1.csv": "a,b,c\n1,2,3\n4,5,6\n",
  ".mayfly/s3/data/in/2.csv": "a,b,c\n7,8,9\n",
  ".mayfly/s3/data/in/3.csv": "c,a\n30,10\n",
  ".mayfly/s3/data/in/4.csv": "<!DOCTYPE html>\n<html></html>\n",
  ".mayfly/s3/data/same/1.csv": "a\n1\n",
  "mine.py": "",
};
/** Ends with the address of a server that startBucket starts. */
const PRESIGN = ["fs", "presign", "s3://data/a.csv", "--endpoint-url", ""];
/** Where the state of rehearsals is, and a person's own AWS files. */
const REHEARSED = { XDG_STATE_HOME: "", AWS_CONFIG_FILE: "", AWS_SHARED_CREDENTIALS_FILE: "" };
const undated = (text: string) => text.replace(/\d{4}-\d\d-\d\d[ T][\d:.]+Z?/g, "DATE TIME");
const unmeasured = (text: string) => text.replace(/ in N s( \([^)]*\))?/, " in N s");

type Transcript = {
  files?: Record<string, string>;
  args: string[];
  env?: NodeJS.ProcessEnv;
  before?: (folder: string) => Promise<() => void>;
  out?: (text: string) => string;
  err?: (text: string) => string;
};
const transcripts: Record<string, Transcript[]> = {
  ...clusterTranscripts,
  ...consoleTranscripts,
  ...dashboardTranscripts,
  run: [
    { files: SHELL, args: ["run", "hello", "--fetch"] },
    { files: SHELL, args: ["run", "--fetch"] },
    { files: SHELL, args: ["run", "hello", "--fetch=home"] },
    { files: SHELL, args: ["run", "hello", "--fetched"] },
    { files: SHELL, args: ["run", "hello", "--on", "emr", "--budget", "five"] },
    { files: SHELL, args: ["run", "hello", "--budget", "$5"] },
    { files: SHELL, args: ["run", "hello", "--on", "emr", "--budget", "$5"], env: UNPRICED },
    { files: SHELL, args: ["run", "helo"] },
    { files: SHELL, args: ["run", "hello", "--on", "mars"] },
    { files: SHELL, args: ["run", "hello", "--verbos"] },
  ],
  plan: [
    { files: CLUSTER, env: NOBODY, args: "plan hello --on small --hours 0.5".split(" ") },
    { files: CLUSTER, args: ["plan", "hello", "--on", "smal"] },
    { files: CLUSTER, args: ["plan", "hello", "--hours", "soon"] },
    { files: CLUSTER, args: ["plan", "hello", "--policy"] },
    { files: CLUSTER, args: ["plan", "helo"] },
  ],
  prices: [
    {
      env: OWN_PRICES,
      before: writePrices,
      args: "prices --type m5.xlarge --region us-east-1 --region eu-west-3".split(" "),
    },
    {
      env: OWN_PRICES,
      before: (folder) => writePrices(folder, "of: 2026-03-01\nhour: {}\n"),
      args: ["prices"],
    },
    { args: ["prices", "m5.xlarge"] },
    { env: NOBODY, args: ["prices", "--update"] },
  ],
  import: [
    { files: { "line.sh": LINE }, args: ["import", "line.sh", "--print"] },
    { files: { ...SHELL, "line.sh": LINE }, args: ["import", "line.sh"] },
    { files: { "line.sh": "aws emr list-clusters\n" }, args: ["import", "line.sh"] },
    { args: "import --print -- aws emr create-cluster --instance-typ m5.xlarge --tag".split(" ") },
    { args: ["import", "lien.sh"] },
  ],
  watch: [
    { files: WATCHED, before: saveTwice, args: ["watch", "copies"] },
    { files: SHELL, args: ["watch", "helo"] },
    { files: SHELL, args: ["watch", "hello", "--sample", "some"] },
    { args: ["watch"] },
  ],
  init: [
    { files: { "one.py": "x", "two.jar": "x", "requirements.txt": "" }, args: ["init"] },
    { files: SHELL, args: ["init"] },
    { args: ["init", "name"] },
    { args: ["init", "--force"] },
  ],
  ls: [
    withLab(["ls"], RECORDED),
    { args: ["ls", "--limit", "x"] },
    { args: ["ls", "here"] },
    { args: ["ls", "--al"] },
  ],
  show: [
    { files: RECORDED, args: ["show", "abc123"] },
    { files: RECORDED, args: ["show", "abc124"] },
    { files: { [`.mayfly/runs/${RUN}/run.json`]: "{" }, args: ["show", RUN] },
    { args: ["show"] },
  ],
  compare: [
    {
      files: {
        ...RECORDED,
        ".mayfly/runs/20260102-040506-abc124/run.json": JSON.stringify({
          ...record,
          ...{ id: "20260102-040506-abc124", state: "succeeded", endedAt: AT + 9000 },
        }),
      },
      args: ["compare", "abc123", "abc124"],
    },
    { files: RECORDED, args: ["compare", "abc123"] },
    { files: RECORDED, args: ["compare", "abc123", "abc999"] },
    { files: RECORDED, args: ["compare", "abc123", "abc123", "abc123"] },
  ],
  logs: [
    { files: RECORDED, args: ["logs"] },
    { files: RECORDED, args: ["logs", "--stream", "out"] },
    { files: RECORDED, args: ["logs", "--step", "2"] },
    { args: ["logs"] },
  ],
  wait: [
    {
      files: {
        ...RECORDED,
        [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify({ ...record, state: "succeeded" }),
      },
      args: ["wait"],
    },
    { files: RECORDED, args: ["wait"] },
    { files: RECORDED, args: ["wait", "--timeout", "x"] },
    { args: ["wait", "20260102"] },
  ],
  cancel: [
    {
      files: { "mayfly.yaml": "jobs: { sleeps: { steps: [{ command: [sleep, 60] }] } }\n" },
      before: startSleep,
      args: ["cancel"],
    },
    { files: RECORDED, args: ["cancel"] },
    { args: ["cancel"] },
    { args: ["cancel", "a", "b"] },
  ],
  receipt: [
    { files: RECEIPTED, args: ["receipt"] },
    { files: RECORDED, args: ["receipt", "last"] },
    { files: RECEIPTED, args: ["receipt", "abc999"] },
    { args: ["receipt"] },
    { args: ["receipt", "last", "first"] },
  ],
  rerun: [
    {
      files: {
        ...SHELL,
        [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify({
          ...record,
          request: { job: "hello", cwd: "FOLDER" },
        }),
      },
      args: ["rerun"],
    },
    { files: RECORDED, args: ["rerun"] },
    {
      files: {
        [`.mayfly/runs/${RUN}/run.json`]: JSON.stringify({
          ...record,
          request: { job: "a.py", cwd: "/", env: { API_TOKEN: "***" } },
        }),
      },
      args: ["rerun"],
    },
    { args: ["rerun"] },
  ],
  open: [
    { files: RECORDED, before: startUi, args: ["open"] },
    { files: RECORDED, args: ["open"] },
    { files: RECORDED, args: ["open", "last", "spark"] },
    { files: RECORDED, args: ["open", "last", "ganglia"] },
  ],
  "fs ls": [
    { files: BUCKET, args: ["fs", "ls", "s3://data/in/*"], out: undated },
    { files: BUCKET, args: ["fs", "ls", "s3://dat/in"] },
    { files: BUCKET, args: ["fs", "ls", "s3://data/../.."] },
    { files: BUCKET, args: ["fs", "ls", "a", "b"] },
    { files: BUCKET, args: ["fs", "ls", "hdfs://namenode:8020/logs"] },
  ],
  "fs find": [
    { files: BUCKET, args: ["fs", "find", "s3://data/", "--exclude", "*.tmp"] },
    { files: BUCKET, args: ["fs", "find"] },
    { files: BUCKET, args: ["fs", "find", "hdfs:///nowhere"] },
    { files: BUCKET, args: ["fs", "find", "s3://"] },
  ],
  "fs du": [
    { files: BUCKET, args: ["fs", "du", "s3://data/", "people.csv"] },
    { files: BUCKET, args: ["fs", "du"] },
    { files: BUCKET, args: ["fs", "du", "s3://data/inn"] },
    { files: BUCKET, args: ["fs", "du", "--human"] },
  ],
  "fs stat": [
    { files: BUCKET, args: ["fs", "stat", "s3://data/in/a.csv"], out: undated },
    { files: BUCKET, args: ["fs", "stat", "s3://data/in/b.csv"] },
    { files: BUCKET, args: ["fs", "stat"] },
    { files: BUCKET, args: ["fs", "stat", "a", "b"] },
  ],
  "fs cat": [
    { files: BUCKET, args: ["fs", "cat", "s3://data/in/a.csv"] },
    { files: BUCKET, args: ["fs", "cat", "s3://data/in"] },
    { files: BUCKET, args: ["fs", "cat", "s3://data/in/aa.csv"] },
    { files: BUCKET, args: ["fs", "cat"] },
  ],
  "fs head": [
    { files: BUCKET, args: ["fs", "head", "s3://data/in/a.csv", "--lines", "1"] },
    { files: BUCKET, args: ["fs", "head", "s3://data/in/a.csv", "--lines", "x"] },
    { files: BUCKET, args: ["fs", "head", "hdfs:///nothing"] },
    { files: BUCKET, args: ["fs", "head"] },
  ],
  "fs cp": [
    { files: BUCKET, args: ["fs", "cp", "-r", "s3://data/in", "out"], err: unmeasured },
    { files: BUCKET, args: ["fs", "cp", "s3://data/in", "out"] },
    { files: BUCKET, args: ["fs", "cp", "people.csv"] },
    { files: BUCKET, args: ["fs", "cp", "people.csv", "s3://data/../../out"] },
    { files: BUCKET, args: ["fs", "cp", "people.csv", "s3://dato/in/"] },
  ],
  "fs mv": [
    { files: BUCKET, args: ["fs", "mv", "people.csv", "s3://data/in/"], err: unmeasured },
    { files: BUCKET, args: ["fs", "mv", "people.csv", "people.csv"] },
    { files: BUCKET, args: ["fs", "mv", "peple.csv", "s3://data/in/"] },
    { files: BUCKET, args: ["fs", "mv", "-r", "s3://data/in", "s3://data/in/below"] },
  ],
  "fs sync": [
    {
      files: { ...BUCKET, "s3copy/a.csv": "an older one" },
      args: ["fs", "sync", "s3://data/in", "s3copy", "--delete"],
      err: unmeasured,
    },
    { files: BUCKET, args: ["fs", "sync", "people.csv", "s3://data/in"] },
    { files: BUCKET, args: ["fs", "sync", "s3://data/inn", "out", "--delete"] },
    { files: BUCKET, args: ["fs", "sync", "s3://data/in", "s3://data/in/below"] },
    { files: BUCKET, args: ["fs", "sync", "s3://data/in", "out", "--limit-rate", "fast"] },
  ],
  "fs leftovers": [
    {
      files: { "in/.big.csv.1234abcd.part.mayfly": "half" },
      args: ["fs", "leftovers", "in", "--older-than", "0m", "--remove"],
      out: undated,
    },
    { files: BUCKET, args: ["fs", "leftovers"] },
    { files: BUCKET, args: ["fs", "leftovers", "s3://date"] },
    { files: BUCKET, args: ["fs", "leftovers", "s3://data", "--older-than", "soon"] },
  ],
  "fs presign": [
    {
      before: startBucket,
      args: PRESIGN,
      env: {
        AWS_ACCESS_KEY_ID: "AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_REGION: "us-east-1",
      },
      out: (text) => text.replace(/(Date|Signature)=\w+|%2F\d{8}%2F/g, "$1…"),
    },
    { files: BUCKET, args: ["fs", "presign", "s3://data/in/a.csv"] },
    { files: BUCKET, args: ["fs", "presign", "s3://data/in/a.csv", "--expires-in", "8d"] },
    { files: BUCKET, args: ["fs", "presign"] },
  ],
  "fs rm": [
    { files: BUCKET, args: ["fs", "rm", "-r", "s3://data/in", "--dry-run"] },
    { files: BUCKET, args: ["fs", "rm", "s3://data/in"] },
    { files: BUCKET, args: ["fs", "rm", "-r", "."] },
    { files: BUCKET, args: ["fs", "rm", "hdfs:///nothing"] },
    { files: BUCKET, args: ["fs", "rm", "hdfs:///x", "--webhdfs", "namenode:9870"] },
  ],
  "fs chmod": [
    { files: BUCKET, args: ["fs", "chmod", "-r", "u=rwX,go-w", "people.csv"] },
    { files: BUCKET, args: ["fs", "chmod", "rw-r--r--", "people.csv"] },
    { files: BUCKET, args: ["fs", "chmod", "644", "s3://data/in/a.csv"] },
    { files: BUCKET, args: ["fs", "chmod", "644"] },
    { files: BUCKET, args: ["fs", "chmod", "644", "hdfs:///nothing"] },
  ],
  "fs mkdir": [
    { files: BUCKET, args: ["fs", "mkdir", "hdfs:///user/me"] },
    { files: BUCKET, args: ["fs", "mkdir"] },
    { files: BUCKET, args: ["fs", "mkdir", "people.csv"] },
    { files: BUCKET, args: ["fs", "mkdir", "hdfs:///../.."] },
  ],
  "fs mb": [
    { files: BUCKET, args: ["fs", "mb", "s3://new-one"] },
    { files: BUCKET, args: ["fs", "mb", "s3://data"] },
    { files: BUCKET, args: ["fs", "mb", "s3://No_Bucket"] },
    { files: BUCKET, args: ["fs", "mb", "hdfs:///x"] },
  ],
  "fs rb": [
    { files: BUCKET, args: ["fs", "rb", "s3://data", "--force"] },
    { files: BUCKET, args: ["fs", "rb", "s3://data"] },
    { files: BUCKET, args: ["fs", "rb", "s3://date"] },
    { files: BUCKET, args: ["fs", "rb", "s3://data/in"] },
  ],
  ...queryTranscripts,
  "data check": [
    { files: TABLES, args: ["data", "check", "s3://data/in"] },
    { files: TABLES, args: ["data", "check", "s3://data/ou"] },
    { files: TABLES, args: ["data", "check", "s3://data/in", "--files", "some"] },
    { files: TABLES, args: ["data", "check"] },
    { files: TABLES, args: ["data", "check", "s3://data/same", "--fix", "--out", "mine.py"] },
  ],
  "data sample": [
    { files: TABLES, args: ["data", "sample", "s3://data/in", "out", "--rows", "2"] },
    { files: TABLES, args: ["data", "sample", "s3://data/in", "out"] },
    { files: TABLES, args: ["data", "sample", "s3://data/in", "out", "--fraction", "2"] },
    { files: TABLES, args: ["data", "sample", "s3://data/in", "mine.py", "--bytes", "1MB"] },
    { files: TABLES, args: ["data", "sample", "s3://data/im", "out", "--rows", "2"] },
  ],
  "rehearsal start": [
    {
      files: { "chaos.yaml": "faults:\n  - { kind: throttle, service: s3, times: 3 }\n" },
      before: rehearseAnswering,
      env: REHEARSED,
      args: ["rehearsal", "start", "--profile", "mine", "--chaos", "chaos.yaml"],
    },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--profile", "theirs"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--port", "4000"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--port", "http"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--name", "Big One"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--speed", "60"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--speed", "fast"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--unsafe"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "start", "--chaos", "none.yaml"] },
    {
      files: { "chaos.yaml": "faults:\n  - kind: throttle\n    sevice: s3\n" },
      before: rehearse,
      env: REHEARSED,
      args: ["rehearsal", "start", "--chaos", "chaos.yaml"],
    },
  ],
  "rehearsal exec": [
    {
      before: rehearse,
      env: REHEARSED,
      args: ["rehearsal", "exec", "--", "sh", "-c", 'test "$AWS_REGION" = us-east-1'],
    },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "exec", "--", "sh", "-c", "exit 7"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "exec", "--", "no-such-program"] },
    { env: REHEARSED, args: ["rehearsal", "exec"] },
  ],
  "rehearsal fault": [
    {
      before: rehearseAnswering,
      env: REHEARSED,
      args: "rehearsal fault add throttle --service emr --operation Describe* --times 3".split(" "),
    },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "fault", "add", "thorttle"] },
    {
      before: rehearse,
      env: REHEARSED,
      args: "rehearsal fault add reset-after --service emr --operation RunJobFlows".split(" "),
    },
    {
      before: rehearse,
      env: REHEARSED,
      args: "rehearsal fault add throttle --zone us-east-1a".split(" "),
    },
    {
      before: rehearseAnswering,
      env: REHEARSED,
      args: ["rehearsal", "fault", "clear", "f7"],
    },
    { before: rehearseStopped, env: REHEARSED, args: ["rehearsal", "fault", "list"] },
    { env: REHEARSED, args: ["rehearsal", "fault", "throttle"] },
  ],
  "rehearsal status": [
    {
      before: rehearse,
      env: REHEARSED,
      args: ["rehearsal", "status"],
      out: (text) => text.replace(/SINCE +MEMORY +|\d+ h .*MB +/g, "… "),
    },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "status", "--name", "defalt"] },
    { env: REHEARSED, args: ["rehearsal", "status", "all"] },
    { env: REHEARSED, args: ["rehearsal", "status", "--nam", "x"] },
  ],
  "rehearsal stop": [
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "stop"] },
    { before: rehearse, env: REHEARSED, args: ["rehearsal", "stop", "--name", "second"] },
    { env: REHEARSED, args: ["rehearsal", "stop", "default"] },
    { env: REHEARSED, args: ["rehearsal", "stop", "--all"] },
  ],
  "rehearsal reset": [
    { before: rehearseStopped, env: REHEARSED, args: ["rehearsal", "reset", "--yes"] },
    { before: rehearseStopped, env: REHEARSED, args: ["rehearsal", "reset"] },
    { before: rehearseStopped, env: REHEARSED, args: ["rehearsal", "reset", "--name", "second"] },
    { env: REHEARSED, args: ["rehearsal", "reset", "default"] },
  ],
  prune: [
    { files: RECORDED, args: ["prune", "--yes"] },
    { files: RECORDED, args: ["prune", "--older-than", "soon"] },
    { files: RECORDED, args: ["prune", "abc999"] },
    { files: RECORDED, args: ["prune", "--all"] },
  ],
  warm: [
    { args: ["warm", "stop"] },
    { args: ["warm"] },
    { args: ["warm", "stat"] },
    { files: SHELL, args: ["warm", "start", "hello"] },
  ],
  doctor: [
    {
      args: ["doctor"],
      out: (text) =>
        text
          .split("\n")
          .map((line) => line.split(/ {2,}/)[0])
          .filter((line) => !/^! note/.test(line ?? ""))
          .join("\n"),
    },
    { args: ["doctor", "now"] },
    { args: ["doctor", "--fix"] },
    { args: ["doctor", "--verbose=1"] },
  ],
  completion: [
    { args: ["completion", "bash"] },
    { args: ["completion", "tcsh"] },
    { args: ["completion"] },
    { args: ["completion", "bash", "zsh", "fish"] },
  ],
};

const state = makeFolder();
process.env.XDG_STATE_HOME = state.path;
test.after(() => state.remove());

test("every command of the help has its transcripts", async () => {
  const names: string[] = [];
  for (const [name, entry] of Object.entries(COMMANDS)) {
    if ("load" in entry) names.push(name);
    else names.push(...Object.keys(await entry.verbs()).map((verb) => `${name} ${verb}`));
  }
  assert.deepEqual(Object.keys(transcripts).sort(), names.sort());
  for (const [name, list] of Object.entries(transcripts)) assert.ok(list.length >= 4, name);
});

for (const [name, list] of Object.entries(transcripts)) {
  test(`transcripts of mayfly ${name}`, async () => {
    const parts: string[] = [];
    for (const [i, one] of list.entries()) {
      const folder = makeFolder(one.files);
      for (const [file, text] of Object.entries(one.files ?? {})) {
        if (text.includes("FOLDER"))
          writeFileSync(join(folder.path, file), text.replaceAll("FOLDER", folder.path));
      }
      const after = await one.before?.(folder.path);
      const said = await mayfly(one.args, folder.path, one.env);
      after?.();
      folder.remove();
      const tidy = (text: string) => steady(text, folder.path);
      const err = one.err ? one.err(tidy(said.err)) : tidy(said.err);
      const out = one.out ? one.out(tidy(said.out)) : tidy(said.out);
      assert.ok(i === 0 || said.code > 0, `${one.args.join(" ")} was to fail`);
      parts.push(
        `$ mayfly ${tidy(one.args.join(" "))}\n${out}${out && !out.endsWith("\n") ? "\n" : ""}${err.replace(/^(?=.)/gm, "2> ")}exit ${said.code}\n`,
      );
    }
    const text = parts.join("\n");
    const file = join(GOLDEN, `${name.replace(" ", "-")}.txt`);
    if (process.env.MAYFLY_GOLDEN === "write") {
      mkdirSync(GOLDEN, { recursive: true });
      writeFileSync(file, text);
    }
    assert.equal(
      text,
      existsSync(file) ? readFileSync(file, "utf8") : "",
      `${file}: MAYFLY_GOLDEN=write npm run test:unit`,
    );
  });
}

/** Prices of a person's own, for what the table that ships does not know. */
function writePrices(
  folder: string,
  text = "of: 2026-03-01\nfrom: our contract\nhour: { eu-west-3: { m5.xlarge: { emr: 0.048 } } }\n",
): Promise<() => void> {
  OWN_PRICES.XDG_CONFIG_HOME = join(folder, "config");
  mkdirSync(join(folder, "config/mayfly"), { recursive: true });
  writeFileSync(join(folder, "config/mayfly/prices.yaml"), text);
  return Promise.resolve(() => {});
}

/** A run in another process, as someone has it in another terminal. */
async function startSleep(folder: string): Promise<() => void> {
  const script = join(import.meta.dirname, "support/run-job.ts");
  const child = spawn(process.execPath, ["--no-warnings", script, folder, "sleeps", "local"], {
    stdio: "ignore",
  });
  while (!activeRuns(folder).some((run) => marked(run.id).length > 0)) await sleep(50);
  return () => void child.kill("SIGKILL");
}

/** Someone saves the job twice, the second time with a mistake in it, and then ends the watching. */
async function saveTwice(folder: string): Promise<() => void> {
  const idle = async (runs: number) => {
    for (let i = 0; i < 500; i++) {
      if (runIds(folder).length >= runs && activeRuns(folder).length === 0) break;
      await sleep(20);
    }
    await sleep(200);
  };
  const saving = (async () => {
    await idle(1);
    for (const [name, text] of Object.entries(SAVED)) writeFileSync(join(folder, name), text);
    await idle(2);
    writeFileSync(join(folder, "mayfly.yaml"), "jobs: { copies: { steps: [] } }\n");
    await sleep(500);
    process.emit("SIGINT");
  })();
  return () => void saving;
}

/** A rehearsal whose process does nothing but run; it needs nothing fetched. */
function rehearse(folder: string, port = 4566): Promise<() => void> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  const running = identify(child.pid ?? 0);
  const home = writeRehearsalFiles(folder, port);
  writeFileSync(
    join(home, "running.json"),
    JSON.stringify({ daemon: running, companion: running, since: AT }),
  );
  return Promise.resolve(() => void child.kill("SIGKILL"));
}

/** One that answers for its faults. */
async function rehearseAnswering(folder: string): Promise<() => void> {
  const service = faultService(openFaults(), "AKIAEXAMPLE");
  const server = createServer(async (asked, response) => {
    const parts: Buffer[] = [];
    for await (const part of asked as AsyncIterable<Buffer>) parts.push(part);
    const [body, accessKey] = [Buffer.concat(parts), "AKIAEXAMPLE"];
    response.end((await service.handle({ body, accessKey } as AwsRequest)).body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const end = await rehearse(folder, (server.address() as { port: number }).port);
  return () => {
    end();
    server.close();
    server.closeAllConnections();
  };
}

function rehearseStopped(folder: string): Promise<() => void> {
  writeRehearsalFiles(folder);
  return Promise.resolve(() => {});
}

function writeRehearsalFiles(folder: string, port = 4566): string {
  const files = { state: "state", config: "config", credentials: "credentials" };
  REHEARSED.XDG_STATE_HOME = join(folder, files.state);
  REHEARSED.AWS_CONFIG_FILE = join(folder, files.config);
  REHEARSED.AWS_SHARED_CREDENTIALS_FILE = join(folder, files.credentials);
  writeFileSync(REHEARSED.AWS_CONFIG_FILE, "[profile theirs]\nregion = eu-west-1\n");
  const home = join(REHEARSED.XDG_STATE_HOME, "mayfly/rehearsals/default");
  const bucket = join(home, "s3/123456789012/data");
  mkdirSync(bucket, { recursive: true });
  writeFileSync(join(bucket, "a.csv"), "id\n");
  writeFileSync(join(bucket, "a.csv.meta.json"), "{}");
  writeRehearsal(home, {
    version: 1,
    port,
    accessKey: "AKIAEXAMPLE",
    secretKey: "secret",
    region: "us-east-1",
    account: "123456789012",
  });
  return home;
}

/** Where every object is there. */
async function startBucket(): Promise<() => void> {
  const server = createServer((_, response) => response.setHeader("content-length", "3").end());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  PRESIGN[4] = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return () => void server.close();
}

/** What a running driver's REST service answers to the one question that open asks. */
async function startUi(folder: string): Promise<() => void> {
  const server = createServer((request, response) => {
    response.end(request.url === "/api/v1/applications" ? '[{"id":"local-1"}]' : "{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const ui = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const path = join(folder, ".mayfly/runs", RUN);
  writeFileSync(join(path, "run.json"), JSON.stringify({ ...record, state: "running" }));
  markActive(folder, RUN);
  writeFileSync(
    join(path, "events.jsonl"),
    `${JSON.stringify({ code: "step.app", step: 0, app: "local-1", ui })}\n{"code":"st`,
  );
  return () => void server.close();
}

/** What differs from run to run stands as a word. */
function steady(text: string, folder: string): string {
  return text
    .replaceAll(folder, "FOLDER")
    .replace(/20(?!260102)\d{6}-\d{6}-[0-9a-f]{6}/g, "RUN")
    .replace(/ready after [\d.]+ s/g, "ready after N s")
    .replace(/\b\d+(\.\d)? s\b/g, (time) =>
      time === "12 s" ||
      time === "3.0 s" ||
      time === "9.0 s" ||
      (time === "0.1 s" && text.includes("abc123"))
        ? time
        : "N s",
    )
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/\$schema=\S+/, "$schema=SCHEMA")
    .replace(/no runs in FOLDER;.*/g, "no runs in FOLDER");
}

test("the help names every command, and the commands' help shows examples first", async () => {
  const help = await mayfly(["--help"], "/");
  assert.equal(help.code, 0);
  for (const name of Object.keys(COMMANDS)) assert.match(help.out, new RegExp(`^  ${name} `, "m"));
  for (const name of Object.keys(transcripts)) {
    const words = name.split(" ");
    const own = await mayfly([...words, "--help"], "/");
    assert.equal(own.code, 0);
    assert.match(own.out.split("\n").slice(0, 3).join("\n"), /Examples/);
    assert.deepEqual((await mayfly(["help", ...words], "/")).out, own.out);
  }
  assert.match((await mayfly(["fs", "--help"], "/")).out, /^ {2}cp +copy files/m);
});

test("an error is one JSON document with --json", async () => {
  const said = await mayfly(["show", "nothing", "--json"], makeFolder().path);
  assert.deepEqual([said.code, said.err], [2, ""]);
  assert.equal((JSON.parse(said.out) as { error: { code: string } }).error.code, "not-found");
});

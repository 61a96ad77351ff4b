import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { leftBehind, makeFolder, mayfly } from "./support/cli.ts";
import { jarWith } from "./support/spark/jar.ts";

process.env.XDG_STATE_HOME = join(makeFolder().path, "state");

interface Case {
  files?: Record<string, string | Buffer>;
  args: string[];
  code: number;
  says: RegExp;
  env?: NodeJS.ProcessEnv;
}

const OK = "from pyspark.sql import SparkSession\n";
const yaml = (text: string, more: Record<string, string | Buffer> = {}) => ({
  "mayfly.yaml": text,
  "a.py": OK,
  ...more,
});
const job = (step: string, rest = "") => yaml(`jobs:\n  a:\n    steps:\n      - ${step}\n${rest}`);
const run = (...args: string[]) => ["run", ...args];
const RUN_ID = "20260101-000000-abcdef";
const record = (text: string) => ({ [`.mayfly/runs/${RUN_ID}/run.json`]: text });

const cases: Record<string, Case> = {
  // data
  "a word of data that is not there": { args: ["data", "chekc", "in"], code: 2, says: /"check"/ },
  "data check of nothing": { args: ["data", "check", ""], code: 2, says: /needs a path or URI/ },
  "data check of no file at all": {
    args: ["data", "check", "--files", "0", "."],
    code: 2,
    says: /--files "0"/,
  },
  "a name for what is not written": {
    args: ["data", "check", ".", "--out", "x.py"],
    code: 2,
    says: /nothing is written without --fix/,
  },
  "a sample to nowhere": {
    args: ["data", "sample", "a", "--rows", "1"],
    code: 2,
    says: /where to/,
  },
  "two amounts of a sample": {
    args: ["data", "sample", "a", "b", "--rows", "1", "--bytes", "1"],
    code: 2,
    says: /two amounts/,
  },
  "a size that is none": {
    args: ["data", "sample", "a", "b", "--bytes", "much"],
    code: 2,
    says: /--bytes "much"/,
  },
  "more rows than fit": {
    args: ["data", "sample", "a", "b", "--rows", "999999999"],
    code: 2,
    says: /more than 5000000\n.*--fraction/,
  },
  "an input that is not there": {
    files: yaml("jobs: { a: { inputs: { x: nowhere }, steps: [{ command: [ls] }] } }\n"),
    args: run("a"),
    code: 2,
    says: /its input x, "nowhere"/,
  },
  "inputs as a list": {
    files: yaml("jobs: { a: { inputs: [x], steps: [{ command: [ls] }] } }\n"),
    args: run("a"),
    code: 2,
    says: /jobs\.a\.inputs is/,
  },

  // words
  "no command": { args: [], code: 2, says: /^$/ },
  "a command that is not there": { args: ["rnu"], code: 2, says: /no command "rnu"\n.*"run"/ },
  "a file instead of a command": {
    files: { "a.py": OK },
    args: ["./a.py"],
    code: 2,
    says: /no command "\.\/a\.py"/,
  },
  "a command of hostile characters": {
    args: ["__proto__"],
    code: 2,
    says: /no command "__proto__"/,
  },
  "constructor as a command": { args: ["constructor"], code: 2, says: /no command "constructor"/ },
  "run without a job": { args: run(), code: 2, says: /needs a job/ },
  "an empty job": { args: run(""), code: 2, says: /cannot run/ },
  "an option that is not there": {
    files: { "a.py": OK },
    args: run("a.py", "--packges", "x"),
    code: 2,
    says: /"--packges"\n.*"--packages"/,
  },
  "a job's option before --": {
    files: { "a.py": OK },
    args: run("a.py", "--rows"),
    code: 2,
    says: /after --/,
  },
  "an option without its value": {
    files: { "a.py": OK },
    args: run("a.py", "--conf"),
    code: 2,
    says: /--conf needs a value/,
  },
  "a flag with a value": {
    files: { "a.py": OK },
    args: run("a.py", "--small=yes"),
    code: 2,
    says: /--small takes no value/,
  },
  "a short option that is not there": {
    files: { "a.py": OK },
    args: run("a.py", "-Z"),
    code: 2,
    says: /"-Z"/,
  },
  "too many words": { args: ["show", "a", "b"], code: 2, says: /at most 1, got "b"/ },
  "words where none go": { args: ["ls", "x"], code: 2, says: /takes no words, got "x"/ },

  // files
  "a script that is absent": { args: run("a.py"), code: 2, says: /"a\.py": no such file/ },
  "a script nearly named": {
    files: { "train.py": OK },
    args: run("trian.py"),
    code: 2,
    says: /nearest: .*train\.py/,
  },
  "a script in a folder nearly named": {
    files: { "jobs/a.py": OK },
    args: run("job/a.py"),
    code: 2,
    says: /nearest: .*jobs/,
  },
  "an empty script": {
    files: { "a.py": "" },
    args: run("a.py"),
    code: 2,
    says: /the file is empty/,
  },
  "a script that is not UTF-8": {
    files: { "a.py": Buffer.from("x = 1\ny = '\xe9'\n", "latin1") },
    args: run("a.py"),
    code: 2,
    says: /line 2 is not UTF-8/,
  },
  "SQL that is not UTF-8": {
    files: { "a.sql": Buffer.from([0xff, 0xfe, 0x00]) },
    args: run("a.sql"),
    code: 2,
    says: /line 1 is not UTF-8/,
  },
  "Scala that is empty": { files: { "a.scala": "" }, args: run("a.scala"), code: 2, says: /empty/ },
  "a file of no known kind": {
    files: { "a.rb": "x" },
    args: run("a.rb"),
    code: 2,
    says: /"a\.rb".*its name does not say/,
  },
  "a file without an ending": {
    files: { Makefile: "x" },
    args: run("Makefile"),
    code: 2,
    says: /its name does not say/,
  },
  "a folder named like a script": {
    files: { "a.py/": "" },
    args: run("a.py"),
    code: 2,
    says: /no program/,
  },
  "a folder without a job": {
    files: { "d/": "" },
    args: run("d"),
    code: 2,
    says: /no mayfly\.yaml with a job.*no program/,
  },
  "a folder with two scripts": {
    files: { "d/a.py": OK, "d/b.py": OK },
    args: run("d"),
    code: 2,
    says: /2 programs \(a\.py, b\.py\)/,
  },
  "a folder whose file has two jobs": {
    files: {
      "d/mayfly.yaml":
        "jobs:\n  a: { steps: [{ script: a.py }] }\n  b: { steps: [{ script: a.py }] }\n",
    },
    args: run("d"),
    code: 2,
    says: /has 2 jobs/,
  },
  "a folder whose file has no job": {
    files: { "d/mayfly.yaml": "mounts: {}\n" },
    args: run("d"),
    code: 2,
    says: /no mayfly\.yaml with a job/,
  },
  "a URI of a bucket that is absent": {
    args: run("s3://nowhere/a.py"),
    code: 2,
    says: /"s3:\/\/nowhere\/a\.py".*does not exist/,
  },
  "a URI near a bucket": {
    files: { ".mayfly/s3/sparkify-data/x": "" },
    args: run("s3://sparkify_data/a.py"),
    code: 2,
    says: /nearest: s3:\/\/sparkify-data/,
  },
  "a URI without a bucket": { args: run("s3:///a.py"), code: 2, says: /names no bucket/ },
  "a URI that leaves its folder": {
    args: run("s3://b/../../../etc/a.py"),
    code: 2,
    says: /leaves its folder/,
  },
  "a URI of another scheme": { args: run("gs://b/a.py"), code: 2, says: /"gs:\/\/b\/a\.py"/ },
  "--py-files absent": {
    files: { "a.py": OK },
    args: run("a.py", "--py-files", "lib.zip"),
    code: 2,
    says: /"lib\.zip" \(--py-files\) does not exist/,
  },
  "--files absent": {
    files: { "a.py": OK },
    args: run("a.py", "--files", "x.txt"),
    code: 2,
    says: /\(--files\)/,
  },
  "--jars absent": {
    files: { "a.py": OK },
    args: run("a.py", "--jars", "x.jar"),
    code: 2,
    says: /\(--jars\)/,
  },
  "--archives absent": {
    files: { "a.py": OK },
    args: run("a.py", "--archives", "e.tgz#env"),
    code: 2,
    says: /\(--archives\)/,
  },
  "--properties-file absent": {
    files: { "a.py": OK },
    args: run("a.py", "--properties-file", "p"),
    code: 2,
    says: /\(--properties-file\)/,
  },
  "--jars that is a folder": {
    files: { "a.py": OK, "d/": "" },
    args: run("a.py", "--jars", "d"),
    code: 2,
    says: /is not a file/,
  },
  "a package without a version": {
    files: { "a.py": OK },
    args: run("a.py", "--packages", "org.a:b"),
    code: 2,
    says: /group:artifact:version/,
  },
  "a setting without =": {
    files: { "a.py": OK },
    args: run("a.py", "--conf", "spark.x"),
    code: 2,
    says: /"spark\.x" has no "="/,
  },
  "a setting without a name": {
    files: { "a.py": OK },
    args: run("a.py", "--conf", "=x"),
    code: 2,
    says: /"=x" has no "="/,
  },
  "a setting with NUL": {
    files: { "a.py": OK },
    args: run("a.py", "--conf", "a=\0"),
    code: 2,
    says: /NUL/,
  },
  "a variable without a name": {
    files: { "a.py": OK },
    args: run("a.py", "--env", "=x"),
    code: 2,
    says: /--env "=x"/,
  },
  "a variable with a wrong name": {
    files: { "a.py": OK },
    args: run("a.py", "--env", "A-B=x"),
    code: 2,
    says: /--env "A-B=x"/,
  },
  "a variable that is not set": {
    files: { "a.py": OK },
    args: run("a.py", "--env", "MAYFLY_NOT_SET"),
    code: 2,
    says: /--env "MAYFLY_NOT_SET"/,
  },

  "memory that is no size": {
    files: { "a.py": OK },
    args: run("a.py", "--driver-memory", "much"),
    code: 2,
    says: /cannot use "much" as the driver's memory/,
  },
  "no memory at all": {
    files: { "a.py": OK },
    args: run("a.py", "--conf", "spark.executor.memory=0g"),
    code: 2,
    says: /cannot use "0g" as the executor's memory/,
  },

  // jars
  "an empty jar": {
    files: { "a.jar": "" },
    args: run("a.jar", "--class", "A"),
    code: 2,
    says: /not a jar \(0 bytes\)/,
  },
  "a jar that is none": {
    files: { "a.jar": "x".repeat(100) },
    args: run("a.jar", "--class", "A"),
    code: 2,
    says: /not a jar \(100 bytes\)/,
  },
  "a jar cut in the middle": {
    files: { "a.jar": jarWith(["A.class"]).subarray(0, 60) },
    args: run("a.jar", "--class", "A"),
    code: 2,
    says: /not a jar/,
  },
  "a jar whose directory lies": {
    files: { "a.jar": jarWith(["A.class"], true) },
    args: run("a.jar", "--class", "A"),
    code: 2,
    says: /not a jar/,
  },
  "a jar without the class": {
    files: { "a.jar": jarWith(["com/acme/Main.class"]) },
    args: run("a.jar", "--class", "com.acme.Mian"),
    code: 2,
    says: /no class "com\.acme\.Mian"\n.*"com\.acme\.Main"/,
  },
  "a jar with no class at all": {
    files: { "a.jar": jarWith(["README"]) },
    args: run("a.jar", "--class", "A"),
    code: 2,
    says: /classes in it: none/,
  },

  // versions and targets
  "an EMR release that does not exist": {
    files: { "a.py": OK },
    args: run("a.py", "--release", "emr-7.99.0"),
    code: 2,
    says: /emr-7\.99\.0/,
  },
  "a release of no form": {
    files: { "a.py": OK },
    args: run("a.py", "--release", "latest-ish"),
    code: 2,
    says: /latest-ish/,
  },
  "a Spark version that does not exist": {
    files: { "a.py": OK },
    args: run("a.py", "--spark", "9.9"),
    code: 2,
    says: /9\.9/,
  },
  "a Spark version of no form": {
    files: { "a.py": OK },
    args: run("a.py", "--spark", "three"),
    code: 2,
    says: /three/,
  },
  "an old release, strictly": {
    files: { "a.py": OK },
    args: run("a.py", "--release", "emr-5.28.0", "--strict-release"),
    code: 2,
    says: /emr-5\.28\.0/,
  },
  "release and Spark that disagree": {
    files: { "a.py": OK },
    args: run("a.py", "--release", "emr-7.12.0", "--spark", "4.0.1"),
    code: 2,
    says: /4\.0\.1/,
  },
  "a target that is not there": {
    files: { "a.py": OK },
    args: run("a.py", "--on", "moon"),
    code: 2,
    says: /no target, no open cluster and no kind/,
  },
  "a target nearly named": {
    files: { "a.py": OK },
    args: run("a.py", "--on", "locla"),
    code: 2,
    says: /did you mean "local"/,
  },
  "an empty target": {
    files: { "a.py": OK },
    args: run("a.py", "--on", ""),
    code: 2,
    says: /cannot run on ""/,
  },
  "--small of a script": {
    files: { "a.py": OK },
    args: run("a.py", "--small"),
    code: 2,
    says: /only a job of mayfly\.yaml/,
  },
  "--small of a job without it": {
    files: job("script: a.py"),
    args: run("a", "--small"),
    code: 2,
    says: /has no small: entry/,
  },
  "a step that is not there": {
    files: job("script: a.py"),
    args: run("a", "--step", "3"),
    code: 2,
    says: /cannot find step "3"\W[\s\S]*0 a\.py/,
  },
  "arguments for a copy": {
    files: job("copy: { from: a.py, to: b.py }"),
    args: run("a", "x"),
    code: 2,
    says: /it is a copy/,
  },

  // mayfly.yaml
  "YAML with a tab": {
    files: yaml("jobs:\n\ta: 1\n"),
    args: run("a"),
    code: 2,
    says: /mayfly\.yaml[\s\S]*tab/,
  },
  "YAML that is not closed": {
    files: yaml("jobs: {\n"),
    args: run("a"),
    code: 2,
    says: /mayfly\.yaml/,
  },
  "a key twice": {
    files: yaml("jobs: {}\njobs: {}\n"),
    args: run("a"),
    code: 2,
    says: /unique|twice|duplicate/i,
  },
  "a list instead of a map": {
    files: yaml("- a\n"),
    args: run("a"),
    code: 2,
    says: /mayfly\.yaml/,
  },
  "an empty file": { files: yaml(""), args: run("a"), code: 2, says: /no such file or folder/ },
  "a binary file": {
    files: { "mayfly.yaml": Buffer.from([0, 1, 2, 255]) },
    args: run("a"),
    code: 2,
    says: /mayfly\.yaml/,
  },
  "an unknown word": {
    files: yaml("job: {}\n"),
    args: run("a"),
    code: 2,
    says: /job is not a word of this file\n.*"jobs"/,
  },
  "an unknown word in a job": {
    files: yaml("jobs: { a: { steps: [{ script: a.py }], relase: x } }\n"),
    args: run("a"),
    code: 2,
    says: /relase is not a word[\s\S]*"release"/,
  },
  "a job without steps": {
    files: yaml("jobs: { a: {} }\n"),
    args: run("a"),
    code: 2,
    says: /jobs\.a has no steps/,
  },
  "steps that are no list": {
    files: yaml("jobs: { a: { steps: a.py } }\n"),
    args: run("a"),
    code: 2,
    says: /jobs\.a\.steps is "a\.py"/,
  },
  "an empty list of steps": {
    files: yaml("jobs: { a: { steps: [] } }\n"),
    args: run("a"),
    code: 2,
    says: /jobs\.a\.steps/,
  },
  "a step of nothing": { files: job("{}"), args: run("a"), code: 2, says: /steps\.0 has nothing/ },
  "a step that is a word": {
    files: job("a.py"),
    args: run("a"),
    code: 2,
    says: /steps\.0 has nothing/,
  },
  "a step nearly named": { files: job("scirpt: a.py"), args: run("a"), code: 2, says: /"script"/ },
  "a step of two kinds": {
    files: job("{ script: a.py, sql: b.sql }"),
    args: run("a"),
    code: 2,
    says: /says script and sql/,
  },
  "a script of no kind": { files: job("script: a.txt"), args: run("a"), code: 2, says: /a\.txt/ },
  "a script that the file names and is absent": {
    files: job("script: b.py"),
    args: run("a"),
    code: 2,
    says: /"b\.py" \(step 0\) does not exist/,
  },
  "an empty script name": { files: job('script: ""'), args: run("a"), code: 2, says: /script/ },
  "arguments that are no list": {
    files: job("{ script: a.py, args: x }"),
    args: run("a"),
    code: 2,
    says: /args is "x"/,
  },
  "an argument that is a map": {
    files: job("{ script: a.py, args: [{ a: 1 }] }"),
    args: run("a"),
    code: 2,
    says: /args\.0/,
  },
  "a wrong on_failure": {
    files: job("{ script: a.py, on_failure: ignore }"),
    args: run("a"),
    code: 2,
    says: /on_failure is "ignore"/,
  },
  "a copy without to": { files: job("copy: { from: x }"), args: run("a"), code: 2, says: /copy/ },
  "a command that is text": {
    files: job("command: echo hi"),
    args: run("a"),
    code: 2,
    says: /command is "echo hi"/,
  },
  "an empty command": { files: job("command: []"), args: run("a"), code: 2, says: /command/ },
  "a submit option that is not there": {
    files: job("{ script: a.py, submit: [--num-executor, 2] }"),
    args: run("a"),
    code: 2,
    says: /"--num-executors"/,
  },
  "small for a step that is not there": {
    files: job("script: a.py", "    small: { args: { 7: [x] } }\n"),
    args: run("a", "--small"),
    code: 2,
    says: /small\.args\.7/,
  },
  "small for a step that is no number": {
    files: job("script: a.py", "    small: { args: { x: [x] } }\n"),
    args: run("a", "--small"),
    code: 2,
    says: /small/,
  },
  "requirements that are absent": {
    files: job("script: a.py", "    python: { requirements: r.txt }\n"),
    args: run("a"),
    code: 2,
    says: /"r\.txt" \(python requirements\)/,
  },
  "python of two kinds": {
    files: job("script: a.py", "    python: { requirements: r.txt, pyproject: p.toml }\n"),
    args: run("a"),
    code: 2,
    says: /python/,
  },
  "a mount that is no bucket": {
    files: yaml("mounts: { gs://a: ./a }\n"),
    args: run("a.py"),
    code: 2,
    says: /mounts/,
  },
  "a mount of a folder that is absent": {
    files: yaml("mounts: { s3://a: ./nowhere }\n"),
    args: run("a.py"),
    code: 2,
    says: /cannot mount "s3:\/\/a": "\.\/nowhere" is not a folder/,
  },
  "a mount of a file": {
    files: yaml("mounts: { s3://a: ./a.py }\n"),
    args: run("a.py"),
    code: 2,
    says: /is not a folder/,
  },
  "a target of no kind": {
    files: yaml("targets: { t: { kind: emrr } }\n"),
    args: run("a.py", "--on", "t"),
    code: 2,
    says: /targets\.t\.kind is "emrr"/,
  },
  "a job that is also a folder": {
    files: { ...job("script: a.py"), "a/x": "" },
    args: run("a"),
    code: 2,
    says: /a job of "mayfly\.yaml" and a folder here\n.*"\.\/a"/,
  },
  "a job nearly named": {
    files: yaml("jobs: { train: { steps: [{ script: a.py }] } }\n"),
    args: run("trian"),
    code: 2,
    says: /did you mean "train"/,
  },
  "a job of another name": {
    files: yaml("jobs: { train: { steps: [{ script: a.py }] } }\n"),
    args: run("xyzzyxyzzy"),
    code: 2,
    says: /jobs here: train/,
  },
  "a mistake in the file hides nothing else": {
    files: yaml("jobs: [\n"),
    args: ["rerun"],
    code: 2,
    says: /no runs here/,
  },

  // steps files
  "a steps file that is no JSON": {
    files: { "emr_steps_configuration.json": "{" },
    args: run("emr_steps_configuration.json"),
    code: 2,
    says: /emr_steps_configuration\.json/,
  },
  "a steps file without steps": {
    files: { "emr_steps_configuration.json": "{}" },
    args: run("."),
    code: 2,
    says: /"steps" is not a list/,
  },
  "a steps file without code": {
    files: { "emr_steps_configuration.json": '{"steps":[{"name":"a","code_filename":"a.py"}]}' },
    args: run("."),
    code: 2,
    says: /no file "code\/a\.py" or "a\.py"/,
  },
  "a steps file with two of a name": {
    files: {
      "emr_steps_configuration.json":
        '{"steps":[{"name":"a","code_filename":"a.py"},{"name":"a","code_filename":"a.py"}]}',
      "a.py": OK,
    },
    args: run("."),
    code: 2,
    says: /two steps are named "a"/,
  },
  "a steps file whose data is absent": {
    files: {
      "emr_steps_configuration.json":
        '{"steps":[{"name":"a","code_filename":"a.py","data_source_folder":"d"}]}',
      "a.py": OK,
    },
    args: run("."),
    code: 2,
    says: /data folder "data\/d" does not exist/,
  },

  // runs
  "show where nothing ran": { args: ["show"], code: 2, says: /no runs here/ },
  "a run that is not there": {
    args: ["show", "20260101-000000-aaaaaa"],
    code: 2,
    says: /cannot find the run/,
  },
  "a run of no form": {
    args: ["logs", "../../etc"],
    code: 2,
    says: /cannot find the run "\.\.\/\.\.\/etc"/,
  },
  "a damaged run": {
    files: record("{"),
    args: ["show", RUN_ID],
    code: 5,
    says: /missing or damaged[\s\S]*mayfly prune/,
  },
  "a run of a version and nothing else": {
    files: record('{"version":1}'),
    args: ["show", RUN_ID],
    code: 5,
    says: /missing or damaged/,
  },
  "a job named like a property of every object": {
    files: yaml("jobs: {}\n"),
    args: run("constructor"),
    code: 2,
    says: /no such file or folder/,
  },
  "a target named like a property of every object": {
    files: { "a.py": OK },
    args: run("a.py", "--on", "constructor"),
    code: 2,
    says: /no target, no open cluster and no kind/,
  },
  "YAML whose aliases do not end": {
    files: yaml(
      `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
        .split("")
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]`)
        .join("\n")}\n`,
    ),
    args: run("a"),
    code: 2,
    says: /mayfly\.yaml/,
  },
  "a marker of a process that is everybody": {
    files: {
      [`.mayfly/active/${RUN_ID}`]: '{"pid":-1}',
      ...record(
        `{"version":1,"id":"${RUN_ID}","kind":"local","target":"local","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"running"}`,
      ),
    },
    args: ["cancel", RUN_ID],
    code: 2,
    says: /not running \(killed\)/,
  },
  "a run of a later form": {
    files: record('{"version":99}'),
    args: ["show", RUN_ID],
    code: 5,
    says: /damaged/,
  },
  "rerun of a run without its request": {
    files: record(
      '{"version":1,"id":"x","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed"}',
    ),
    args: ["rerun", RUN_ID],
    code: 5,
    says: /request is not kept/,
  },
  "rerun of a run with a secret": {
    files: record(
      '{"version":1,"id":"x","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed","request":{"job":"a.py","cwd":"/","env":{"MY_TOKEN":"***"}}}',
    ),
    args: ["rerun", RUN_ID],
    code: 2,
    says: /"MY_TOKEN" is a secret/,
  },
  "cancel of a run that has ended": {
    files: record(
      `{"version":1,"id":"${RUN_ID}","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed"}`,
    ),
    args: ["cancel", RUN_ID],
    code: 2,
    says: /not running \(failed\)/,
  },
  "logs of a step that is not there": {
    files: record(
      `{"version":1,"id":"${RUN_ID}","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed"}`,
    ),
    args: ["logs", RUN_ID, "--step", "4"],
    code: 2,
    says: /step "4"/,
  },
  "logs of a stream that is not there": {
    args: ["logs", "--stream", "stdin"],
    code: 2,
    says: /stdin[\s\S]*stdout, stderr, spark/,
  },
  "open of a UI that is not there": {
    args: ["open", "last", "zeppelin"],
    code: 2,
    says: /cannot open "zeppelin"/,
  },
  "the Spark UI of a run that has ended": {
    files: record(
      `{"version":1,"id":"${RUN_ID}","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed"}`,
    ),
    args: ["open", RUN_ID, "spark"],
    code: 2,
    says: /no application of it answers/,
  },
  "the history of a run without one": {
    files: record(
      `{"version":1,"id":"${RUN_ID}","job":"a.py","target":"local","steps":[],"createdAt":1,"state":"failed"}`,
    ),
    args: ["open", RUN_ID],
    code: 2,
    says: /has no event log/,
  },
  "jobs as a list": {
    files: yaml("jobs: []\n"),
    args: run("a"),
    code: 2,
    says: /jobs is \[\]; expected names/,
  },
  "conf as a list": {
    files: job("script: a.py", "    conf: [a]\n"),
    args: run("a"),
    code: 2,
    says: /conf is \["a"\]; expected names/,
  },
  "an output that leaves its bucket": {
    files: job("script: a.py", "    outputs: { o: s3://../x }\n"),
    args: run("a"),
    code: 2,
    says: /s3:\/\/\.\.\/x/,
  },
  "a command of nothing": {
    files: job("command: ['', x]"),
    args: run("a"),
    code: 2,
    says: /command of step 0 is empty/,
  },
  "an argument with a NUL": {
    files: job('{ script: a.py, args: ["a\\0b"] }'),
    args: run("a"),
    code: 2,
    says: /argument of step 0: it holds a NUL/,
  },
  "a variable with a NUL": {
    files: job("script: a.py", '    env: { A: "a\\0b" }\n'),
    args: run("a"),
    code: 2,
    says: /variable A: it holds a NUL/,
  },
  "an argument that no system takes": {
    files: { "a.py": OK },
    args: run("a.py", "--", "x".repeat(140_000)),
    code: 2,
    says: /argument of step 0: it has 140 KB, beginning "xxx/,
  },
  "a name that would paint the terminal": {
    files: { "a.py": OK },
    args: run("a.py", "--step", "\u001b[31mred"),
    code: 2,
    says: /step "\\u\{1b\}\[31mred"/,
  },
  "caches in a folder with other things": {
    args: ["prune", "--cache"],
    env: { MAYFLY_CACHE: "/" },
    code: 2,
    says: /"\/" also holds ".+", so it is not Mayfly's alone/,
  },
  "a limit that is no number": { args: ["ls", "--limit", "many"], code: 2, says: /"many"/ },
  "a limit of none": { args: ["ls", "--limit", "0"], code: 2, says: /"0"/ },
  "a timeout that is no number": { args: ["wait", "--timeout", "soon"], code: 2, says: /"soon"/ },
  "an age of no unit": { args: ["prune", "--older-than", "7"], code: 2, says: /age "7"/ },
  "prune of a run that is not there": {
    args: ["prune", "20260101-000000-aaaaaa", "--yes"],
    code: 2,
    says: /cannot find the run/,
  },
  "a shell that is not there": {
    args: ["completion", "csh"],
    code: 2,
    says: /"csh"[\s\S]*bash, zsh, fish/,
  },
  "completion for nothing": { args: ["completion"], code: 2, says: /shells: bash, zsh, fish/ },
  "init where there is a file": {
    files: yaml(""),
    args: ["init"],
    code: 2,
    says: /it is there already/,
  },
};

test(`there are at least a hundred of them: ${Object.keys(cases).length}`, () => {
  assert.ok(Object.keys(cases).length >= 100);
});

for (const [name, one] of Object.entries(cases)) {
  test(`bad input: ${name}`, async () => {
    const folder = makeFolder(one.files);
    try {
      const before = readdirSync(folder.path);
      const said = await mayfly(one.args, folder.path, one.env);
      assert.match(said.err, one.says);
      assert.equal(said.code, one.code, said.err);
      assert.equal(
        said.err.match(/^mayfly:/gm)?.length ?? 0,
        one.args.length > 0 ? 1 : 0,
        "one clear error",
      );
      assert.ok(!/\n\s+at /.test(said.err), "no stack trace");
      assert.deepEqual(leftBehind(folder.path, before), []);
    } finally {
      folder.remove();
    }
  });
}

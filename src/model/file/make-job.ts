import { basename } from "node:path";
import { MayflyError } from "../../base/errors.ts";
import { type Job, mergeOptions, noOptions, type SparkOptions, type Step } from "../job.ts";
import { parseSubmit } from "../submit.ts";
import type { JobEntry, StepEntry } from "./project.ts";

/** An entry of `mayfly.yaml` → the job it means. */
export function makeJob(name: string, entry: JobEntry, folder: string, small: boolean): Job {
  const smallArgs = entry.small?.args ?? {};
  if (small && !entry.small) {
    throw new MayflyError(
      "job-file",
      `cannot run "${name}" with --small: the job has no small: entry`,
      'add small: { args: { 0: ["--rows", "100"] } } to the job, or leave --small out',
    );
  }
  for (const index of Object.keys(smallArgs)) {
    if (!entry.steps[Number(index)]) {
      throw new MayflyError(
        "job-file",
        `cannot read job "${name}": small.args.${index} names a step that is not there`,
        `steps are counted from 0 to ${entry.steps.length - 1}`,
      );
    }
  }
  const steps = entry.steps.map((step, i) => {
    const made = makeStep(step, `jobs.${name}.steps.${i}`);
    return small && smallArgs[i] ? { ...made, args: smallArgs[i] } : made;
  });
  return {
    name,
    folder,
    steps,
    inputs: entry.inputs ?? {},
    outputs: entry.outputs ?? {},
    options: optionsOf(entry),
    env: entry.env ?? {},
    ...(entry.description === undefined ? {} : { description: entry.description }),
    ...(entry.release === undefined ? {} : { release: entry.release }),
    ...(entry.spark === undefined ? {} : { spark: String(entry.spark) }),
    ...(entry.python === undefined ? {} : { python: entry.python }),
  };
}

function makeStep(entry: StepEntry, where: string): Step {
  const common = {
    name: entry.name ?? nameOf(entry),
    args: "args" in entry ? (entry.args ?? []) : [],
    onFailure: entry.on_failure ?? "stop",
  } as const;
  if ("python" in entry) return { kind: "python", main: entry.python, ...common };
  if ("command" in entry) {
    const [command = "", ...args] = entry.command;
    return { kind: "command", command, ...common, args };
  }
  if ("copy" in entry) return { kind: "copy", ...entry.copy, ...common };
  const options = mergeOptions(
    parseSubmit(entry.submit ?? [], `${where}.submit`),
    optionsOf(entry),
  );
  if ("jar" in entry) {
    const className = entry.class === undefined ? {} : { className: entry.class };
    return { kind: "jar", main: entry.jar, ...common, options: { ...options, ...className } };
  }
  if ("sql" in entry) return { kind: "sql", main: entry.sql, ...common, options };
  return { ...common, kind: sparkKind(entry.script, where), main: entry.script, options };
}

function nameOf(entry: StepEntry): string {
  if ("command" in entry) return basename(entry.command[0] ?? "command");
  if ("copy" in entry) return "copy";
  if ("python" in entry) return basename(entry.python);
  return basename("script" in entry ? entry.script : "sql" in entry ? entry.sql : entry.jar);
}

/** How a program is run follows from its name, as with `spark-submit`. */
export function sparkKind(main: string, where: string): "pyspark" | "scala" | "sql" | "jar" {
  const ending = main.slice(main.lastIndexOf("."));
  const kind = ({ ".py": "pyspark", ".scala": "scala", ".sql": "sql", ".jar": "jar" } as const)[
    ending
  ];
  if (kind) return kind;
  throw new MayflyError(
    "usage",
    `cannot run "${main}" (${where}): its name does not say what it is`,
    "a program of a job ends in .py, .scala, .sql or .jar; use command: for anything else",
  );
}

function optionsOf(entry: {
  conf?: Record<string, string> | undefined;
  packages?: string[] | undefined;
  jars?: string[] | undefined;
  py_files?: string[] | undefined;
  files?: string[] | undefined;
}): SparkOptions {
  return {
    ...noOptions(),
    conf: entry.conf ?? {},
    packages: entry.packages ?? [],
    jars: entry.jars ?? [],
    pyFiles: entry.py_files ?? [],
    files: entry.files ?? [],
  };
}
